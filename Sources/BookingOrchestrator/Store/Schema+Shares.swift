extension Schema {
  /// Links to itineraries, by the hashes of their tokens: who reads the database can open none.
  static let shares = """
    CREATE TABLE shareable_link (
      id TEXT PRIMARY KEY NOT NULL,
      booking_id TEXT NOT NULL REFERENCES trip_booking (id),
      token_hash TEXT NOT NULL UNIQUE CHECK (length(token_hash) = 64),
      hide TEXT NOT NULL DEFAULT '[]',
      views INTEGER NOT NULL DEFAULT 0 CHECK (views >= 0),
      created_us INTEGER NOT NULL,
      expires_us INTEGER NOT NULL CHECK (expires_us > created_us),
      revoked_us INTEGER
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX shareable_link_booking ON shareable_link (booking_id);
    """
}
