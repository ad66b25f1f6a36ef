extension Schema {
  /// A payment may be authorised first and captured later: its amount is what is held until then, and what
  /// was taken afterwards.
  ///
  /// SQLite changes a constraint only with its table. The way is that of sqlite.org/lang_altertable.html,
  /// section 7.
  static let holds = """
    CREATE TABLE payment_wider (
      id TEXT PRIMARY KEY NOT NULL,
      tripBookingId TEXT NOT NULL REFERENCES trip_booking (id),
      tripOptionId TEXT NOT NULL,
      paymentIntentId TEXT UNIQUE,
      chargeId TEXT,
      amount INTEGER NOT NULL CHECK (amount > 0),
      currency TEXT NOT NULL,
      status TEXT NOT NULL CHECK (
        status = 'PENDING' OR status = 'SUCCEEDED' OR status = 'FAILED' OR status = 'CANCELED'
        OR status = 'PARTIALLY_REFUNDED' OR status = 'REFUNDED' OR status = 'AUTHORIZED'
      ),
      refundId TEXT,
      refundAmount INTEGER NOT NULL DEFAULT 0 CHECK (refundAmount BETWEEN 0 AND amount),
      refundedAt INTEGER,
      paymentMethodId TEXT NOT NULL,
      billingDetails TEXT NOT NULL DEFAULT '{}',
      createdAt INTEGER NOT NULL,
      updatedAt INTEGER NOT NULL,
      authorizedAmount INTEGER,
      authorizedAt INTEGER,
      capturedAt INTEGER
    ) STRICT, WITHOUT ROWID;
    INSERT INTO payment_wider
      (id, tripBookingId, tripOptionId, paymentIntentId, chargeId, amount, currency, status, refundId,
       refundAmount, refundedAt, paymentMethodId, billingDetails, createdAt, updatedAt)
    SELECT id, tripBookingId, tripOptionId, paymentIntentId, chargeId, amount, currency, status, refundId,
      refundAmount, refundedAt, paymentMethodId, billingDetails, createdAt, updatedAt
    FROM payment;
    DROP TABLE payment;
    ALTER TABLE payment_wider RENAME TO payment;
    CREATE INDEX payment_booking ON payment (tripBookingId);
    """
}
