import BookingOrchestrator
import FakeServices

// M8, M9, D4, V4's money: exact values, judged of settled trips.
extension Auditor {
  /// M8 while it runs: every ledger transaction balances. Called at transitions, in batches.
  func catchUpLedger(_ at: Int64) {
    guard let ledger = read({ try $0.ledger(after: lastLedgerRow) }) else { return }
    findings.check(.m8, exercised: ledger.last > lastLedgerRow)
    lastLedgerRow = ledger.last
    for row in ledger.unbalanced {
      findings.violate(
        .m8, at: at, booking: row.booking, subject: row.txn,
        "the ledger transaction \(row.txn) debits \(row.debit) and credits \(row.credit)")
    }
  }

  /// What a settled trip may have cost its customer, the canonical amount first.
  ///
  /// - CONFIRMED: the offered prices of the slots that are live, and what suppliers keep of those that
  ///   the traveller cancelled there; what a vendor cancelled itself costs nothing. A live reservation that is parked
  ///   (an undo refused for ever) may or may not be charged: the item says which.
  /// - FAILED: nothing; penalties are the business's loss.
  /// - CANCELLED: the penalties that vendors really kept for what the customer had, never more than
  ///   is left of the charge. They never had an activity that they were told had failed, nor what
  ///   was undone after the trip was cancelled: its penalty is the business's loss, whichever run
  ///   undid it and why.
  ///
  /// Of a refund less a penalty, what Stripe cannot pay out exactly is rounded in the customer's
  /// favour. Refunds that failed at Stripe and are parked as such are owed on top: exactly their amounts.
  func expectedNets(_ trip: TripFile, _ stored: StoredTrip) -> [Int64] {
    let owed = parkedFailedRefunds(trip, stored)
    let refused = stored.attention("undo-refused")
    var optional: [Int64] = []
    var nets: [Int64]
    switch trip.state {
    case .confirmed:
      var base: Int64 = 0
      for slot in ["flight", "hotel"] + trip.activitySlots where trip.live(slot) != nil {
        let price = trip.price(slot) ?? 0
        if refused.contains(where: { $0.slot == slot }) {
          optional.append(price)
        } else {
          base += price
        }
      }
      // What the traveller cancelled at the supplier costs what the supplier keeps.
      for placed in trip.placed where placed.reservation.cancelledBy == "traveller" {
        base += placed.reservation.penaltyMinor
      }
      nets = Self.sums(of: optional).map { base + $0 }
    case .cancelled:
      var base: Int64 = 0
      for placed in trip.placed where !trip.reportedFailed.contains(placed.slot) {
        let undone = placed.reservation.cancelledMicroseconds.map(virtual) ?? 0
        if undone <= trip.since { base += placed.reservation.penaltyMinor }
      }
      for item in refused where trip.live(item.slot) != nil {
        optional.append(trip.price(item.slot) ?? 0)
      }
      // What partial refunds gave back before cannot be kept as a penalty.
      let partial = trip.refunds.reduce(Int64(0)) { sum, refund in
        let cause = refund.metadata["cause"] ?? ""
        let counts =
          refund.status == "succeeded" && !refund.isByHand && cause != "cancel"
          && cause != "rollback"
        return sum + (counts ? refund.amountMinor : 0)
      }
      let most = max(0, trip.captured - partial)
      nets = Self.sums(of: optional).map { min(base + $0, most) }
    default:
      nets = [0]
    }
    return nets.map { ChargeStep.kept($0, trip.currency) + owed }
  }

  /// The sum of the refunds that failed at Stripe and are parked as money owed.
  ///
  /// An item names a refund by its reference; one without a reference names those of its slot.
  func parkedFailedRefunds(
    _ trip: TripFile, _ stored: StoredTrip, byHand: Bool = false
  ) -> Int64 {
    let items = stored.attention("refund-failed")
    guard !items.isEmpty else { return 0 }
    return trip.refunds.reduce(0) { sum, refund in
      guard refund.status == "failed" || refund.status == "canceled", refund.isByHand == byHand
      else { return sum }
      let isNamed = items.contains { item in
        item.reference.contains(refund.id)
          || (item.reference.isEmpty && item.slot == Origin(refund.baggage).slot)
      }
      return sum + (isNamed ? refund.amountMinor : 0)
    }
  }

  /// The prices of the slots whose undo was refused for ever and that still stand.
  private func refusedPrices(_ trip: TripFile, _ stored: StoredTrip) -> Int64 {
    stored.attention("undo-refused").reduce(0) { sum, item in
      sum + (trip.live(item.slot) == nil ? 0 : trip.price(item.slot) ?? 0)
    }
  }

  /// M9 and the money of V4.
  func concludeMoney(_ trip: TripFile, _ stored: StoredTrip, _ at: Int64) {
    let nets = expectedNets(trip, stored)
    let net = trip.net
    // A vendor that quotes a penalty and then refuses the cancellation for ever leaves an amount
    // between nothing and the item's price for an operator to settle: the item is parked for it.
    let open = trip.state == .cancelled ? refusedPrices(trip, stored) : 0
    let isExpected =
      nets.contains { isRight(net, afterRefundsByHand($0, trip, stored), trip, stored) }
      || (nets[0]...nets[0] + open).contains(net)
    expected[trip.id] = isExpected ? net : nets[0]
    findings.check(.m9, exercised: !trip.intents.isEmpty)
    if !isExpected {
      findings.violate(.m9, at: at, booking: trip.id, moneyText(trip, stored, nets[0]))
    }
    if trip.state == .failed {
      findings.check(.v4, exercised: trip.captured > 0 || !trip.placed.isEmpty)
      if !isExpected {
        findings.violate(
          .v4, at: at, booking: trip.id, subject: "money", moneyText(trip, stored, nets[0]))
      }
    }
    // M8: the ledger tells what Stripe tells. A parked failed refund is excused by its amount: the
    // ledger may still hold it for paid.
    findings.check(.m8, exercised: stored.hasLedger)
    let owed = parkedFailedRefunds(trip, stored)
    if stored.ledgerNet != net, stored.ledgerNet != net - owed {
      findings.violate(
        .m8, at: at, booking: trip.id, subject: "projection",
        "the ledger says that \(stored.ledgerNet) of \(trip.id) is with Stripe; Stripe has "
          + "\(trip.captured) captured, \(trip.refunded) refunded and \(trip.chargedBack) taken back "
          + "by the customer's bank: \(net)")
    }
    judgePayments(trip, stored.payments, exact: true, owed: owed, at)
  }

  private func moneyText(_ trip: TripFile, _ stored: StoredTrip, _ expected: Int64) -> String {
    let unit = "\(trip.currency)-minor"
    var text = trip.intents.filter { $0.capturedMinor > 0 }.map {
      "\(trip.id) was charged \($0.capturedMinor) \(unit) at "
        + "\(seconds(virtual($0.capturedMicroseconds ?? $0.createdMicroseconds))) s (\($0.id))"
    }.joined(separator: ", ")
    if text.isEmpty { text = "\(trip.id) was never charged" }
    let state = trip.state.rawValue.lowercased()
    text += ", \(state) at \(seconds(trip.since)) s, and "
    text +=
      trip.refunds.isEmpty
      ? "no refund exists"
      : "was refunded "
        + trip.refunds.map { "\($0.amountMinor) (\($0.id), \($0.status))" }
        .joined(separator: ", ")
    if trip.refunds.contains(where: \.isByHand) { text += ", some of it by hand" }
    for dispute in trip.disputes {
      text += ", disputed \(dispute.amountMinor) (\(dispute.id), \(dispute.status))"
    }
    return text + ": net \(trip.net), expected \(expected)"
  }

  /// D4: each payment row agrees with Stripe.
  ///
  /// While it runs only what the row claims must be so (the row may lag behind Stripe, never run
  /// ahead of it; a refund that it counts may since have failed). In the quiet both must agree.
  func judgePayments(
    _ trip: TripFile, _ rows: [StoreReader.PaymentRow], exact: Bool, owed: Int64, _ at: Int64
  ) {
    for row in rows {
      findings.check(.d4, exercised: row.intent != nil)
      guard let why = disagreement(row, trip, exact: exact, owed: owed) else { continue }
      findings.violate(
        .d4, at: at, booking: trip.id, subject: "\(row.id) \(exact)",
        "the payment \(row.id) (\(row.intent ?? "no intent")) is \(row.status) with "
          + "\(row.refundAmount) refunded, but \(why)")
      if let intent = row.intent, repeatedDeliveries.contains(intent) {
        findings.violate(
          .w2, at: at, booking: trip.id, subject: row.id,
          "after repeated deliveries of its events the payment \(row.id) is \(row.status), but "
            + why)
      }
    }
  }

  private func disagreement(
    _ row: StoreReader.PaymentRow, _ trip: TripFile, exact: Bool, owed: Int64
  ) -> String? {
    guard let id = row.intent, let intent = books.paymentIntent(id) else {
      let claims = ["SUCCEEDED", "PARTIALLY_REFUNDED", "REFUNDED"].contains(row.status)
      return claims ? "Stripe has no such payment" : nil
    }
    let refunds = trip.refunds.filter { $0.paymentIntent == id }
    let paidBack = refunds.reduce(Int64(0)) {
      $0 + ($1.status == "succeeded" ? $1.amountMinor : 0)
    }
    switch row.status {
    case "SUCCEEDED", "PARTIALLY_REFUNDED", "REFUNDED":
      if intent.capturedMinor != row.amount {
        return "Stripe captured \(intent.capturedMinor) of \(row.amount)"
      }
    case "FAILED", "CANCELED":
      if intent.capturedMinor > 0 { return "Stripe captured \(intent.capturedMinor)" }
    default:
      if exact, trip.state.isTerminal, intent.capturedMinor > 0 {
        return "Stripe captured \(intent.capturedMinor)"
      }
    }
    if exact {
      if row.refundAmount != paidBack, row.refundAmount != paidBack + owed {
        return "Stripe refunded \(paidBack)"
      }
      if row.status == "REFUNDED", paidBack + owed < intent.capturedMinor {
        return "Stripe refunded only \(paidBack) of \(intent.capturedMinor)"
      }
      if row.status == "SUCCEEDED", paidBack > 0 { return "Stripe refunded \(paidBack)" }
    } else {
      let asked = refunds.reduce(Int64(0)) { $0 + $1.amountMinor }
      if row.refundAmount > asked { return "Stripe was asked for \(asked) only" }
    }
    return nil
  }
}
