import FakeVendors
import Wire

// A13: what a client is told in the end, member by member, against the vendors' books.
extension APIChecker {
  /// A13 of every client's last look.
  ///
  /// Only of trips that are settled and of which nothing is parked: what an operator has still to
  /// find out, no answer can tell. The answers are read with types of the auditor's own.
  func concludeLastLooks(_ history: History) {
    var owners: [String: String] = [:]
    for record in history.clients
    where record.request == .look && record.result == .ok && !record.body.isEmpty {
      guard let trip = known(record.bookingID), trip.isSettled, trip.offer != nil else { continue }
      guard trip.becameChanged == nil else {
        judgeChangedLook(record, trip)
        continue
      }
      judgeWords(record, trip) { member, told, truth in
        findings.violate(
          .a16, at: record.toldMicroseconds, booking: trip.id, subject: member,
          "client \(record.client) was told of \(trip.id) (\(trip.state.rawValue)) at "
            + "\(seconds(record.toldMicroseconds)) s that \(member) is \(told); right is \(truth)")
      }
      guard !trip.needsAttention else { continue }
      findings.check(.a13)
      func lie(_ member: String, _ told: String, _ truth: String) {
        findings.violate(
          .a13, at: record.toldMicroseconds, booking: trip.id, subject: member,
          "client \(record.client) was told of \(trip.id) at "
            + "\(seconds(record.toldMicroseconds)) s that \(member) is \(told); it is \(truth)")
      }
      let told: LastLook
      do {
        told = try decoder.decode(LastLook.self, from: record.body)
      } catch {
        lie("the answer", "something else than the published shape", "\(error)")
        continue
      }
      judgeEnd(told, trip, lie)
      judgeMoney(told, trip, lie)
      judgeConfirmations(told, trip, lie)
      judgePenalties(told, trip, lie)
      let reference = told.bookingReference ?? ""
      if reference.isEmpty { lie("bookingReference", "empty", "one that can be said") }
      if let other = owners.updateValue(trip.id, forKey: reference), other != trip.id {
        lie("bookingReference", reference, "that of \(other) as well")
      }
    }
  }

  private func judgeEnd(_ told: LastLook, _ trip: AuditedTrip, _ lie: Lie) {
    let state = trip.state
    if told.state != state.rawValue { lie("state", told.state, state.rawValue) }
    let success = state == .confirmed || state == .cancelled
    if told.success != success { lie("success", "\(told.success)", "\(success)") }
    let isFailed = state == .failed
    if isFailed, told.error?.code.isEmpty != false || told.error?.message.isEmpty != false {
      lie("error", "missing", "that of a trip that failed")
    }
    if !isFailed, let error = told.error { lie("error", error.code, "none: the trip stands") }
    guard state == .confirmed else { return }
    for warning in told.warnings where warning.code == "activity-failed" {
      guard trip.live(warning.slot) != nil else { continue }
      lie("warnings", "that \(warning.slot) failed", "booked")
    }
  }

  private func judgeMoney(_ told: LastLook, _ trip: AuditedTrip, _ lie: Lie) {
    let refunded = told.payment?.refunded ?? 0
    if refunded != trip.refunded { lie("payment.refunded", "\(refunded)", "\(trip.refunded)") }
    let back = told.payment?.chargedBack ?? 0
    if back != trip.chargedBack { lie("payment.chargedBack", "\(back)", "\(trip.chargedBack)") }
    let held = told.payment?.held ?? 0
    let capturable = trip.intents.reduce(0) { $0 + $1.capturableMinor }
    if held != capturable { lie("payment.held", "\(held)", "\(capturable)") }
    if let authorized = told.payment?.authorized, authorized != trip.heldAtMost {
      lie("payment.authorized", "\(authorized)", "\(trip.heldAtMost)")
    }
    guard trip.captured > 0 else { return }
    let amount = told.payment?.amount ?? 0
    if amount != trip.captured { lie("payment.amount", "\(amount)", "\(trip.captured)") }
    let currency = told.payment?.currency ?? ""
    if currency != trip.currency { lie("payment.currency", currency, trip.currency) }
    let id = told.payment?.paymentIntentId ?? ""
    let paid = trip.intents.filter { $0.capturedMinor > 0 }.map(\.id)
    if !paid.contains(id) {
      lie("payment.paymentIntentId", id, paid.joined(separator: ", "))
    }
  }

  private func judgeConfirmations(_ told: LastLook, _ trip: AuditedTrip, _ lie: Lie) {
    guard let offer = trip.offer else { return }
    let confirmations = told.confirmations
    judge(confirmations.flight, "flight", trip, lie)
    judge(confirmations.hotel, "hotel", trip, lie)
    if let flight = confirmations.flight, flight.provider != offer.flight.airline {
      lie("flight.provider", flight.provider ?? "none", offer.flight.airline ?? "none")
    }
    if let hotel = confirmations.hotel, hotel.hotelName != offer.hotel.name {
      lie("hotel.hotelName", hotel.hotelName ?? "none", offer.hotel.name ?? "none")
    }
    let booked = trip.state == .confirmed ? trip.activitySlots.filter { trip.live($0) != nil } : []
    guard confirmations.activities.count == booked.count else {
      lie("activities", "\(confirmations.activities.count) booked", "\(booked.count) booked")
      return
    }
    for (activity, slot) in zip(confirmations.activities, booked) {
      judge(activity, slot, trip, lie)
      let number = Int(slot.dropFirst("activity-".count)) ?? 1
      let offered = offer.activities[number - 1]
      if activity.name != offered.name || activity.provider != offered.provider {
        lie(
          "\(slot).name", "\(activity.name ?? "none") by \(activity.provider ?? "none")",
          "\(offered.name ?? "none") by \(offered.provider ?? "none")")
      }
    }
  }

  /// One confirmation against the live reservation; a vendor that cancelled by itself may not have
  /// been noticed yet.
  private func judge(
    _ told: LastLook.Confirmation?, _ slot: String, _ trip: AuditedTrip, _ lie: Lie
  ) {
    let live = trip.known(slot).filter(\.isLive)
    let isBooked = trip.state == .confirmed && !live.isEmpty
    guard let told else {
      if isBooked { lie(slot, "not booked", "booked as \(live[0].reservation.reference)") }
      return
    }
    guard isBooked else {
      if !trip.isGone(slot) { lie(slot, "booked as \(told.confirmationCode ?? "")", "not booked") }
      return
    }
    let codes = live.flatMap { Self.codes(of: $0.reservation) }
    if !codes.contains(told.confirmationCode ?? "") {
      lie(
        "\(slot).confirmationCode", told.confirmationCode ?? "none",
        codes.joined(separator: " or "))
    }
    let price = live[0].reservation.priceMinor
    if told.totalPrice != price { lie("\(slot).totalPrice", "\(told.totalPrice)", "\(price)") }
    if told.currency != trip.currency { lie("\(slot).currency", told.currency, trip.currency) }
  }

  /// What a vendor calls a reservation to its traveller.
  static func codes(of reservation: Reservation) -> [String] {
    let names = reservation.attributes.compactMap { attribute -> String? in
      for name in ["pnr=", "reservation="] where attribute.hasPrefix(name) {
        return String(attribute.dropFirst(name.count))
      }
      return nil
    }
    return names + [reservation.reference]
  }

  /// What a cancelled trip cost, part by part.
  ///
  /// The sum is what is kept of the charge, but for what Stripe cannot pay out exactly, and unless
  /// others gave money back. What a bank took back is told, and what was refunded by then.
  private func judgePenalties(_ told: LastLook, _ trip: AuditedTrip, _ lie: Lie) {
    guard let cancellation = told.cancellation else { return }
    guard trip.state == .cancelled else {
      lie("cancellation", "there", "none: the trip is \(trip.state.rawValue)")
      return
    }
    for part in cancellation.components {
      // What operators cancelled by hand, or gave up, costs what had been quoted for it; they may have cancelled
      // it though their word was refused, since another one's waited.
      let kept = trip.placed.filter { $0.slot == part.slot }.map(\.reservation).map {
        if $0.status == .cancelled, $0.cancelledBy != "desk" {
          return isInTime($0, trip) ? $0.penaltyMinor : 0
        }
        return books.reservation($0.vendor, $0.reference)?.quotedPenaltyMinor ?? 0
      }
      // Who cancels before the trip is paid pays nothing, and nothing of any part goes back.
      if trip.isUnpaid {
        if part.penalty != 0 { lie("\(part.slot).penalty", "\(part.penalty)", "0") }
        if part.refund != 0 { lie("\(part.slot).refund", "\(part.refund)", "0") }
        continue
      }
      if !kept.contains(part.penalty) {
        lie(
          "\(part.slot).penalty", "\(part.penalty)", kept.map { "\($0)" }.joined(separator: " or "))
      }
      if trip.reportedFailed.contains(part.slot) {
        lie("cancellation of \(part.slot)", "one of the client", "of what had failed before")
      }
      if part.refund != part.amount - part.penalty {
        lie("\(part.slot).refund", "\(part.refund)", "\(part.amount - part.penalty)")
      }
    }
    // What Stripe could not pay out operators paid another way, or answer for.
    let byHand = trip.refundsClosedByHand
    if cancellation.refund > trip.refunded + byHand, !trip.isRefundClosedByHand {
      lie("cancellation.refund", "\(cancellation.refund)", "\(trip.refunded + byHand) at most")
    }
    let penalty = cancellation.components.reduce(0) { $0 + $1.penalty }
    if cancellation.penalty != penalty {
      lie("cancellation.penalty", "\(cancellation.penalty)", "the sum \(penalty)")
    }
    let chargedBack = cancellation.chargedBack ?? 0
    if chargedBack != trip.chargedBack {
      lie("cancellation.chargedBack", "\(chargedBack)", "\(trip.chargedBack)")
    }
    guard !trip.refunds.contains(where: \.isByHand), !trip.isRefundClosedByHand else { return }
    let kept = ChargeStep.kept(cancellation.penalty, trip.currency)
    let net = trip.net - byHand
    if trip.chargedBack > 0 ? net > kept : net != kept {
      lie("cancellation.penalty", "\(cancellation.penalty)", "\(net)")
    }
  }
}

/// As much of an answer about a booking as A13 judges: the published shape.
private struct LastLook: Decodable {
  struct Payment: Decodable {
    var paymentIntentId: String?
    var amount: Int64
    var currency: String
    var refunded: Int64
    var chargedBack: Int64
    var authorized: Int64?
    var held: Int64?
  }
  struct Confirmation: Decodable {
    var confirmationCode: String?
    var provider: String?
    var hotelName: String?
    var name: String?
    var totalPrice: Int64
    var currency: String
  }
  struct Confirmations: Decodable {
    var flight: Confirmation?
    var hotel: Confirmation?
    var activities: [Confirmation]
  }
  struct Warning: Decodable {
    var slot: String
    var code: String
  }
  struct Failure: Decodable {
    var code: String
    var message: String
  }
  struct Part: Decodable {
    var slot: String
    var amount: Int64
    var penalty: Int64
    var refund: Int64
  }
  struct Cancellation: Decodable {
    var components: [Part]
    var penalty: Int64
    var refund: Int64
    var chargedBack: Int64?
  }
  var success: Bool
  var state: String
  var bookingReference: String?
  var confirmations: Confirmations
  var payment: Payment?
  var warnings: [Warning]
  var error: Failure?
  var cancellation: Cancellation?
}
