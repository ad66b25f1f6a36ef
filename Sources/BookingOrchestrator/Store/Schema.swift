import GRDB

/// The orchestrator's database, as named migrations.
enum Schema {
  /// Brings a database to the present version, or, for tests, to an earlier one.
  /// - Throws: a database error, or `SchemaError.newer` when it was written by a newer version.
  static func migrate(_ database: some DatabaseWriter, upTo version: String? = nil) throws {
    let migrator = Self.migrator
    if try database.read(migrator.hasBeenSuperseded) { throw SchemaError.newer }
    if let version {
      try migrator.migrate(database, upTo: version)
    } else {
      try migrator.migrate(database)
    }
  }

  /// Why a database cannot be used.
  enum SchemaError: Error, CustomStringConvertible {
    case newer
    var description: String {
      "the database was written by a newer version of the orchestrator; it is left untouched"
    }
  }

  private static var migrator: DatabaseMigrator {
    var migrator = DatabaseMigrator()
    migrator.registerMigration("2026-11 bookings") { db in try db.execute(sql: bookings) }
    migrator.registerMigration("2026-11 operators") { db in try db.execute(sql: operators) }
    migrator.registerMigration("2026-11 clients") { db in try db.execute(sql: clients) }
    migrator.registerMigration("2026-11 references") { db in
      try db.execute(sql: references)
      for id in try String.fetchAll(db, sql: "SELECT id FROM trip_booking ORDER BY id") {
        try db.execute(
          sql: "UPDATE trip_booking SET reference = ? WHERE id = ?",
          arguments: [try BookingReference.free(db, for: id), id])
      }
    }
    // A row of each server that lives, by which it knows its database again.
    migrator.registerMigration("2026-11 server marks") { db in
      try db.execute(sql: "CREATE TABLE server_mark (mark TEXT PRIMARY KEY NOT NULL) STRICT")
    }
    migrator.registerMigration("2026-11 disputed payments") { db in try db.execute(sql: disputes) }
    migrator.registerMigration("2026-11 news") { db in try db.execute(sql: news) }
    migrator.registerMigration("2026-11 holds") { db in try db.execute(sql: holds) }
    migrator.registerMigration("2026-11 shares") { db in try db.execute(sql: shares) }
    migrator.registerMigration("2026-11 lists") { db in try db.execute(sql: lists) }
    migrator.registerMigration("2026-11 hooks") { db in try db.execute(sql: hooks) }
    migrator.registerMigration("2026-11 modifications") { db in
      try db.execute(sql: modifications)
    }
    migrator.registerMigration("2026-11 hooks again") { db in try db.execute(sql: hooksAgain) }
    return migrator
  }

  // The bookings of a client by the time they were made. The state stands last, so that a list of one
  // state reads nothing but the index, and a change of state moves no entry.
  private static let lists = """
    CREATE INDEX trip_booking_list ON trip_booking (client, created_us, id, state);
    """

  // What travellers call their booking on the phone.
  private static let references = """
    ALTER TABLE trip_booking ADD COLUMN reference TEXT;
    CREATE UNIQUE INDEX trip_booking_reference ON trip_booking (reference);
    """

  // Operators' commands come through the inbox, whose CHECK can only be widened by a new table.
  private static let operators = """
    CREATE TABLE inbox_wider (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      source TEXT NOT NULL UNIQUE,
      kind TEXT NOT NULL CHECK (kind = 'cancel' OR kind = 'webhook' OR kind = 'operator'),
      booking_id TEXT REFERENCES trip_booking (id),
      object TEXT,
      payload TEXT NOT NULL,
      received_us INTEGER NOT NULL,
      applied_us INTEGER,
      result TEXT
    ) STRICT;
    INSERT INTO inbox_wider SELECT * FROM inbox;
    DROP TABLE inbox;
    ALTER TABLE inbox_wider RENAME TO inbox;
    CREATE INDEX inbox_open ON inbox (booking_id) WHERE applied_us IS NULL;

    ALTER TABLE attention_item ADD COLUMN resolution TEXT CHECK (
      resolution IS NULL OR resolution = 'retried' OR resolution = 'done' OR resolution = 'abandoned'
    );
    ALTER TABLE attention_item ADD COLUMN resolved_by TEXT;
    ALTER TABLE attention_item ADD COLUMN note TEXT;
    """

  // Column names of `booking` and `payment` are the product's published models; ours are snake case.
  // Times are microseconds since 1970, amounts minor units. A CHECK of more than two values is a chain
  // of ORs: for a longer IN list SQLite fills a temporary table in every statement that writes the
  // column.
  private static let bookings = """
    CREATE TABLE trip_option (
      id TEXT PRIMARY KEY NOT NULL,
      currency TEXT NOT NULL,
      total_minor INTEGER NOT NULL CHECK (total_minor > 0),
      snapshot TEXT NOT NULL,
      lock_status TEXT NOT NULL DEFAULT 'open' CHECK (lock_status IN ('open', 'locked')),
      locked_by TEXT,
      created_us INTEGER NOT NULL,
      CHECK ((lock_status = 'locked') = (locked_by IS NOT NULL))
    ) STRICT;

    CREATE TABLE trip_option_component (
      trip_option_id TEXT NOT NULL REFERENCES trip_option (id),
      position INTEGER NOT NULL,
      component_id TEXT NOT NULL,
      kind TEXT NOT NULL CHECK (
        kind = 'FLIGHT' OR kind = 'HOTEL' OR kind = 'ACTIVITY'
      ),
      amount_minor INTEGER NOT NULL CHECK (amount_minor >= 0),
      PRIMARY KEY (trip_option_id, position)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE trip_booking (
      id TEXT PRIMARY KEY NOT NULL,
      customer_id TEXT NOT NULL,
      client_key TEXT NOT NULL,
      body_hash TEXT NOT NULL,
      trip_option_id TEXT NOT NULL REFERENCES trip_option (id),
      state TEXT NOT NULL CHECK (
        state = 'PENDING' OR state = 'VALIDATING' OR state = 'PROCESSING' OR state = 'CONFIRMED'
        OR state = 'FAILED' OR state = 'CANCELLING' OR state = 'CANCELLED'
      ),
      saga TEXT NOT NULL,
      currency TEXT NOT NULL,
      total_minor INTEGER NOT NULL,
      needs_attention INTEGER NOT NULL DEFAULT 0 CHECK (needs_attention IN (0, 1)),
      warnings TEXT NOT NULL DEFAULT '[]',
      failure TEXT,
      generation INTEGER NOT NULL DEFAULT 1,
      lease_owner TEXT,
      lease_epoch INTEGER NOT NULL DEFAULT 0,
      lease_until_us INTEGER NOT NULL DEFAULT 0,
      wake_us INTEGER,
      version INTEGER NOT NULL,
      deadline_us INTEGER NOT NULL,
      created_us INTEGER NOT NULL,
      updated_us INTEGER NOT NULL,
      finished_us INTEGER,
      UNIQUE (customer_id, client_key)
    ) STRICT, WITHOUT ROWID;
    -- Large and never changed, so not in the row that every step writes again.
    CREATE TABLE trip_request (
      booking_id TEXT PRIMARY KEY NOT NULL REFERENCES trip_booking (id),
      request TEXT NOT NULL
    ) STRICT;
    CREATE INDEX trip_booking_due ON trip_booking (wake_us) WHERE wake_us IS NOT NULL;

    CREATE TABLE booking (
      id TEXT PRIMARY KEY NOT NULL,
      tripBookingId TEXT NOT NULL REFERENCES trip_booking (id),
      tripOptionId TEXT NOT NULL,
      bookingType TEXT NOT NULL CHECK (
        bookingType = 'FLIGHT' OR bookingType = 'HOTEL' OR bookingType = 'ACTIVITY'
      ),
      componentId TEXT NOT NULL,
      slot TEXT NOT NULL,
      status TEXT NOT NULL CHECK (
        status = 'PENDING' OR status = 'BOOKED' OR status = 'FAILED' OR status = 'CANCELLED'
        OR status = 'UNKNOWN' OR status = 'NEEDS_ATTENTION'
      ),
      state TEXT NOT NULL,
      vendorConfirmation TEXT,
      bookingReference TEXT,
      pnr TEXT,
      paymentIntentId TEXT,
      amount INTEGER NOT NULL,
      currency TEXT NOT NULL,
      bookedAt INTEGER,
      cancelledAt INTEGER,
      bookingDetails TEXT NOT NULL DEFAULT '{}',
      error TEXT,
      createdAt INTEGER NOT NULL,
      updatedAt INTEGER NOT NULL,
      UNIQUE (tripBookingId, slot)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE payment (
      id TEXT PRIMARY KEY NOT NULL,
      tripBookingId TEXT NOT NULL REFERENCES trip_booking (id),
      tripOptionId TEXT NOT NULL,
      paymentIntentId TEXT UNIQUE,
      chargeId TEXT,
      amount INTEGER NOT NULL CHECK (amount > 0),
      currency TEXT NOT NULL,
      status TEXT NOT NULL CHECK (
        status = 'PENDING' OR status = 'SUCCEEDED' OR status = 'FAILED' OR status = 'CANCELED'
        OR status = 'PARTIALLY_REFUNDED' OR status = 'REFUNDED'
      ),
      refundId TEXT,
      refundAmount INTEGER NOT NULL DEFAULT 0 CHECK (refundAmount BETWEEN 0 AND amount),
      refundedAt INTEGER,
      paymentMethodId TEXT NOT NULL,
      billingDetails TEXT NOT NULL DEFAULT '{}',
      createdAt INTEGER NOT NULL,
      updatedAt INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX payment_booking ON payment (tripBookingId);

    CREATE TABLE saga_step (
      booking_id TEXT NOT NULL REFERENCES trip_booking (id),
      slot TEXT NOT NULL,
      direction TEXT NOT NULL CHECK (direction IN ('do', 'undo')),
      generation INTEGER NOT NULL,
      attempt INTEGER NOT NULL DEFAULT 0,
      idempotency_key TEXT NOT NULL UNIQUE,
      payload_hash TEXT NOT NULL,
      cause TEXT NOT NULL,
      status TEXT NOT NULL CHECK (
        status = 'INTENT' OR status = 'UNKNOWN' OR status = 'DONE' OR status = 'REJECTED'
        OR status = 'NEEDS_ATTENTION'
      ),
      reference TEXT,
      reason TEXT,
      first_sent_us INTEGER,
      last_sent_us INTEGER,
      looks INTEGER NOT NULL DEFAULT 0,
      not_before_us INTEGER,
      created_us INTEGER NOT NULL,
      updated_us INTEGER NOT NULL,
      PRIMARY KEY (booking_id, slot, direction, generation)
    ) STRICT, WITHOUT ROWID;

    -- The bytes of each step's request, written once with its intent.
    CREATE TABLE saga_request (
      idempotency_key TEXT PRIMARY KEY NOT NULL REFERENCES saga_step (idempotency_key),
      method TEXT NOT NULL,
      path TEXT NOT NULL,
      body BLOB NOT NULL
    ) STRICT;

    CREATE TABLE ledger_entry (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      booking_id TEXT NOT NULL REFERENCES trip_booking (id),
      txn TEXT NOT NULL,
      account TEXT NOT NULL,
      debit_minor INTEGER NOT NULL CHECK (debit_minor >= 0),
      credit_minor INTEGER NOT NULL CHECK (credit_minor >= 0),
      currency TEXT NOT NULL,
      cause TEXT NOT NULL,
      at_us INTEGER NOT NULL,
      UNIQUE (txn, account)
    ) STRICT;
    CREATE INDEX ledger_booking ON ledger_entry (booking_id);

    CREATE TABLE event (
      seq INTEGER PRIMARY KEY AUTOINCREMENT,
      booking_id TEXT NOT NULL REFERENCES trip_booking (id),
      version INTEGER NOT NULL,
      kind TEXT NOT NULL,
      state TEXT NOT NULL,
      needs_attention INTEGER NOT NULL,
      detail TEXT NOT NULL,
      hash TEXT NOT NULL,
      at_us INTEGER NOT NULL,
      UNIQUE (booking_id, version)
    ) STRICT;
    CREATE TRIGGER event_is_append_only_u BEFORE UPDATE ON event
      BEGIN SELECT RAISE (ABORT, 'events are append-only'); END;
    CREATE TRIGGER event_is_append_only_d BEFORE DELETE ON event
      BEGIN SELECT RAISE (ABORT, 'events are append-only'); END;

    CREATE TABLE inbox (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      source TEXT NOT NULL UNIQUE,
      kind TEXT NOT NULL CHECK (kind IN ('cancel', 'webhook')),
      booking_id TEXT REFERENCES trip_booking (id),
      object TEXT,
      payload TEXT NOT NULL,
      received_us INTEGER NOT NULL,
      applied_us INTEGER,
      result TEXT
    ) STRICT;
    CREATE INDEX inbox_open ON inbox (booking_id) WHERE applied_us IS NULL;

    CREATE TABLE outbox (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      booking_id TEXT NOT NULL REFERENCES trip_booking (id),
      kind TEXT NOT NULL,
      version INTEGER NOT NULL,
      payload TEXT NOT NULL,
      status TEXT NOT NULL DEFAULT 'pending' CHECK (
        status = 'pending' OR status = 'sent' OR status = 'refused'
      ),
      attempts INTEGER NOT NULL DEFAULT 0,
      next_us INTEGER NOT NULL,
      sent_us INTEGER,
      reference TEXT,
      UNIQUE (booking_id, kind)
    ) STRICT;
    CREATE INDEX outbox_due ON outbox (next_us) WHERE status = 'pending';

    CREATE TABLE attention_item (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      booking_id TEXT NOT NULL REFERENCES trip_booking (id),
      slot TEXT NOT NULL,
      reason TEXT NOT NULL CHECK (
        reason = 'flight-order-lost' OR reason = 'refund-failed' OR reason = 'undo-refused'
        OR reason = 'payment-mismatch' OR reason = 'outcome-unknown'
      ),
      reference TEXT,
      known TEXT NOT NULL,
      advice TEXT NOT NULL,
      created_us INTEGER NOT NULL,
      resolved_us INTEGER,
      UNIQUE (booking_id, slot, reason)
    ) STRICT;
    """
}
