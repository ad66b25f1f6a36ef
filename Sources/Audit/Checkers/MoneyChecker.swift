import FakeVendors
import Scenarios

/// M1…M7, M11: money, judged at every change of Stripe's ledger; M8, M9 and D4 with each trip's end.
final class MoneyChecker: Checker {
  let context: AuditContext
  let vendors: VendorChecker
  let webhooks: WebhookChecker
  /// Refunds pending and payments processing at Stripe, whose end is still to come.
  private var unsettled: Set<String> = []
  /// The last row of the ledger that was read.
  var lastLedgerRow: Int64 = 0

  init(_ context: AuditContext, _ vendors: VendorChecker, _ webhooks: WebhookChecker) {
    self.context = context
    self.vendors = vendors
    self.webhooks = webhooks
  }

  /// M1, M2, M5, M6, M11 of one payment intent that changed.
  ///
  /// No false alarms under ambiguity: everything here is a bound on what Stripe has really done. A
  /// confirmation applied minutes late captures the same intent of the same generation; a late
  /// create of an intent that was given up captures nothing.
  func paymentIntentChanged(_ id: String, _ at: Int64) {
    guard let intent = books.paymentIntent(id) else { return }
    if intent.isByHand { return foreignPaymentChanged(intent, at) }
    let name = intent.metadata["booking"] ?? ""
    if intent.status == "processing" {
      unsettled.insert(id)
    } else {
      unsettled.remove(id)
    }
    findings.check(.m11)
    guard let trip = trip(name, at) else {
      findings.violate(
        .m11, at: at, booking: name, subject: id,
        "the payment intent \(id) at Stripe names the booking '\(name)', which the orchestrator "
          + "does not have")
      return
    }
    var before: StripeLedger.PaymentIntent?
    if let index = trip.intents.firstIndex(where: { $0.id == id }) {
      before = trip.intents[index]
      trip.intents[index] = intent
    } else {
      trip.intents.append(intent)
      judgeNewIntent(intent, of: trip, at)
    }
    if before?.status == "processing", intent.status != "processing" { trip.lastNews = at }
    if let deed = intent.doneByHand, before?.doneByHand == nil {
      trip.lastNews = at
      mark(deed == "canceled" ? "cancelled-by-hand" : "\(deed)-by-hand")
    }
    if intent.status == "requires_action" { trip.neededCustomer = true }
    if intent.declineCode != nil, before?.declineCode == nil { mark("decline") }

    // M1: per generation at most one captured intent.
    let generation = intent.metadata["generation"]
    findings.check(.m1, exercised: intent.capturedMinor > 0)
    if intent.capturedMinor > 0 {
      let captured = trip.intents.filter {
        $0.capturedMinor > 0 && $0.metadata["generation"] == generation
      }
      if captured.count > 1 {
        findings.violate(
          .m1, at: at, booking: name, subject: generation ?? "",
          "\(name) was charged \(captured.count) times in generation \(generation ?? "?"): "
            + captured.map { "\($0.capturedMinor) (\($0.id))" }.joined(separator: ", "))
      }
    }
    // M2: all generations together, holds included. Whether what others confirmed beside the trip's own
    // payment is told to operators is M9's question.
    let taken = trip.intents.filter { $0.doneByHand != "confirmed" }.reduce(Int64(0)) {
      $0 + $1.capturedMinor + ($1.status == "canceled" ? 0 : $1.capturableMinor)
    }
    findings.check(.m2, exercised: taken > 0)
    if trip.offer != nil, taken > trip.total {
      findings.violate(
        .m2, at: at, booking: name,
        "\(name) has \(taken) \(trip.currency)-minor captured or held at \(seconds(at)) s ("
          + trip.intents.map { "\($0.id) \($0.capturedMinor)" }.joined(separator: ", ")
          + "), more than the trip's total of \(trip.total)")
    }
  }

  private func judgeNewIntent(
    _ intent: StripeLedger.PaymentIntent, of trip: AuditedTrip, _ at: Int64
  ) {
    let baggage = CallTags(intent.baggage)
    // M11. The baggage says who made the call, the metadata what it was made for.
    if baggage.booking != trip.id || String(baggage.generation) != intent.metadata["generation"]
      || intent.idempotencyKey != baggage.key
    {
      findings.violate(
        .m11, at: at, booking: trip.id, subject: intent.id,
        "\(intent.id) was made by \(baggage.key) with the key '\(intent.idempotencyKey)' and "
          + "names \(trip.id), generation \(intent.metadata["generation"] ?? "none")")
    }
    guard trip.offer != nil else { return }
    // M6.
    findings.check(.m6)
    if intent.currency.uppercased() != trip.currency {
      findings.violate(
        .m6, at: at, booking: trip.id, subject: intent.id,
        "\(intent.id) is in \(intent.currency.uppercased()), the trip in \(trip.currency)")
    }
    // M5. Which activities were left out is the orchestrator's to say, but only ones that were
    // really refused may be, so the amount must be the total less some of those. An activity whose
    // refusal was lost on the way and that was then found available may rightly be charged.
    vendors.catchUpRefusals()
    let gone = trip.activitySlots.filter { slot in
      trip.offer?.gone.contains(slot) == true
        || trip.refused.contains { $0.slot == slot && $0.operation != "book" }
    }
    findings.check(.m5)
    let amounts = Self.sums(of: gone.compactMap(trip.price)).map { trip.due(leavingOut: $0) }
    if !amounts.contains(intent.amountMinor) {
      findings.violate(
        .m5, at: at, booking: trip.id, subject: intent.id,
        "\(intent.id) is over \(intent.amountMinor) \(trip.currency)-minor; the trip costs "
          + "\(trip.total)"
          + (gone.isEmpty
            ? " and nothing was gone"
            : " and only \(gone.joined(separator: ", ")) may be left out"))
    }
  }

  /// M3, M4, M6, M7, M11 of one refund that changed.
  ///
  /// A refund counts from the moment Stripe has it, also when the orchestrator does not know yet.
  func refundChanged(_ id: String, _ at: Int64) {
    guard let refund = books.refund(id) else { return }
    if books.paymentIntent(refund.paymentIntent)?.isByHand == true { return }
    let name = refund.booking
    if refund.status == "pending" || refund.status == "requires_action" {
      unsettled.insert(id)
    } else {
      unsettled.remove(id)
    }
    guard let trip = trip(name, at) else {
      findings.check(.m11)
      findings.violate(
        .m11, at: at, booking: name, subject: id,
        "the refund \(id) at Stripe names the booking '\(name)', which the orchestrator does not "
          + "have")
      return
    }
    if let index = trip.refunds.firstIndex(where: { $0.id == id }) {
      if trip.refunds[index].status != refund.status {
        trip.lastNews = at
        if refund.isByHand, refund.status != "succeeded" { mark("refund-by-hand-void") }
      }
      trip.refunds[index] = refund
    } else {
      trip.refunds.append(refund)
      if refund.isByHand {
        trip.lastNews = at
        mark("refund-by-hand")
      } else {
        judgeNewRefund(refund, of: trip, at)
        judgeUndisputed(refund, of: trip, at)
      }
    }
    let standing = trip.refunds.filter { $0.status != "failed" && $0.status != "canceled" }

    judgeGivenBack(refund.paymentIntent, of: trip, at)
    if refund.isByHand { return }
    // M4: one standing refund per cause. A failed one does not stand.
    let cause = refund.metadata["cause"] ?? ""
    findings.check(.m4)
    let same = standing.filter { ($0.metadata["cause"] ?? "") == cause }
    if same.count > 1 {
      findings.violate(
        .m4, at: at, booking: name, subject: "twice \(cause)",
        "\(name) was refunded \(same.count) times for '\(cause)': "
          + same.map { "\($0.amountMinor) (\($0.id))" }.joined(separator: ", "))
    }
  }

  private func judgeNewRefund(_ refund: StripeLedger.Refund, of trip: AuditedTrip, _ at: Int64) {
    let baggage = CallTags(refund.baggage)
    let cause = refund.metadata["cause"] ?? ""
    let intent = books.paymentIntent(refund.paymentIntent)
    // M11.
    findings.check(.m11)
    if baggage.booking != trip.id || intent?.metadata["booking"] != trip.id
      || refund.idempotencyKey != baggage.key
    {
      findings.violate(
        .m11, at: at, booking: trip.id, subject: refund.id,
        "\(refund.id) names \(trip.id), was made by \(baggage.key) with the key "
          + "'\(refund.idempotencyKey)' and refunds \(refund.paymentIntent) of "
          + "\(intent?.metadata["booking"] ?? "nobody")")
    }
    // M6.
    findings.check(.m6)
    if refund.currency != intent?.currency {
      findings.violate(
        .m6, at: at, booking: trip.id, subject: refund.id,
        "\(refund.id) is in \(refund.currency), its payment in \(intent?.currency ?? "none")")
    }
    // M4: the cause is real, and older than the refund.
    if let why = unreal(cause, of: trip) {
      findings.violate(
        .m4, at: at, booking: trip.id, subject: "cause \(refund.id)",
        "\(refund.id) refunds \(refund.amountMinor) for '\(cause)', but \(why)")
    }
    judgeSize(refund, cause, of: trip, at)
    // M7.
    findings.check(.m7, exercised: trip.state == .confirmed)
    if trip.state == .confirmed, !Self.isPartial(cause) {
      findings.violate(
        .m7, at: at, booking: trip.id, subject: refund.id,
        "\(trip.id) is CONFIRMED, and \(refund.id) refunds \(refund.amountMinor) of it for "
          + "'\(cause)'")
    }
  }

  /// M13: a part is given back at its price, rounded up where Stripe takes no less.
  private func judgeSize(
    _ refund: StripeLedger.Refund, _ cause: String, of trip: AuditedTrip, _ at: Int64
  ) {
    let price: Int64? =
      switch cause {
      case "vendor-cancel": trip.price("hotel")
      case "vendor-cancel-flight": trip.price("flight")
      default: cause.hasPrefix("activity-") ? trip.price(cause) : nil
      }
    guard let price else { return }
    findings.check(.m13)
    let step = ChargeStep.of(trip.currency)
    guard refund.amountMinor > (price + step - 1) / step * step else { return }
    findings.violate(
      .m13, at: at, booking: trip.id, subject: refund.id,
      "\(refund.id) gives \(refund.amountMinor) \(trip.currency)-minor back for '\(cause)', which "
        + "cost \(price)")
  }

  /// M7 at the moment a trip becomes CONFIRMED.
  func judgeRefundsAtConfirmation(_ trip: AuditedTrip, _ at: Int64) {
    for refund in trip.refunds
    where refund.status != "failed" && refund.status != "canceled" && !refund.isByHand {
      findings.check(.m7)
      let cause = refund.metadata["cause"] ?? ""
      if !Self.isPartial(cause) {
        findings.violate(
          .m7, at: at, booking: trip.id, subject: refund.id,
          "\(trip.id) became CONFIRMED although \(refund.id) refunded \(refund.amountMinor) for "
            + "'\(cause)'")
      }
    }
  }

  private static func isPartial(_ cause: String) -> Bool {
    cause.hasPrefix("activity-") || cause.hasPrefix("vendor-cancel") || cause.hasPrefix("change-")
  }

  /// Why a cause cannot be true; nil when it can.
  private func unreal(_ cause: String, of trip: AuditedTrip) -> String? {
    switch cause {
    case "rollback":
      trip.everConfirmed ? "the trip was confirmed before; only a cancellation undoes it" : nil
    case "cancel":
      webhooks.hasCancel(trip.id) ? nil : "nobody asked for a cancellation"
    case "vendor-cancel-flight":
      trip.placed.contains { $0.slot == "flight" && $0.reservation.cancelledBy == "vendor" }
        ? nil : "no airline cancelled its flight"
    case "vendor-cancel":
      trip.isGone("hotel")
        ? nil : "neither the property nor the traveller there cancelled its hotel"
    case _ where cause.hasPrefix("change-"):
      trip.replacedBy.isEmpty ? "no change of it came about" : nil
    default:
      trip.price(cause) != nil && cause.hasPrefix("activity-")
        ? nil : "there is no such cause"
    }
  }

  /// All sums of subsets, the empty one first; small sets only.
  static func sums(of amounts: [Int64]) -> [Int64] {
    amounts.prefix(10).reduce([0]) { sums, amount in sums + sums.map { $0 + amount } }
  }

  /// What Stripe has still to settle, in a sentence; nil when nothing.
  var waiting: String? {
    guard let object = unsettled.min() else { return nil }
    if let refund = books.refund(object) {
      return "the refund \(object) of \(refund.metadata["booking"] ?? "nobody") is still pending"
    }
    let booking = books.paymentIntent(object)?.metadata["booking"] ?? "nobody"
    return "the payment \(object) of \(booking) is still processing"
  }
}
