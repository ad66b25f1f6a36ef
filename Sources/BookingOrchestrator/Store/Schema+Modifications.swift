extension Schema {
  /// Trips can be changed: a modification is a saga of its own, whose row names the booking it changes.
  ///
  /// It tells its booking through the inbox, whose constraint can only be widened with its table. The way
  /// is that of sqlite.org/lang_altertable.html, section 7.
  static let modifications = """
    CREATE TABLE trip_modification (
      id TEXT PRIMARY KEY NOT NULL REFERENCES trip_booking (id),
      base_id TEXT NOT NULL REFERENCES trip_booking (id),
      from_option TEXT NOT NULL,
      to_option TEXT NOT NULL,
      -- The slots of the new option that are kept, with the booking's own slot for each, as JSON.
      kept TEXT NOT NULL,
      -- The booking's slots that are no longer part, as a JSON array.
      replaced TEXT NOT NULL,
      -- What the new trip costs more than what stood of the old one; below zero when it is cheaper.
      difference_minor INTEGER NOT NULL,
      state TEXT NOT NULL CHECK (state = 'PENDING' OR state = 'DONE' OR state = 'REFUSED'),
      created_us INTEGER NOT NULL,
      decided_us INTEGER
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX trip_modification_base ON trip_modification (base_id);
    -- One at a time.
    CREATE UNIQUE INDEX trip_modification_pending ON trip_modification (base_id)
      WHERE state = 'PENDING';

    CREATE TABLE inbox_wider (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      source TEXT NOT NULL UNIQUE,
      kind TEXT NOT NULL CHECK (
        kind = 'cancel' OR kind = 'webhook' OR kind = 'operator' OR kind = 'change'
      ),
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
    """
}
