extension Schema {
  /// A payment that is disputed is parked for a reason of its own.
  ///
  /// SQLite changes a constraint only with its table. The way is that of sqlite.org/lang_altertable.html,
  /// section 7. Items of before that name a dispute (`du_…`, and `dp_…` of older ones) get the new
  /// reason.
  static let disputes = """
    CREATE TABLE attention_item_wider (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      booking_id TEXT NOT NULL REFERENCES trip_booking (id),
      slot TEXT NOT NULL,
      reason TEXT NOT NULL CHECK (
        reason = 'flight-order-lost' OR reason = 'refund-failed' OR reason = 'undo-refused'
        OR reason = 'payment-mismatch' OR reason = 'outcome-unknown' OR reason = 'payment-disputed'
      ),
      reference TEXT,
      known TEXT NOT NULL,
      advice TEXT NOT NULL,
      created_us INTEGER NOT NULL,
      resolved_us INTEGER,
      resolution TEXT CHECK (
        resolution IS NULL OR resolution = 'retried' OR resolution = 'done' OR resolution = 'abandoned'
      ),
      resolved_by TEXT,
      note TEXT,
      UNIQUE (booking_id, slot, reason)
    ) STRICT;
    INSERT INTO attention_item_wider
      (id, booking_id, slot, reason, reference, known, advice, created_us, resolved_us, resolution,
       resolved_by, note)
    SELECT id, booking_id, slot,
      CASE WHEN reason = 'payment-mismatch' AND substr(reference, 1, 3) IN ('du_', 'dp_')
        THEN 'payment-disputed' ELSE reason END,
      reference, known, advice, created_us, resolved_us, resolution, resolved_by, note
    FROM attention_item;
    DROP TABLE attention_item;
    ALTER TABLE attention_item_wider RENAME TO attention_item;
    """
}
