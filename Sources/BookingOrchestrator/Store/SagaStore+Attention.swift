import GRDB

extension SagaStore {
  /// Writes a parked item, in the caller's transaction.
  ///
  /// A slot has one item for each reason; what was resolved is opened anew. Several refunds of one slot
  /// may fail, ours and others' by hand, and all of them are owed: an open item takes a further one in,
  /// its id among the references and what is known of it under its id.
  static func write(
    _ db: Database, _ item: AttentionItem, of booking: BookingID, at now: Timestamp
  ) throws {
    try db.cachedStatement(
      sql: """
        INSERT INTO attention_item (booking_id, slot, reason, reference, known, advice, created_us)
        VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (booking_id, slot, reason) DO UPDATE SET
          reference = excluded.reference, known = excluded.known, advice = excluded.advice,
          created_us = excluded.created_us, resolved_us = NULL, resolution = NULL,
          resolved_by = NULL, note = NULL
        WHERE resolved_us IS NOT NULL
        """
    ).execute(arguments: [
      booking.rawValue, item.slot.text, item.reason, item.reference, item.known, item.advice,
      now.microseconds,
    ])
    guard db.changesCount == 0, item.reason == "refund-failed", let reference = item.reference
    else { return }
    try db.cachedStatement(
      sql: """
        UPDATE attention_item SET reference = reference || ' ' || :reference,
          known = json_set(known, '$."' || :reference || '"', json(:known)),
          advice = CASE instr(advice, :advice) WHEN 0 THEN advice || ' ' || :advice ELSE advice END
        WHERE booking_id = :booking AND slot = :slot AND reason = :reason
          AND instr(' ' || reference || ' ', ' ' || :reference || ' ') = 0
        """
    ).execute(arguments: [
      "reference": reference, "known": item.known, "advice": item.advice,
      "booking": booking.rawValue, "slot": item.slot.text, "reason": item.reason,
    ])
  }
}
