import FakeVendors

/// Payments that customers' banks dispute, as Stripe's own books have them.
extension StripeLedger.Dispute {
  /// Whether it is not decided yet.
  var isOpen: Bool { status != "won" && status != "lost" && !isEnquiry }

  /// Whether its money is not with the merchant: it is open, or lost.
  var stands: Bool { status != "won" && !isEnquiry }

  /// Whether the bank only asks: no money moves, and none may be held back for it.
  var isEnquiry: Bool { status.hasPrefix("warning_") }
}

extension AuditedTrip {
  /// What is withdrawn while banks decide, in minor units.
  var inDispute: Int64 { disputes.reduce(0) { $0 + ($1.isOpen ? $1.amountMinor : 0) } }

  /// What is withdrawn of one payment, for the time being or for good.
  func withdrawn(_ intent: String) -> Int64 {
    disputes.reduce(0) {
      $0 + ($1.stands && $1.paymentIntent == intent ? $1.amountMinor : 0)
    }
  }

  /// What failed of refunds that were under way when the bank took the rest: Stripe refuses to
  /// refund a disputed payment, so after a lost dispute this money can go back by no refund.
  var stuck: Int64 {
    guard let opened = disputes.first(where: { $0.stands })?.openedMicroseconds else { return 0 }
    return refunds.reduce(0) { sum, refund in
      let isVoid = refund.status == "failed" || refund.status == "canceled"
      return sum + (isVoid && refund.createdMicroseconds <= opened ? refund.amountMinor : 0)
    }
  }
}

extension MoneyChecker {
  /// M3 of a payment whose dispute was opened or decided.
  func disputeChanged(_ id: String, _ at: Int64) {
    guard let dispute = books.dispute(id) else { return }
    let name = books.paymentIntent(dispute.paymentIntent)?.metadata["booking"] ?? ""
    guard let trip = trip(name, at) else { return }
    if let index = trip.disputes.firstIndex(where: { $0.id == id }) {
      guard trip.disputes[index] != dispute else { return }
      trip.disputes[index] = dispute
    } else {
      trip.disputes.append(dispute)
    }
    trip.lastNews = at
    if dispute.isEnquiry {
      mark("enquiry")
    } else if !dispute.isOpen {
      mark("dispute-\(dispute.status)")
    }
    judgeGivenBack(dispute.paymentIntent, of: trip, at)
  }

  /// M3: no more is given back, by refunds and to banks, than was captured. Stripe itself refuses
  /// more; a fake or a second intent might not.
  func judgeGivenBack(_ intent: String, of trip: AuditedTrip, _ at: Int64) {
    findings.check(.m3)
    let refunds = trip.refunds.filter {
      $0.paymentIntent == intent && $0.status != "failed" && $0.status != "canceled"
    }
    let sum = refunds.reduce(Int64(0)) { $0 + $1.amountMinor }
    let withdrawn = trip.withdrawn(intent)
    let captured = books.paymentIntent(intent)?.capturedMinor ?? 0
    guard sum + withdrawn > captured else { return }
    findings.violate(
      .m3, at: at, booking: trip.id, subject: intent,
      "\(intent) has \(captured) captured and \(sum) refunded"
        + (withdrawn > 0 ? ", and its customer's bank took back \(withdrawn): " : ": ")
        + refunds.map { "\($0.id) \($0.amountMinor)" }.joined(separator: ", "))
  }

  /// M4: what a bank took back is not refunded as well.
  func judgeUndisputed(_ refund: StripeLedger.Refund, of trip: AuditedTrip, _ at: Int64) {
    findings.check(.m4)
    guard
      let dispute = trip.disputes.first(where: {
        $0.stands && $0.paymentIntent == refund.paymentIntent
      })
    else { return }
    findings.violate(
      .m4, at: at, booking: trip.id, subject: "disputed \(refund.id)",
      "\(refund.id) refunds \(refund.amountMinor) of \(refund.paymentIntent), of which the "
        + "customer's bank took back \(dispute.amountMinor) (\(dispute.id), \(dispute.status))")
  }

  /// Whether a net amount is right when banks' disputes are taken into account.
  ///
  /// A lost dispute took money that cannot be had back, and no refund can follow it; an open one
  /// may come to either end, so exactly its amount may be missing or not be given back yet. What is
  /// won is owed as if nothing had happened.
  func isRight(
    _ net: Int64, _ range: ClosedRange<Int64>, _ trip: AuditedTrip, _ stored: StoredTrip
  ) -> Bool {
    let hasStuck =
      trip.chargedBack > 0
      && stored.attention("undo-refused").contains { isRefund($0.slot) }
    let most = range.upperBound + (hasStuck ? trip.stuck : 0)
    return range.lowerBound <= net + trip.chargedBack && net - trip.inDispute <= most
  }

  /// Whether a slot is one of the trip's refunds.
  func isRefund(_ slot: String) -> Bool { slot == "charge" || slot.hasPrefix("refund-") }

  /// P1: why no dispute supports that a refund is parked as refused; nil when one does.
  func undisputed(_ trip: AuditedTrip) -> String? {
    if trip.disputes.contains(where: \.isOpen) { return nil }
    if trip.chargedBack > 0, trip.stuck > 0 { return nil }
    return trip.disputes.isEmpty
      ? "its payment is not disputed" : "the dispute of its payment is decided"
  }

  /// Counts the refunds that Stripe refused because of a dispute.
  func noteDisputedRefusal(_ record: CallRecord) {
    guard record.operation == "refunds.create", record.ownStatus == 400,
      let trip = known(record.bookingID), trip.disputes.contains(where: \.stands)
    else { return }
    mark("refused-while-disputed")
  }
}
