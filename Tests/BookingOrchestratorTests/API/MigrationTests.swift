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
}
