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

  @Test func databasesOfBeforeGetLinks() throws {
    let queue = try DatabaseQueue()
    try Schema.migrate(queue, upTo: "2026-11 news")
    #expect(try queue.read { try !$0.tableExists("shareable_link") })
    try Schema.migrate(queue)
    #expect(try queue.read { try $0.tableExists("shareable_link") })
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

  @Test func parkedDisputesGetTheirOwnReason() throws {
    let queue = try firstVersion()
    try queue.write { db in
      try db.execute(
        sql: """
          INSERT INTO trip_option (id, currency, total_minor, snapshot, created_us)
          VALUES ('opt_1', 'EUR', 1, '{}', 1);
          INSERT INTO trip_booking (id, customer_id, client_key, body_hash, trip_option_id, state,
            saga, currency, total_minor, version, deadline_us, created_us, updated_us)
          VALUES ('bk_1', 'c', 'k', 'h', 'opt_1', 'CONFIRMED', '{}', 'EUR', 1, 1, 2, 3, 4);
          """)
      for (slot, reason, reference) in [
        ("charge", "payment-mismatch", "du_1"), ("refund-hotel", "payment-mismatch", "pi_1"),
        ("flight", "flight-order-lost", nil),
      ] {
        try db.execute(
          sql: """
            INSERT INTO attention_item
              (booking_id, slot, reason, reference, known, advice, created_us)
            VALUES ('bk_1', ?, ?, ?, '{}', 'Look.', 5)
            """, arguments: [slot, reason, reference])
      }
    }
    try Schema.migrate(queue)
    let rows = try queue.read {
      try Row.fetchAll($0, sql: "SELECT id, reason, advice FROM attention_item ORDER BY id")
    }
    #expect(
      rows == [
        ["id": 1, "reason": "payment-disputed", "advice": "Look."],
        ["id": 2, "reason": "payment-mismatch", "advice": "Look."],
        ["id": 3, "reason": "flight-order-lost", "advice": "Look."],
      ])
  }

  @Test func mailsOfBeforeStayAndNewsMayFollow() throws {
    let queue = try firstVersion()
    try queue.write { db in
      try db.execute(
        sql: """
          INSERT INTO trip_option (id, currency, total_minor, snapshot, created_us)
          VALUES ('opt_1', 'EUR', 1, '{}', 1);
          INSERT INTO trip_booking (id, customer_id, client_key, body_hash, trip_option_id, state,
            saga, currency, total_minor, version, deadline_us, created_us, updated_us)
          VALUES ('bk_1', 'c', 'k', 'h', 'opt_1', 'CONFIRMED', '{}', 'EUR', 1, 1, 2, 3, 4);
          INSERT INTO outbox (booking_id, kind, version, payload, status, attempts, next_us, sent_us,
            reference)
          VALUES ('bk_1', 'update', 7, '{"a":1}', 'sent', 2, 8, 9, 'm1');
          """)
    }
    try Schema.migrate(queue)
    try queue.write { db in
      try db.execute(
        sql: """
          INSERT INTO outbox (booking_id, kind, version, payload, next_us)
          VALUES ('bk_1', 'update', 8, '{}', 10)
          """)
    }
    let rows = try queue.read { db in
      try Row.fetchAll(
        db, sql: "SELECT id, version, status, payload, reference FROM outbox ORDER BY id")
    }
    #expect(
      rows == [
        ["id": 1, "version": 7, "status": "sent", "payload": "{\"a\":1}", "reference": "m1"],
        ["id": 2, "version": 8, "status": "pending", "payload": "{}", "reference": nil],
      ])
  }

  @Test func earlierPaymentsStayAsTheyWereAndMayBeHeldNow() throws {
    let queue = try firstVersion()
    try queue.write { db in
      try db.execute(
        sql: """
          INSERT INTO trip_option (id, currency, total_minor, snapshot, created_us)
          VALUES ('opt_1', 'EUR', 9, '{}', 1);
          INSERT INTO trip_booking (id, customer_id, client_key, body_hash, trip_option_id, state,
            saga, currency, total_minor, version, deadline_us, created_us, updated_us)
          VALUES ('bk_1', 'c', 'k', 'h', 'opt_1', 'CONFIRMED', '{}', 'EUR', 9, 1, 2, 3, 4);
          INSERT INTO payment (id, tripBookingId, tripOptionId, paymentIntentId, chargeId, amount,
            currency, status, refundAmount, paymentMethodId, createdAt, updatedAt)
          VALUES ('bk_1:payment', 'bk_1', 'opt_1', 'pi_1', 'ch_1', 9, 'EUR', 'PARTIALLY_REFUNDED', 4,
            'pm_1', 5, 6);
          """)
    }
    try Schema.migrate(queue)
    try queue.write { db in
      let row = try #require(
        try Row.fetchOne(
          db, sql: "SELECT chargeId, status, refundAmount, authorizedAmount FROM payment"))
      #expect(
        row == [
          "chargeId": "ch_1", "status": "PARTIALLY_REFUNDED", "refundAmount": 4,
          "authorizedAmount": nil,
        ])
      try db.execute(sql: "UPDATE payment SET status = 'AUTHORIZED', authorizedAmount = 9")
      #expect(throws: DatabaseError.self) {
        try db.execute(sql: "UPDATE payment SET status = 'HELD'")
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
      let known = try RequestStore.known(db, client: .default, key: "k")
      #expect(known?.booking == BookingID("bk_1"))
      // What refers to bookings still does.
      #expect(throws: DatabaseError.self) {
        try db.execute(sql: "INSERT INTO trip_request VALUES ('bk_2', '{}')")
      }
    }
  }

  /// Before, each customer had keys of its own.
  @Test func bookingsOfTwoCustomersUnderOneKeySurvive() throws {
    let queue = try firstVersion()
    try queue.write { db in
      for (id, customer, key, created) in [
        ("bk_3", "a", "k", 9), ("bk_2", "b", "k", 8), ("bk_1", "c", "k", 9), ("bk_4", "a", "l", 7),
      ] {
        try db.execute(
          sql: """
            INSERT INTO trip_option (id, currency, total_minor, snapshot, created_us)
            VALUES ('opt_' || ?1, 'EUR', 1, '{}', 1)
            """, arguments: [id])
        try db.execute(
          sql: """
            INSERT INTO trip_booking (id, customer_id, client_key, body_hash, trip_option_id, state,
              saga, currency, total_minor, version, deadline_us, created_us, updated_us)
            VALUES (?1, ?2, ?3, 'h', 'opt_' || ?1, 'CONFIRMED', '{}', 'EUR', 1, 1, 2, ?4, 4)
            """, arguments: [id, customer, key, created])
      }
    }
    try Schema.migrate(queue)
    try queue.write { db in
      #expect(
        try Row.fetchAll(
          db, sql: "SELECT id, customer_id, client_key FROM trip_booking ORDER BY id")
          == [
            ["id": "bk_1", "customer_id": "c", "client_key": "k c"],
            ["id": "bk_2", "customer_id": "b", "client_key": "k"],
            ["id": "bk_3", "customer_id": "a", "client_key": "k a"],
            ["id": "bk_4", "customer_id": "a", "client_key": "l"],
          ])
      // The first one has the key, and nobody gets it again.
      let known = try RequestStore.known(db, client: .default, key: "k")
      #expect(known?.booking == BookingID("bk_2"))
      #expect(throws: DatabaseError.self) {
        try db.execute(sql: "UPDATE trip_booking SET client_key = 'k' WHERE id = 'bk_4'")
      }
    }
  }

  /// A database of the version before, with bookings, is read and listed as it was.
  @Test func bookingsOfTheVersionBeforeAreListed() throws {
    let queue = try DatabaseQueue()
    try Schema.migrate(queue, upTo: "2026-11 news")
    try queue.write { db in
      for (id, state, created) in [
        ("bk_1", "CONFIRMED", 5), ("bk_2", "FAILED", 7), ("bk_3", "CONFIRMED", 6),
      ] {
        try db.execute(
          sql: """
            INSERT INTO trip_option (id, currency, total_minor, snapshot, created_us)
            VALUES ('opt_' || ?1, 'EUR', 1, '{}', 1)
            """, arguments: [id])
        try db.execute(
          sql: """
            INSERT INTO trip_booking (id, client, customer_id, client_key, body_hash, trip_option_id,
              state, saga, currency, total_minor, version, deadline_us, created_us, updated_us)
            VALUES (?1, 'ann', 'c', ?1, 'h', 'opt_' || ?1, ?2, '{}', 'EUR', 1, 1, 2, ?3, 4)
            """, arguments: [id, state, created])
      }
    }
    try Schema.migrate(queue)
    let found = try queue.read { db in
      try [nil, TripState.confirmed].map { state in
        try BookingList.places(
          db, of: ClientName("ann"), state: state, from: 0, before: .init(created: .max, id: ""),
          limit: 9
        ).map(\.id)
      }
    }
    #expect(found == [["bk_2", "bk_3", "bk_1"], ["bk_3", "bk_1"]])
    #expect(try queue.read { try String.fetchAll($0, sql: "PRAGMA integrity_check") } == ["ok"])
  }
}
