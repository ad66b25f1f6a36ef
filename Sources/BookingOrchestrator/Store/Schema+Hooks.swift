extension Schema {
  /// Events for clients.
  ///
  /// Those that end stay, as the mails do: what a client was told is part of a booking's history.
  static let hooks = """
    CREATE TABLE hook_event (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      booking_id TEXT NOT NULL REFERENCES trip_booking (id),
      sequence INTEGER NOT NULL CHECK (sequence > 0),
      client TEXT NOT NULL,
      kind TEXT NOT NULL,
      payload TEXT NOT NULL,
      status TEXT NOT NULL DEFAULT 'pending' CHECK (
        status = 'pending' OR status = 'sent' OR status = 'given-up'
      ),
      attempts INTEGER NOT NULL DEFAULT 0,
      created_us INTEGER NOT NULL,
      next_us INTEGER NOT NULL,
      ended_us INTEGER,
      result TEXT,
      UNIQUE (booking_id, sequence)
    ) STRICT;
    CREATE INDEX hook_event_due ON hook_event (client, next_us) WHERE status = 'pending';
    """

  /// Until when an event is tried, from its first try on; and who had it sent again, and when.
  static let hooksAgain = """
    ALTER TABLE hook_event ADD COLUMN until_us INTEGER;
    ALTER TABLE hook_event ADD COLUMN resent_us INTEGER;
    ALTER TABLE hook_event ADD COLUMN resent_by TEXT;
    CREATE INDEX hook_event_given_up ON hook_event (id) WHERE status = 'given-up';
    """
}
