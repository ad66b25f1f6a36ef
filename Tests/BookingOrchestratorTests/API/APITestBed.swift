import Foundation
import GRDB
import HTTPService
import HTTPTypes
import Synchronization
import Testing

@testable import BookingOrchestrator

/// The API over an in-memory database, with sagas that do what the test says.
struct APITestBed {
  static let start = Timestamp(microseconds: 1_795_420_000_000_000)

  let queue: DatabaseQueue
  let host: ScriptedHost
  let clock = MovedWallClock()
  let api: BookingAPI

  /// - Parameter saga: what a saga does to its booking by the time it is waited for.
  init(
    bodyLimit: Int = 256 * 1024,
    saga: @escaping @Sendable (Database, BookingID) throws -> Void = { _, _ in }
  ) throws {
    queue = try DatabaseQueue()
    try Schema.migrate(queue)
    host = ScriptedHost(queue: queue, saga: saga)
    var configuration = OrchestratorConfiguration()
    configuration.vendors.stripeWebhookSecret = "whsec_test"
    configuration.bodyLimit = bodyLimit
    api = BookingAPI(
      configuration: configuration, database: QueueAccess(queue: queue), ids: CountedIDs(),
      wallClock: clock, engine: host, secrets: CountedSecrets(), renderer: NamedDocuments())
  }

  /// An API over the same database, for what a second instance or another configuration answers.
  func api(over database: any DatabaseAccess) -> BookingAPI {
    BookingAPI(
      configuration: api.configuration, database: database, ids: CountedIDs(),
      wallClock: clock, engine: host, secrets: CountedSecrets(), renderer: NamedDocuments())
  }

  func call(
    _ method: HTTPRequest.Method, _ path: String, _ body: String = "", key: String? = nil,
    headers: HTTPFields = [:]
  ) async throws -> Answer {
    try Answer(await reply(method, path, body, key: key, headers: headers))
  }

  /// The same, for answers that need not be JSON.
  func reply(
    _ method: HTTPRequest.Method, _ path: String, _ body: String = "", key: String? = nil,
    headers: HTTPFields = [:]
  ) async throws -> HTTPReply {
    var request = HTTPRequest(
      method: method, scheme: "http", authority: "orchestrator.test", path: path,
      headerFields: headers)
    if let key { request.headerFields[BookingAPI.idempotencyKey] = key }
    return try await api.respond(to: HTTPCall(request, body: Array(body.utf8)))
  }

  func register(_ option: TripOption = .sample) async throws {
    let answer = try await call(.post, "/trip/options", encoded(option))
    try #require(answer.status == 201)
  }

  func book(_ request: BookRequestBody = .sample, key: String = "k1") async throws -> Answer {
    try await call(.post, "/booking/book", encoded(request), key: key)
  }

  /// Runs SQL outside of the API.
  func write(_ sql: String, _ arguments: StatementArguments = []) throws {
    try queue.write { db in try db.execute(sql: sql, arguments: arguments) }
  }

  func rows(_ sql: String) throws -> [Row] {
    try queue.read { db in try Row.fetchAll(db, sql: sql) }
  }

  func count(_ table: String) throws -> Int {
    try queue.read { db in try Int.fetchOne(db, sql: "SELECT count(*) FROM \(table)") ?? 0 }
  }
}

/// An HTTP answer taken apart.
struct Answer {
  let status: Int
  let headers: HTTPFields
  let json: [String: Any]

  init(_ reply: HTTPReply) throws {
    status = reply.response.status.code
    headers = reply.response.headerFields
    json = try #require(
      try JSONSerialization.jsonObject(with: Data(reply.body)) as? [String: Any])
  }

  var code: String? { json["code"] as? String }
  subscript(name: String) -> String? { json[name] as? String }
}

func encoded(_ value: some Encodable) throws -> String {
  let encoder = JSONEncoder()
  encoder.outputFormatting = .sortedKeys
  return String(decoding: try encoder.encode(value), as: UTF8.self)
}

/// Runs on GRDB's synchronous interface, as a simulation does.
struct QueueAccess: DatabaseAccess {
  let queue: DatabaseQueue

  func write<T: Sendable>(_ body: @Sendable (Database) throws -> T) async throws -> T {
    try synchronousWrite(body)
  }
  func read<T: Sendable>(_ body: @Sendable (Database) throws -> T) async throws -> T {
    try synchronousRead(body)
  }
  // In an async function the same calls would pick GRDB's async overloads.
  private func synchronousWrite<T>(_ body: (Database) throws -> T) throws -> T {
    try queue.write(body)
  }
  private func synchronousRead<T>(_ body: (Database) throws -> T) throws -> T {
    try queue.read(body)
  }
}

/// A database whose disk is full.
struct BrokenAccess: DatabaseAccess {
  func write<T: Sendable>(_ body: @Sendable (Database) throws -> T) async throws -> T {
    throw DatabaseError(resultCode: .SQLITE_FULL)
  }
  func read<T: Sendable>(_ body: @Sendable (Database) throws -> T) async throws -> T {
    throw DatabaseError(resultCode: .SQLITE_IOERR)
  }
}

/// Notes who is submitted, and settles bookings by SQL.
final class ScriptedHost: SagaRunner {
  private let queue: DatabaseQueue
  private let saga: @Sendable (Database, BookingID) throws -> Void
  private let log = Mutex<[BookingID]>([])

  init(queue: DatabaseQueue, saga: @escaping @Sendable (Database, BookingID) throws -> Void) {
    self.queue = queue
    self.saga = saga
  }

  var submitted: [BookingID] { log.withLock { $0 } }

  func submit(_ id: BookingID) { log.withLock { $0.append(id) } }

  func wait(for awaited: Awaited, of id: BookingID, within limit: Duration) async throws -> Bool {
    try settle(id)
  }

  private func settle(_ id: BookingID) throws -> Bool {
    try queue.write { db in
      try saga(db, id)
      return try RequestStore.state(db, id)?.isTerminal ?? false
    }
  }
}

/// Makes `bk_1`, `bk_2`, …
final class CountedIDs: IdentifierSource {
  private let count = Mutex(0)
  func identifier(_ kind: String, hint: String) -> String {
    count.withLock {
      $0 += 1
      return "\(kind)_\($0)"
    }
  }
}

struct FixedWallClock: WallClock {
  func now() -> Timestamp { APITestBed.start }
}

/// Stands still until it is moved.
final class MovedWallClock: WallClock {
  private let moment = Mutex(APITestBed.start)
  func now() -> Timestamp { moment.withLock { $0 } }
  func advance(by time: Duration) { moment.withLock { $0 = $0 + time } }
}

/// Makes secrets that are none, each another.
final class CountedSecrets: SecretSource {
  private let count = Mutex(UInt8(0))
  func secret(bytes: Int, hint: String) -> [UInt8] {
    count.withLock {
      $0 += 1
      return Array(repeating: $0, count: bytes)
    }
  }
}

/// Documents that say what they are, in a line or two.
struct NamedDocuments: ItineraryRenderer {
  func pdf(_ itinerary: Itinerary) throws(RenderingFailed) -> [UInt8] {
    Array("PDF of \(itinerary)".utf8)
  }
  func page(_ itinerary: Itinerary, path: String) throws(RenderingFailed) -> [UInt8] {
    Array("page \(path) of \(itinerary)".utf8)
  }
  func missingPage() throws(RenderingFailed) -> [UInt8] { Array("nothing".utf8) }
}

extension TripOption {
  /// A trip for EUR 171.00: 100.00 + 50.00 + 12.00 + 9.00.
  static let sample = TripOption(
    tripOptionId: TripOptionID("opt_1"), currency: Currency(code: "EUR")!,
    flight: Flight(componentId: "f1", amount: 10_000, offer: #"{"id":"1"}"#, offerId: "1"),
    hotel: Hotel(
      componentId: "h1", amount: 5_000, accommodationId: 7, productId: "7_1",
      checkin: "2027-02-27", checkout: "2027-03-01", adults: 2),
    activities: [
      Activity(
        componentId: "a1", amount: 1_200, productCode: "P1", travelDate: "2027-02-28", travelers: 2),
      Activity(
        componentId: "a2", amount: 900, productCode: "P2", travelDate: "2027-02-28", travelers: 2),
    ])

  func with(_ change: (inout TripOption) -> Void) -> TripOption {
    var copy = self
    change(&copy)
    return copy
  }
}

extension BookRequestBody {
  static let sample = BookRequestBody(
    tripOptionId: TripOptionID("opt_1"),
    paymentInfo: PaymentInfo(
      paymentMethodId: "pm_1",
      billingDetails: .init(name: "Ada Byron", email: "ada@example.com"), amount: 17_100,
      currency: Currency(code: "EUR")!),
    userContact: UserContact(email: "ada@example.com"),
    travelers: TripRequest.couple)

  func with(_ change: (inout BookRequestBody) -> Void) -> BookRequestBody {
    var copy = self
    change(&copy)
    return copy
  }
}

extension TripRequest {
  /// The party that the sample option was priced for.
  static let couple = [
    Traveler(firstName: "Ada", lastName: "Byron", dateOfBirth: "1990-12-10"),
    Traveler(firstName: "Bo", lastName: "Byron", dateOfBirth: "1991-01-05"),
  ]
}

/// What sagas do to their tables, in the least SQL that shows.
enum Sagas {
  static func confirm(_ db: Database, _ id: BookingID) throws {
    try db.execute(
      sql: """
        UPDATE trip_booking SET state = 'CONFIRMED', version = 2, finished_us = updated_us + 1500000
        WHERE id = :id;
        UPDATE booking SET status = 'BOOKED', state = 'CONFIRMED', bookingReference = 'ref-' || slot
        WHERE tripBookingId = :id;
        UPDATE booking SET pnr = '2ZYVAL' WHERE tripBookingId = :id AND slot = 'flight';
        UPDATE booking SET vendorConfirmation = '12345678'
        WHERE tripBookingId = :id AND slot = 'hotel';
        """, arguments: ["id": id.rawValue])
    try pay(db, id, status: "SUCCEEDED")
  }

  /// Confirms without the second activity.
  static func confirmWithWarning(_ db: Database, _ id: BookingID) throws {
    try confirm(db, id)
    try db.execute(
      sql: """
        UPDATE booking SET status = 'FAILED' WHERE tripBookingId = :id AND slot = 'activity-2';
        UPDATE trip_booking SET warnings =
          '[{"slot":"activity-2","code":"activity-failed","message":"The boat tour is sold out."}]'
        WHERE id = :id;
        UPDATE payment SET status = 'PARTIALLY_REFUNDED', refundAmount = 900
        WHERE tripBookingId = :id;
        """, arguments: ["id": id.rawValue])
  }

  static func fail(_ db: Database, _ id: BookingID) throws {
    try db.execute(
      sql: """
        UPDATE trip_booking SET state = 'FAILED', version = 2,
          failure = '{"code":"payment-declined","message":"The card was declined."}',
          finished_us = updated_us
        WHERE id = ?
        """, arguments: [id.rawValue])
  }

  static func pay(_ db: Database, _ id: BookingID, status: String, refunded: Int = 0) throws {
    try db.execute(
      sql: """
        INSERT OR REPLACE INTO payment
          (id, tripBookingId, tripOptionId, paymentIntentId, amount, currency, status, refundAmount,
           paymentMethodId, createdAt, updatedAt)
        SELECT 'pay-' || id, id, trip_option_id, 'pi_' || id, total_minor, currency, ?, ?, 'pm_1',
          created_us, created_us
        FROM trip_booking WHERE id = ?
        """, arguments: [status, refunded, id.rawValue])
  }

  static func park(
    _ db: Database, _ id: BookingID, slot: String, reason: String, advice: String = "Look at it."
  ) throws {
    try db.execute(
      sql: "UPDATE trip_booking SET needs_attention = 1 WHERE id = ?", arguments: [id.rawValue])
    try db.execute(
      sql: """
        INSERT INTO attention_item (booking_id, slot, reason, known, advice, created_us)
        VALUES (?, ?, ?, 'nothing', ?, 0)
        """, arguments: [id.rawValue, slot, reason, advice])
  }
}
