extension Schema {
  /// Bookings belong to the client that made them; earlier ones to the default client.
  ///
  /// A key was unique for each customer of all clients together, and is now for each client. SQLite
  /// drops such a constraint only with its table. The way is that of sqlite.org/lang_altertable.html,
  /// section 7; GRDB has foreign keys off during a migration, and checks them at its end.
  ///
  /// Where two customers used one key, the first booking keeps it. The others are as good bookings as
  /// it: their keys get the customer behind a space, which no key of a client has (``BookingAPI``
  /// takes visible characters only). Who repeats such a request hears that the key is used.
  static let clients = """
    CREATE TABLE trip_booking_owned (
      id TEXT PRIMARY KEY NOT NULL,
      client TEXT NOT NULL DEFAULT 'default',
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
      UNIQUE (client, client_key)
    ) STRICT, WITHOUT ROWID;
    INSERT INTO trip_booking_owned
      (id, customer_id, client_key, body_hash, trip_option_id, state, saga, currency, total_minor,
       needs_attention, warnings, failure, generation, lease_owner, lease_epoch, lease_until_us,
       wake_us, version, deadline_us, created_us, updated_us, finished_us)
    SELECT id, customer_id,
      CASE row_number() OVER (PARTITION BY client_key ORDER BY created_us, id)
        WHEN 1 THEN client_key ELSE client_key || ' ' || customer_id END,
      body_hash, trip_option_id, state, saga, currency,
      total_minor, needs_attention, warnings, failure, generation, lease_owner, lease_epoch,
      lease_until_us, wake_us, version, deadline_us, created_us, updated_us, finished_us
    FROM trip_booking;
    DROP TABLE trip_booking;
    ALTER TABLE trip_booking_owned RENAME TO trip_booking;
    CREATE INDEX trip_booking_due ON trip_booking (wake_us) WHERE wake_us IS NOT NULL;
    """
}
