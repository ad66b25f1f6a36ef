import BookingOrchestrator
import FakeVendors
import Foundation
import HTTPService
import HTTPSockets
import HTTPTypes
import Logging
import ServiceLifecycle
import Testing

@testable import BookingServer

/// A server on a free port with fakes behind it, and a client's hands.
struct ServerRig: Sendable {
  let port: Int
  let vendors: VendorRig
  let group: ServiceGroup
  let transport: SocketTransport
  let settings: Settings

  /// Runs a server and its vendors while the body runs, then stops it gracefully.
  static func run(
    folder: TestFolder, logger: Logger = quiet, change: (inout Settings) -> Void = { _ in },
    body: @escaping @Sendable (ServerRig) async throws -> Void
  ) async throws {
    let vendors = VendorRig()
    var changes = Settings()
    changes.database = folder.path("bookings.sqlite")
    change(&changes)
    try await vendors.serve { [changes] settings in
      var settings = settings
      settings.database = changes.database
      settings.limits = changes.limits
      settings.rateLimit = changes.rateLimit
      settings.orchestrator.answerWithin = changes.orchestrator.answerWithin
      settings.orchestrator.bodyLimit = changes.orchestrator.bodyLimit
      settings.limits.bodyBytes = changes.orchestrator.bodyLimit + 1
      if changes.operatorKey == "" { settings.operatorKey = nil }
      try await start(settings, vendors, logger, body)
    }
  }

  /// Runs a server with vendors that are there already.
  static func start(
    _ settings: Settings, _ vendors: VendorRig, _ logger: Logger,
    _ body: @escaping @Sendable (ServerRig) async throws -> Void
  ) async throws {
    let (ports, port) = AsyncStream.makeStream(of: Int.self)
    let group = ServiceGroup(
      services: [ServerProcess(settings, logger: logger) { port.yield($0) }], logger: quiet)
    try await withThrowingTaskGroup { tasks in
      tasks.addTask {
        defer { port.finish() }
        try await group.run()
      }
      var iterator = ports.makeAsyncIterator()
      guard let number = await iterator.next() else {
        return try await tasks.waitForAll()  // It did not start: why is thrown here.
      }
      let transport = SocketTransport()
      do {
        try await body(
          ServerRig(
            port: number, vendors: vendors, group: group, transport: transport, settings: settings))
      } catch {
        try await transport.shutDown()
        throw error
      }
      await group.triggerGracefulShutdown()
      do {
        try await tasks.waitForAll()
      } catch {
        try await transport.shutDown()
        throw error
      }
      try await transport.shutDown()
    }
  }

  /// Sends a request with a key.
  func send(
    _ method: HTTPRequest.Method, _ path: String, body: [UInt8] = [], key: String? = Keys.client,
    fields: HTTPFields = [:]
  ) async throws -> HTTPReply {
    var request = HTTPRequest(
      method: method, scheme: "http", authority: "127.0.0.1:\(port)", path: path,
      headerFields: fields)
    if let key { request.headerFields[.authorization] = "Bearer \(key)" }
    if !body.isEmpty { request.headerFields[.contentType] = "application/json" }
    return try await transport.send(HTTPCall(request, body: body), timeout: .seconds(60))
  }

  /// Registers a trip option and books it; the answer.
  func book(_ name: String, activities: Int = 0) async throws -> HTTPReply {
    let option = try register(name, activities: activities)
    let registered = try await send(.post, "/trip/options", body: json(option))
    #expect(registered.response.status == .created, "\(text(registered))")
    return try await book(option)
  }

  /// Whether a booking is confirmed by now.
  func isConfirmed(_ booking: Answer) async throws -> Bool {
    try Answer(try await send(.get, "/booking/\(booking.bookingId)")).state == "CONFIRMED"
  }

  /// Books a registered option; the answer.
  func book(_ option: TripOption) async throws -> HTTPReply {
    let total = try #require(option.total)
    let request = BookRequestBody(
      tripOptionId: option.tripOptionId,
      paymentInfo: .init(
        paymentMethodId: "pm_card_visa",
        billingDetails: .init(name: "Ada Lovelace", email: "ada@example.com"),
        amount: total.minorUnits, currency: total.currency),
      userContact: .init(email: "ada@example.com"),
      travelers: [.init(firstName: "Ada", lastName: "Lovelace", dateOfBirth: "1990-12-10")])
    return try await send(
      .post, "/booking/book", body: json(request),
      fields: [HTTPField.Name("Idempotency-Key")!: "key-\(option.tripOptionId)"])  // A legal token.
  }

  /// Puts a trip on sale at the vendors.
  func register(_ name: String, activities: Int = 0) throws -> TripOption {
    let later = SystemWallClock().now().microseconds + 86_400_000_000
    vendors.amadeus.setCapacity(flight: "F-\(name)", seats: 9)
    vendors.amadeus.add(
      .init(
        id: "of-\(name)", flight: "F-\(name)", currency: "EUR", totalMinor: 30_000, seats: 1,
        expiresMicroseconds: later))
    vendors.bookingCom.setCapacity(stock: "H-\(name)", rooms: 9)
    vendors.bookingCom.add(
      .init(
        id: "p-\(name)", accommodation: 7, stock: "H-\(name)", currency: "EUR", totalMinor: 20_000))
    for number in 0..<activities {
      vendors.viator.setCapacity(stock: "A-\(name)-\(number)", places: 9)
      vendors.viator.add(
        .init(
          code: "A-\(name)-\(number)", stock: "A-\(name)-\(number)", currency: "EUR",
          totalMinor: 5_000))
    }
    return TripOption(
      tripOptionId: TripOptionID("to-\(name)"), currency: try #require(Currency(code: "EUR")),
      flight: .init(
        componentId: "f", amount: 30_000,
        offer: String(decoding: vendors.amadeus.offerJSON(id: "of-\(name)"), as: UTF8.self),
        offerId: "of-\(name)"),
      hotel: .init(
        componentId: "h", amount: 20_000, accommodationId: 7, productId: "p-\(name)",
        checkin: "2027-05-01", checkout: "2027-05-03", adults: 1),
      activities: (0..<activities).map {
        .init(
          componentId: "a\($0)", amount: 5_000, productCode: "A-\(name)-\($0)",
          travelDate: "2027-05-02", travelers: 1)
      })
  }
}

/// A folder of a test's own, gone when the test is.
final class TestFolder: Sendable {
  private let url: URL

  init() throws {
    url = FileManager.default.temporaryDirectory.appending(
      path: "booking-server-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  func path(_ name: String) -> String { url.appending(path: name).path() }
}

/// What a test needs of an answer about a booking.
struct Answer: Decodable {
  var bookingId: String
  var state: String
  var needsAttention: Bool
  var charged: Int64
  var refunded: Int64

  init(_ reply: HTTPReply) throws {
    self = try JSONDecoder().decode(Answer.self, from: Data(reply.body))
  }
}

func text(_ reply: HTTPReply) -> String { String(decoding: reply.body, as: UTF8.self) }

func json(_ value: some Encodable) throws -> [UInt8] {
  let encoder = JSONEncoder()
  encoder.outputFormatting = .sortedKeys
  return [UInt8](try encoder.encode(value))
}

/// Asks until something is so, 1,500 times at most, 20 ms apart: half a minute where there is room. By the
/// wall alone a test would fail that never had its turn beside worlds that fill all threads.
func eventually(
  _ what: String, _ isSo: () async throws -> Bool
) async throws {
  for _ in 0..<1_500 {
    if try await isSo() { return }
    try await ContinuousClock().sleep(for: .milliseconds(20))
  }
  Issue.record("asked 1,500 times and still not so: \(what)")
}
