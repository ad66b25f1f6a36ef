import HTTPService
import HTTPTypes
import Testing

@testable import FakeVendors

/// The tables of operations say what the fakes say.
struct OperationTableTests {
  private let keys = VendorKeys()
  private let amadeus = VendorScript<AmadeusFault>()
  private let bookingCom = VendorScript<BookingComFault>()
  private let viator = VendorScript<ViatorFault>()
  private let mail = VendorScript<MailFault>()
  private let fakes: VendorSet

  init() {
    var faults = FaultInjectors()
    faults.amadeus = amadeus
    faults.bookingCom = bookingCom
    faults.viator = viator
    faults.mail = mail
    let clock = VendorTestClock()
    fakes = VendorSet(seed: 1, faults: faults) { _ in ServiceEnvironment(clock) }
  }

  private func seen(_ vendor: VendorName) -> [String] {
    switch vendor {
    case .stripe: []
    case .amadeus: amadeus.calls.map(\.operation)
    case .bookingcom: bookingCom.calls.map(\.operation)
    case .viator: viator.calls.map(\.operation)
    case .mail: mail.calls.map(\.operation)
    }
  }

  // Stripe's routes are its table, and need no comparison.
  @Test(arguments: [VendorName.amadeus, .bookingcom, .viator, .mail])
  func fakesNameTheirOperationsAsTheTableDoes(vendor: VendorName) async throws {
    let form =
      "grant_type=client_credentials&client_id=\(keys.amadeusID)"
      + "&client_secret=\(keys.amadeusSecret)"
    let token = try await fakes.amadeus.respond(
      to: vendorCall(
        .post, "/v1/security/oauth2/token", form,
        ["Content-Type": "application/x-www-form-urlencoded"]))
    let bearer = vendor == .amadeus ? try #require(token.text("access_token")) : keys.bookingCom
    for (method, path, name) in vendor.operations.examples {
      let before = seen(vendor).count
      let reply = try await fakes[vendor].respond(
        to: vendorCall(
          try #require(HTTPRequest.Method(method)), path, name == "token" ? form : "{}",
          [
            "Authorization": "Bearer \(bearer)", "X-Affiliate-Id": "\(keys.affiliate)",
            "exp-api-key": keys.viator, "Accept": "application/json;version=2.0",
            "X-Postmark-Server-Token": keys.mail,
          ]))
      let told = Array(seen(vendor)[before...])
      #expect(told == [name], "\(method) \(path): \(reply.response.status)")
      #expect(vendor.operations.name(method: method, path: path + "?a=b") == name)
    }
  }

  @Test(arguments: [
    ("GET", "/v1/refunds/", "other"), ("PUT", "/v1/refunds", "other"), ("GET", "/v1", "other"),
    ("POST", "/v1/payment_intents/pi_1/confirm/x", "other"),
    ("GET", "/v1/payment_intents/search?query=a", "payment_intents.search"),
    ("GET", "/v1/customers/cus_1/payment_methods/pm_1", "customers.payment_method"),
  ])
  func whatIsNotInTheTableIsOther(method: String, path: String, name: String) {
    #expect(OperationTable.stripe.name(method: method, path: path) == name)
  }

  @Test func whatStandsForAStarIsTold() {
    let match = OperationTable.stripe.match(
      method: "GET", path: "/v1/customers/cus_1/payment_methods/pm_1")
    #expect(match?.parts == ["cus_1", "pm_1"])
  }
}
