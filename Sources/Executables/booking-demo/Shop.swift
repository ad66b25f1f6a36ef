import BookingOrchestrator
import BookingServer
import FakeVendorServer
import FakeVendors
import Foundation
import HTTPService
import HTTPSockets
import HTTPTypes
import Logging
import ServiceLifecycle

/// The booking server, opened once the fakes are there, with trips on sale.
struct Shop: ServiceLifecycle.Service {
  let vendors: VendorServer
  let doors: VendorDoors
  let port: Int
  let tripCount: Int
  /// Where the bookings are kept.
  let folder: URL

  private static let clientKey = "demo-client-key-0001"
  private static let operatorKey = "demo-operator-key-01"

  func run() async throws {
    let urls = await doors.urls()
    guard !Task.isCancelled else { return }
    let (ports, opened) = AsyncStream.makeStream(of: Int.self)
    let program = ServerProcess(settings(urls), logger: Logger(label: "booking-server").silent) {
      opened.yield($0)
    }
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await program.run() }
      group.addTask {
        for await port in ports {
          try await open("http://127.0.0.1:\(port)", stripe: urls[.stripe] ?? "")
          break
        }
        // The program decides when it is over.
        try await gracefulShutdown()
      }
      try await group.next()
      try await group.next()
    }
  }

  private func settings(_ urls: [VendorName: String]) -> Settings {
    let keys = VendorKeys()
    var settings = Settings()
    settings.port = port
    settings.database = folder.appending(path: "bookings.sqlite").path(percentEncoded: false)
    settings.clientKeys = [ClientKey(Self.clientKey)]
    settings.operatorKey = Self.operatorKey
    settings.stopWithin = .seconds(10)
    settings.orchestrator.vendors.stripeURL = urls[.stripe] ?? ""
    settings.orchestrator.vendors.stripeSecretKey = "sk_test_demo"
    settings.orchestrator.vendors.stripeWebhookSecret = keys.stripeWebhook
    settings.orchestrator.vendors.amadeusURL = urls[.amadeus] ?? ""
    settings.orchestrator.vendors.amadeusClientID = keys.amadeusID
    settings.orchestrator.vendors.amadeusClientSecret = keys.amadeusSecret
    settings.orchestrator.vendors.bookingComURL = urls[.bookingcom] ?? ""
    settings.orchestrator.vendors.bookingComAPIKey = keys.bookingCom
    settings.orchestrator.vendors.bookingComAffiliateID = keys.affiliate
    settings.orchestrator.vendors.viatorURL = urls[.viator] ?? ""
    settings.orchestrator.vendors.viatorAPIKey = keys.viator
    settings.orchestrator.vendors.mailURL = urls[.mail] ?? ""
    settings.orchestrator.vendors.mailToken = keys.mail
    settings.orchestrator.vendors.mailFrom = "trips@example.com"
    return settings
  }

  /// Registers the webhook and the trips, and says how to book.
  private func open(_ url: String, stripe: String) async throws {
    vendors.sendEvents(
      to: WebhookTarget(
        url: url + "/webhooks/stripe",
        types: [
          "payment_intent.succeeded", "payment_intent.payment_failed", "payment_intent.canceled",
          "refund.created", "refund.updated", "refund.failed", "charge.dispute.created",
          "charge.dispute.closed",
        ]))
    let trips = try vendors.offeredTrips().prefix(tripCount)
    let transport = SocketTransport()
    for trip in trips {
      let request = HTTPRequest(
        method: .post, scheme: "http", authority: String(url.dropFirst("http://".count)),
        path: "/trip/options",
        headerFields: [
          .authorization: "Bearer \(Self.clientKey)", .contentType: "application/json",
        ])
      let reply = try await transport.send(
        HTTPCall(request, body: trip.option), timeout: .seconds(10))
      guard reply.response.status == .created else {
        try await transport.shutDown()
        throw OptionRefused(answer: String(decoding: reply.body, as: UTF8.self))
      }
    }
    try await transport.shutDown()
    print(text(url, stripe: stripe, Array(trips)))
    fflush(nil)  // All streams: a reader of a pipe waits for these lines.
  }

  /// What is printed.
  private func text(_ url: String, stripe: String, _ trips: [CatalogueTrip]) -> String {
    let key = "-H 'Authorization: Bearer \(Self.clientKey)'"
    let json = "-H 'Content-Type: application/json'"
    let id = #"$(sed 's/.*"bookingId":"\([^"]*\)".*/\1/' booking.json)"#
    let books = trips.map { trip in
      "curl -s \(url)/booking/book \(key) \(json) -H 'Idempotency-Key: \(trip.optionID)' "
        + "-d '\(Self.request(trip))' | tee booking.json"
    }
    let others =
      books.count > 1
      ? "\nThe other trips on sale:\n\n"
        + books.dropFirst().map { $0 + "\n" }.joined(separator: "\n")
      : ""
    return """
      Book a trip (the answer is also kept in booking.json):

      \(books[0])

      Show it:

      curl -s \(url)/booking/\(id) \(key)

      Cancel it:

      curl -s \(url)/booking/cancel \(key) \(json) -d '{"bookingId":"'"\(id)"'"}'
      \(others)
      For operators: \(url)/operator (any name, password \(Self.operatorKey))
      Make things go wrong: POST /_faults to a fake, for example

      curl -s \(stripe)/_faults -d '{"operation":"payment_intents.confirm","fault":"decline"}'

      Ctrl-C ends it all.
      """
  }

  /// The body of a `POST /booking/book`; the party stands in the option.
  private static func request(_ trip: CatalogueTrip) -> String {
    #"{"tripOptionId":"\#(trip.optionID)","paymentInfo":{"paymentMethodId":"pm_card_visa","#
      + #""billingDetails":{"name":"Ann Example","email":"ann@example.com","phone":"+1234567890","#
      + #""address":{"line1":"123 Main St","line2":null,"city":"New York","state":"NY","#
      + #""postalCode":"10001","country":"US"}},"#
      + #""amount":\#(trip.totalMinor),"currency":"\#(trip.currency)"},"#
      + #""userContact":{"email":"ann@example.com","phone":"+1234567890"}}"#
  }
}

/// The server did not take a trip of the demo.
struct OptionRefused: Error, CustomStringConvertible {
  let answer: String
  var description: String { "the server refused a trip option: \(answer)" }
}
