import GRDB
import Testing

@testable import BookingOrchestrator

struct MigrationTests {
  /// A database as the first version left it, with messages that wait.
  private func firstVersion() throws -> DatabaseQueue {
    var configuration = Configuration()
    configuration.foreignKeysEnabled = true
    let queue = try DatabaseQueue(configuration: configuration)
    try Schema.migrate(queue, upTo: "2026-11 bookings")
    try queue.write { db in
      for id in ["evt_1", "evt_2"] {
        try db.execute(
          sql: """
            INSERT INTO inbox (source, kind, object, payload, received_us)
            VALUES (?, 'webhook', 'pi_1', '{}', 17)
            """, arguments: [id])
      }
    }
    return queue
  }

  @Test func waitingMessagesSurviveAndNumbersGoOn() throws {
    let queue = try firstVersion()
    try Schema.migrate(queue)
    try queue.write { db in
      #expect(try String.fetchAll(db, sql: "SELECT source FROM inbox") == ["evt_1", "evt_2"])
      try db.execute(
        sql: """
          INSERT INTO inbox (source, kind, payload, received_us)
          VALUES ('operator:1:1', 'operator', '{}', 18)
          """)
      #expect(db.lastInsertedRowID == 3)
      #expect(throws: DatabaseError.self) {
        try db.execute(
          sql: """
            INSERT INTO inbox (source, kind, payload, received_us) VALUES ('x', 'other', '{}', 19)
            """)
      }
    }
  }

  @Test func firstVersionRefusesOperators() throws {
    let queue = try firstVersion()
    #expect(throws: DatabaseError.self) {
      try queue.write { db in
        try db.execute(
          sql: """
            INSERT INTO inbox (source, kind, payload, received_us) VALUES ('x', 'operator', '{}', 1)
            """)
      }
    }
  }

  @Test func earlierBookingsBelongToTheDefaultClient() throws {
    let queue = try firstVersion()
    try queue.write { db in
      try db.execute(
        sql: """
          INSERT INTO trip_option (id, currency, total_minor, snapshot, created_us)
          VALUES ('opt_1', 'EUR', 1, '{}', 1);
          INSERT INTO trip_booking (id, customer_id, client_key, body_hash, trip_option_id, state,
            saga, currency, total_minor, version, deadline_us, created_us, updated_us, wake_us)
          VALUES ('bk_1', 'c', 'k', 'h', 'opt_1', 'PENDING', '{}', 'EUR', 1, 1, 2, 3, 4, 5);
          INSERT INTO trip_request (booking_id, request) VALUES ('bk_1', '{}');
          """)
    }
    try Schema.migrate(queue)
    try queue.write { db in
      #expect(
        try Row.fetchAll(db, sql: "SELECT id, client, wake_us, updated_us FROM trip_booking")
          == [["id": "bk_1", "client": "default", "wake_us": 5, "updated_us": 4]])
      let known = try RequestStore.known(db, client: .default, customer: "c", key: "k")
      #expect(known?.booking == BookingID("bk_1"))
      // What refers to bookings still does.
      #expect(throws: DatabaseError.self) {
        try db.execute(sql: "INSERT INTO trip_request VALUES ('bk_2', '{}')")
      }
    }
  }
}
