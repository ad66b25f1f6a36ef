extension Schema {
  /// A booking has a mail for each news, not only for the first.
  ///
  /// SQLite changes a constraint only with its table. The way is that of sqlite.org/lang_altertable.html,
  /// section 7.
  static let news = """
    CREATE TABLE outbox_wider (
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
      UNIQUE (booking_id, kind, version)
    ) STRICT;
    INSERT INTO outbox_wider SELECT * FROM outbox;
    DROP TABLE outbox;
    ALTER TABLE outbox_wider RENAME TO outbox;
    CREATE INDEX outbox_due ON outbox (next_us) WHERE status = 'pending';
    """
}
