import FakeVendors
import GRDB

// M8 in the quiet: each account of the ledger says what Stripe's and the vendors' own books say.
extension MoneyChecker {
  /// What the vendors' books say of the penalties of a trip, in minor units.
  struct Penalties {
    /// Of what the customer had and cancelled, with us or at its supplier.
    var customers: Int64 = 0
    /// Of everything else: what failed, what was rolled back, what turned up after the end.
    var ours: Int64 = 0
  }

  /// Reads the penalties of a trip from the vendors' books.
  ///
  /// An item whose vendor refuses to cancel it for ever costs what that vendor quoted for it, if the
  /// trip was undone: the customer was told so, and an operator settles the rest.
  func penalties(_ trip: AuditedTrip, _ stored: StoredTrip) -> Penalties {
    var penalties = penaltiesOfReplaced(trip, stored)
    for placed in trip.placed where !trip.isOut(placed.slot) {
      let reservation = placed.reservation
      // Who cancels before the trip is paid pays nothing.
      let isTheirs =
        trip.state == .cancelled && !trip.reportedFailed.contains(placed.slot) && !trip.isUnpaid
      switch reservation.status {
      case .cancelled where reservation.cancelledBy == "desk":
        // An operator settled it after the orchestrator had given it up, perhaps while another had it
        // tried again; the customer had been told that what was quoted is kept.
        guard trip.state != .confirmed, !trip.reportedFailed.contains(placed.slot) else { continue }
        let kept = reservation.penaltyMinor
        if isTheirs { penalties.customers += kept } else { penalties.ours += kept }
      case _ where isRefused(placed, stored) && (placed.isLive || isPastUs(placed, stored)):
        guard trip.state != .confirmed, !trip.reportedFailed.contains(placed.slot) else { continue }
        let quoted =
          books.reservation(reservation.vendor, reservation.reference)?.quotedPenaltyMinor ?? 0
        if isTheirs { penalties.customers += quoted } else { penalties.ours += quoted }
      case .cancelled:
        if isTheirs && isInTime(placed.reservation, trip) || isTravellers(placed, trip) {
          penalties.customers += reservation.penaltyMinor
        } else {
          penalties.ours += reservation.penaltyMinor
        }
      default: break
      }
    }
    return penalties
  }

  /// Whether its traveller cancelled at the supplier what we had given up by then.
  private func isPastUs(_ placed: AuditedTrip.Placed, _ stored: StoredTrip) -> Bool {
    guard placed.reservation.cancelledBy == "traveller",
      let at = placed.reservation.cancelledMicroseconds
    else { return false }
    return stored.attention("undo-refused").contains { $0.slot == placed.slot && $0.created <= at }
  }

  /// Whether the traveller cancelled a part of a standing trip at its supplier. What they were told had
  /// failed they never had.
  private func isTravellers(_ placed: AuditedTrip.Placed, _ trip: AuditedTrip) -> Bool {
    trip.state == .confirmed && placed.reservation.cancelledBy == "traveller"
      && !trip.reportedFailed.contains(placed.slot)
  }

  /// What refunds less a penalty gave more than was owed, as Stripe cannot pay out fractions of a step.
  ///
  /// Charges, whole parts and what is given back by hand are amounts that Stripe takes; only a penalty
  /// is not. Refunds come one after the other, and each makes up for the rounding of those before it:
  /// what counts is the sum of the penalties that were kept from them.
  private func rounded(_ trip: AuditedTrip, _ stored: StoredTrip, _ penalties: Penalties) -> [Int64]
  {
    func isAsked(_ slot: String) -> Bool {
      stored.steps.contains { $0.slot == slot && $0.direction == "undo" }
    }
    func over(_ kept: Int64) -> Int64 { kept - ChargeStep.kept(kept, trip.currency) }
    if trip.state == .cancelled, isAsked("charge") { return [over(penalties.customers)] }
    var kept: Int64 = 0
    for placed in trip.placed
    where placed.reservation.cancelledBy == "traveller" && isAsked("refund-\(placed.slot)") {
      kept += placed.reservation.penaltyMinor
    }
    let isAnyAsked = stored.steps.contains { $0.slot.hasPrefix("refund-") }
    // What is given back by hand may pay for such a part, and another part's refund is less for it.
    return isAnyAsked && trip.refunds.contains(where: \.isByHand)
      ? [over(kept), over(penalties.customers)] : [over(kept)]
  }

  /// Whether a reservation is parked because its vendor will not cancel it.
  func isRefused(_ placed: AuditedTrip.Placed, _ stored: StoredTrip) -> Bool {
    stored.attention("undo-refused").contains { item in
      item.slot == placed.slot
        && (item.reference.isEmpty || names(item.reference, placed.reservation))
    }
  }

  /// M8: no account says anything that no book knows.
  ///
  /// With these and the balance of every transaction the customer's account follows: what is net
  /// with Stripe, less their penalties, more what rounding gave them.
  func concludeLedger(_ trip: AuditedTrip, _ stored: StoredTrip, _ at: Int64) {
    findings.check(.m8, exercised: stored.hasLedger)
    func wrong(_ subject: String, _ what: String) {
      findings.violate(
        .m8, at: at, booking: trip.id, subject: subject, "the ledger of \(trip.id) \(what)")
    }
    func expect(_ debit: String, _ credit: String, _ right: Int64, _ why: String) {
      let posted = stored.flow(debit, credit)
      guard posted != right else { return }
      wrong("\(debit) \(credit)", "has \(posted) from \(debit) to \(credit), but \(why) \(right)")
    }
    if stored.ledgerNet != trip.net {
      wrong(
        "projection",
        "says that \(stored.ledgerNet) is with Stripe; Stripe has \(trip.captured) captured and "
          + "\(trip.refunded) refunded, \(trip.chargedBack) taken back by the customer's bank: "
          + "\(trip.net)")
    }
    let penalties = penalties(trip, stored)
    expect("customer", "vendors", penalties.customers, "vendors keep of what the customer had")
    expect("penalty", "vendors", penalties.ours, "vendors keep of what the customer never had")
    let rounding = stored.flow("rounding", "customer") - stored.flow("customer", "rounding")
    let over = rounded(trip, stored, penalties)
    if !over.contains(rounding) {
      wrong(
        "rounding",
        "has \(rounding) from rounding to customer, but what Stripe cannot pay out of it is \(over)"
      )
    }

    let byHand = trip.refunds.filter(\.isByHand)
    let paid = byHand.reduce(Int64(0)) { $0 + ($1.status == "succeeded" ? $1.amountMinor : 0) }
    let most = byHand.reduce(Int64(0)) { $0 + $1.amountMinor }
    let elsewhere = stored.flow("customer", "stripe", cause: "refunded-elsewhere")
    if elsewhere < paid || elsewhere > most {
      wrong("elsewhere", "has \(elsewhere) refunded elsewhere, Stripe \(paid) by hand")
    }
    for flow in stored.flows {
      if !Self.accounts.contains("\(flow.debit) \(flow.credit)") {
        wrong(flow.txn, "debits \(flow.debit) and credits \(flow.credit), which nothing explains")
      }
      if flow.currency != trip.currency {
        wrong(flow.txn, "posts \(flow.txn) in \(flow.currency), the trip is in \(trip.currency)")
      }
    }
    judgeRefundPostings(trip, stored, wrong)
    judgeChargebacks(trip, stored, wrong)
  }

  /// A dispute that was lost is posted once, with its amount; one that is open or won is not.
  private func judgeChargebacks(
    _ trip: AuditedTrip, _ stored: StoredTrip, _ wrong: (String, String) -> Void
  ) {
    let chargebacks = stored.flows.filter { $0.cause == "chargeback" }
    for flow in chargebacks
    where flow.debit != "customer"
      || !trip.disputes.contains(where: { flow.txn.hasSuffix(":\($0.id)") })
    {
      wrong(flow.txn, "knows of a chargeback, \(flow.txn), of which Stripe knows nothing")
    }
    for dispute in trip.disputes {
      let posted = chargebacks.filter { $0.txn.hasSuffix(":\(dispute.id)") }.map(\.amount)
      let right = dispute.status == "lost" ? [dispute.amountMinor] : []
      if posted != right {
        wrong(dispute.id, "has \(posted) for \(dispute.id), which is \(dispute.status): \(right)")
      }
    }
  }

  /// Each refund that succeeded is posted once, with its own amount; one that did not is not, or is
  /// taken back.
  private func judgeRefundPostings(
    _ trip: AuditedTrip, _ stored: StoredTrip, _ wrong: (String, String) -> Void
  ) {
    for refund in trip.refunds {
      let posted = stored.flows.reduce(Int64(0)) { sum, flow in
        guard flow.txn.hasSuffix(":\(refund.id)") else { return sum }
        return sum + (flow.debit == "customer" ? flow.amount : -flow.amount)
      }
      let right = refund.status == "succeeded" ? refund.amountMinor : 0
      if posted != right {
        wrong(refund.id, "has \(posted) for \(refund.id), which is \(refund.status): \(right)")
      }
    }
  }

  /// All pairs of a debited and a credited account that a trip may have.
  private static let accounts: Set<String> = [
    "stripe customer", "customer stripe", "customer vendors", "penalty vendors",
    "rounding customer", "customer rounding",
  ]
}

extension StoreReader {
  /// Reads a trip's ledger as transactions, in order.
  func flows(of booking: String) throws -> [StoredTrip.Flow] {
    try database.unsafeRead { db in try Self.flows(db, booking) }
  }

  /// Reads a trip's ledger as transactions, in order.
  static func flows(_ db: Database, _ booking: String) throws -> [StoredTrip.Flow] {
    var flows: [StoredTrip.Flow] = []
    let rows = try Row.fetchCursor(
      try db.cachedStatement(
        sql: """
          SELECT txn, account, debit_minor, credit_minor, currency, cause, at_us FROM ledger_entry
          WHERE booking_id = ? ORDER BY id
          """), arguments: [booking])
    while let row = try rows.next() {
      let txn: String = row[0]
      let index = flows.firstIndex { $0.txn == txn } ?? flows.count
      if index == flows.count {
        flows.append(
          StoredTrip.Flow(
            txn: txn, debit: "", credit: "", amount: 0, currency: row[4], cause: row[5],
            at: row[6]))
      }
      let (debit, credit): (Int64, Int64) = (row[2], row[3])
      if debit > 0 {
        flows[index].debit = row[1]
        flows[index].amount = debit
      } else if credit > 0 {
        flows[index].credit = row[1]
        flows[index].amount = credit
      }
    }
    return flows
  }
}
