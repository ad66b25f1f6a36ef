import GRDB
import HTTPTypes
import Testing

@testable import BookingOrchestrator

/// Stored words that this version does not know: refused loudly, and nothing is written.
struct StoredWordTests {
  private static let store = SagaStore(
    owner: "own-1",
    vendors: VendorClients(
      stripe: StripeClient(VendorConfiguration(), transport: NoTransport()),
      amadeus: AmadeusClient(
        VendorConfiguration(), transport: NoTransport(), wallClock: FixedWallClock()),
      bookingCom: BookingComClient(VendorConfiguration(), transport: NoTransport()),
      viator: ViatorClient(VendorConfiguration(), transport: NoTransport())))

  /// A booking of which a newer version wrote something down.
  private func bed(_ change: String) async throws -> APITestBed {
    let bed = try APITestBed()
    try await bed.register()
    _ = try await bed.book()
    try await bed.queue.writeWithoutTransaction { db in
      try db.execute(sql: "PRAGMA ignore_check_constraints = ON")
      try db.execute(
        sql: """
          UPDATE trip_booking SET state = 'PROCESSING';
          INSERT INTO saga_step (booking_id, slot, direction, generation, attempt, idempotency_key,
            payload_hash, cause, status, created_us, updated_us)
          SELECT id, 'charge', 'do', 1, 1, 'k', 'h', 'book', 'INTENT', 0, 0 FROM trip_booking;
          INSERT INTO saga_request (idempotency_key, method, path, body) VALUES ('k', 'POST', '/', x'');
          """)
      try db.execute(sql: change)
    }
    return bed
  }

  @Test(arguments: [
    "UPDATE trip_booking SET state = 'ON_HOLD'", "UPDATE saga_step SET slot = 'insurance'",
    "UPDATE saga_step SET direction = 'redo'", "UPDATE saga_step SET status = 'PAUSED'",
    #"UPDATE trip_booking SET saga = '{"phase":"negotiating"}'"#,
  ])
  func aTripWithAnUnknownWordIsNotClaimed(_ change: String) async throws {
    let bed = try await bed(change)
    let before = try bed.rows("SELECT * FROM trip_booking")
    let id = BookingID(before[0]["id"] as String)
    await #expect(throws: (any Error).self) {
      try await bed.queue.write { db in
        _ = try Self.store.claim(db, id, onlyIfDue: false, at: APITestBed.start)
      }
    }
    #expect(try bed.rows("SELECT * FROM trip_booking") == before)
  }

  @Test func anUnknownStateIsAnInternalErrorAndNoOtherState() async throws {
    let bed = try await bed("UPDATE trip_booking SET state = 'ON_HOLD'")
    let id: String = try bed.rows("SELECT id FROM trip_booking")[0][0]
    #expect(try await bed.call(.get, "/booking/\(id)").status == 500)
    #expect(try await bed.book().status == 500)
  }

  @Test func anOperatorsUnknownWordIsUnreadable() async throws {
    let bed = try await bed("UPDATE trip_booking SET updated_us = 1")
    let id: String = try bed.rows("SELECT id FROM trip_booking")[0][0]
    let messages = try await bed.queue.write { db in
      try db.execute(
        sql: """
          INSERT INTO inbox (source, kind, booking_id, payload, received_us) VALUES ('operator:1:1',
            'operator', ?, '{"verb":"escalate","slot":"charge","reason":"r","by":"a","note":""}', 0)
          """, arguments: [id])
      return try Self.store.openInbox(db, BookingID(id))
    }
    guard case .unreadable = messages.first else {
      Issue.record("\(messages) is no unreadable message")
      return
    }
  }
}
