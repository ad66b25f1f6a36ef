import FakeVendors

// M8, M9, D4, V4's money: exact values, judged of settled trips.
extension MoneyChecker {
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

  /// What a settled trip must have cost its customer, before refunds by hand.
  ///
  /// - CONFIRMED: the offered prices of the slots that are live, and what suppliers keep of those that
  ///   the traveller cancelled there; what a vendor cancelled itself costs nothing. An activity that the
  ///   traveller was told had failed is not charged, though it may still stand: its undo may be refused
  ///   for ever.
  ///   What a modification replaced is no longer part; of the price of it so much is kept as pays for the
  ///   new parts (``lent(by:)``), and of a modification only what is not paid for by that.
  /// - FAILED: nothing; penalties are the business's loss.
  /// - CANCELLED: the penalties of what the customer had (``penalties(_:_:)``), never more than is left
  ///   of the charge.
  ///
  /// Of a refund less a penalty, what Stripe cannot pay out exactly is rounded in the customer's
  /// favour. Refunds that failed at Stripe and are parked as such are owed on top: exactly their amounts.
  func expectedNet(_ trip: AuditedTrip, _ stored: StoredTrip) -> Int64 {
    var net: Int64 = 0
    switch trip.state {
    case .confirmed:
      net = trip.standing
      // What the traveller cancelled at the supplier costs what the supplier keeps.
      net += penalties(trip, stored).customers
      net = max(0, net + lent(by: trip) - trip.credit)
    case .cancelled:
      // What partial refunds gave back before cannot be kept as a penalty.
      let partial = trip.refunds.reduce(Int64(0)) { sum, refund in
        let cause = refund.metadata["cause"] ?? ""
        let counts =
          refund.status == "succeeded" && !refund.isByHand && cause != "cancel"
          && cause != "rollback"
        return sum + (counts ? refund.amountMinor : 0)
      }
      let kept = max(0, penalties(trip, stored).customers + lent(by: trip) - trip.credit)
      net = min(kept, max(0, trip.captured - partial))
    default: break
    }
    return ChargeStep.kept(net, trip.currency) + parkedFailedRefunds(trip, stored)
      + parkedRefusedRefunds(trip, stored)
  }

  /// What refunds would give back that Stripe refused as often as anyone may ask, or that operators closed
  /// while a bank decided, as their parked items name it.
  private func parkedRefusedRefunds(_ trip: AuditedTrip, _ stored: StoredTrip) -> Int64 {
    stored.attention("undo-refused").reduce(0) { sum, item in
      let isClosed = trip.closedByHand.contains {
        $0.slot == item.slot && $0.reason == item.reason
      }
      return isRefund(item.slot) && (isClosed || isRefusedForEver(item.slot, trip))
        ? sum + (item.amount(decoder) ?? 0) : sum
    }
  }

  /// Whether Stripe has refused a refund as often as anyone may ask.
  func isRefusedForEver(_ slot: String, _ trip: AuditedTrip) -> Bool {
    trip.trails.reduce(0) {
      $1.slot == slot && $1.direction == "undo" ? $0 + $1.definitiveEnds : $0
    } >= Bounds.refusals
  }

  /// The sum of the refunds that failed at Stripe and are parked, by their ids, as money owed: our own,
  /// or those made by hand.
  func parkedFailedRefunds(
    _ trip: AuditedTrip, _ stored: StoredTrip, byHand: Bool = false
  ) -> Int64 {
    let items = stored.attention("refund-failed")
    guard !items.isEmpty else { return 0 }
    // What a bank gave back after our own refund had been asked for, and closed, is for people to pay.
    let won =
      byHand
      ? 0
      : items.reduce(Int64(0)) { sum, item in
        let dispute = trip.disputes.first { $0.status == "won" && item.names($0.id) }
        return sum + (dispute.map { min($0.amountMinor, item.amount(decoder) ?? 0) } ?? 0)
      }
    return trip.refunds.reduce(won) { sum, refund in
      let isVoid = refund.status == "failed" || refund.status == "canceled"
      guard isVoid, refund.isByHand == byHand,
        let item = items.first(where: { $0.names(refund.id) })
      else { return sum }
      // Of one made by hand only a part may have been missed by our own.
      let named = byHand ? item.amount(decoder) : nil
      return sum + min(refund.amountMinor, named ?? refund.amountMinor)
    }
  }

  /// M9 and the money of V4, and what was left out of the charge.
  func concludeMoney(_ trip: AuditedTrip, _ stored: StoredTrip, _ at: Int64) {
    judgeLeftOut(trip, stored, at)
    let right = expectedNet(trip, stored)
    let net = trip.net
    let isExpected = isRight(net, afterRefundsByHand(right, trip, stored), trip, stored)
    trip.expectedNet = isExpected ? net : right
    findings.check(.m9, exercised: !trip.intents.isEmpty)
    if !isExpected {
      findings.violate(.m9, at: at, booking: trip.id, moneyText(trip, right))
    }
    if trip.state == .failed {
      findings.check(.v4, exercised: trip.captured > 0 || !trip.placed.isEmpty)
      if !isExpected {
        findings.violate(
          .v4, at: at, booking: trip.id, subject: "money", moneyText(trip, right))
      }
    }
    judgeOpenPayments(trip, stored, at)
    concludeLedger(trip, stored, at)
    judgePayments(trip, stored.payments, exact: true, at)
  }

  /// M12: no payment of a finished trip is open at Stripe.
  ///
  /// A declined payment is not over: whoever has its secret may try another card. Stripe ends none by
  /// itself (Stripe documentation, The Payment Intents API, lifecycle: `requires_payment_method` after a
  /// decline), so it must be cancelled. One whose creation was never answered is not known by its id; it
  /// has no customer before it, and moves no money unless somebody confirms it.
  private func judgeOpenPayments(_ trip: AuditedTrip, _ stored: StoredTrip, _ at: Int64) {
    findings.check(.m12, exercised: trip.intents.contains { $0.status == "canceled" })
    for intent in trip.intents where !["succeeded", "canceled"].contains(intent.status) {
      let isNamed =
        stored.payments.contains { $0.intent == intent.id }
        || stored.steps.contains { $0.reference == intent.id }
      let creation = trip.trails.first {
        $0.slot == "intent" && $0.direction == "do"
          && String($0.generation) == intent.metadata["generation"]
      }
      let isTold = creation.map { $0.succeededEnds > 0 && !$0.diedOpen } ?? false
      guard isNamed || isTold else { continue }
      findings.violate(
        .m12, at: at, booking: trip.id, subject: intent.id,
        "\(trip.id) is \(trip.state.rawValue), and \(intent.id) is \(intent.status) at Stripe: it "
          + "could still be charged")
    }
  }

  /// M5: what was left out of the charge is what the traveller was told had been left out.
  ///
  /// At the charge any activities that a vendor had refused may be missing from it; now it is known which.
  private func judgeLeftOut(_ trip: AuditedTrip, _ stored: StoredTrip, _ at: Int64) {
    // Each payment by itself: that there are two of them is M1's and M2's to say, and what banks or
    // refunds took back is M9's.
    // What people capture of a hold by hand is H6's.
    let charges = trip.intents.filter { $0.capturedMinor > 0 && !$0.isCapturedByHand }
    guard !charges.isEmpty else { return }
    // Of a hold nothing is taken for what had failed before the capture either.
    let told = stored.warnings.filter {
      $0.code == "activity-unavailable" || trip.isHeldFirst && $0.code == "activity-failed"
    }.map(\.slot)
    let right = trip.due(leavingOut: told.compactMap(trip.price).reduce(0, +))
    findings.check(.m5, exercised: right < trip.total)
    for charge in charges where charge.capturedMinor != right {
      findings.violate(
        .m5, at: at, booking: trip.id, subject: "left out \(charge.id)",
        "\(trip.id) was charged \(charge.capturedMinor) \(trip.currency)-minor of \(trip.total); "
          + (told.isEmpty
            ? "nobody was told that anything was" : told.joined(separator: ", ") + " were")
          + " left out, so \(right) were right")
    }
  }

  private func moneyText(_ trip: AuditedTrip, _ expected: Int64) -> String {
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
    _ trip: AuditedTrip, _ rows: [StoreReader.PaymentRow], exact: Bool, _ at: Int64
  ) {
    for row in rows {
      findings.check(.d4, exercised: row.intent != nil)
      guard let why = disagreement(row, trip, exact: exact) else { continue }
      findings.violate(
        .d4, at: at, booking: trip.id, subject: "\(row.id) \(exact)",
        "the payment \(row.id) (\(row.intent ?? "no intent")) is \(row.status) with "
          + "\(row.refundAmount) refunded, but \(why)")
      if let intent = row.intent, webhooks.repeatedDeliveries.contains(intent) {
        findings.violate(
          .w2, at: at, booking: trip.id, subject: row.id,
          "after repeated deliveries of its events the payment \(row.id) is \(row.status), but "
            + why)
      }
    }
  }

  private func disagreement(
    _ row: StoreReader.PaymentRow, _ trip: AuditedTrip, exact: Bool
  ) -> String? {
    guard let id = row.intent, let intent = books.paymentIntent(id) else {
      let claims = ["SUCCEEDED", "PARTIALLY_REFUNDED", "REFUNDED", "AUTHORIZED"].contains(
        row.status)
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
    case "AUTHORIZED":
      if intent.heldMicroseconds == nil { return "Stripe holds nothing of it" }
      if intent.amountMinor != row.amount { return "Stripe holds \(intent.amountMinor)" }
      if exact, trip.state.isTerminal { return "at Stripe it is \(intent.status)" }
    case "FAILED", "CANCELED":
      if intent.capturedMinor > 0 { return "Stripe captured \(intent.capturedMinor)" }
    default:
      if exact, trip.state.isTerminal, intent.capturedMinor > 0 {
        return "Stripe captured \(intent.capturedMinor)"
      }
    }
    if exact {
      if row.refundAmount != paidBack {
        return "Stripe refunded \(paidBack)"
      }
      if row.status == "REFUNDED", paidBack < intent.capturedMinor {
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
