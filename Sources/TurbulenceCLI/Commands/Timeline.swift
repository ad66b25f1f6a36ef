import Audit
import FakeVendors
import Scenarios
import Worlds

/// What happened to one booking, as a time line that a person can read.
struct Timeline {
  let result: RunResult
  let bookingID: String

  /// The booking that a run is most likely looked at for: the first violated, else the one named in
  /// the verdict, else the first that needs attention.
  static func subject(of result: RunResult) -> String? {
    if let violated = result.violations.first(where: { !$0.bookingID.isEmpty }) {
      return violated.bookingID
    }
    if case .stuck(let why) = result.verdict {
      let words = why.split { !($0.isLetter || $0.isNumber || $0 == "_" || $0 == "-") }
      let known = Set(result.trips.map(\.bookingID))
      if let named = words.first(where: { known.contains(String($0)) }) { return String(named) }
    }
    return result.trips.first { $0.needsAttention }?.bookingID
  }

  /// The whole story.
  var lines: [String] {
    guard let trip = result.trips.first(where: { $0.bookingID == bookingID }) else {
      return ["no booking \(bookingID) in this world"]
    }
    var lines = [
      "\(bookingID): \(trip.state)\(trip.needsAttention ? ", needs attention" : ""), "
        + "\(trip.currency) total \(trip.totalMinor), charged \(trip.chargedMinor), "
        + "refunded \(trip.refundedMinor), net \(trip.netMinor) "
        + "(expected \(trip.expectedNetMinor)), in minor units"
    ]
    var table = TextTable(["time", "what", "where", "details"])
    for moment in moments(trip) {
      table.add([Units.moment(microseconds: moment.at), moment.what, moment.place, moment.details])
    }
    lines += table.lines
    for row in result.attention where row.bookingID == bookingID {
      lines.append("parked: \(row.slot) \(row.reason) \(row.reference)")
      lines.append("  known: \(row.known)")
      lines.append("  advice: \(row.advice)")
    }
    return lines
  }

  private struct Moment {
    var at: Int64
    var what: String
    var place: String
    var details: String
  }

  /// Everything in order of time; what happens at the same time, in the order of the kinds below.
  private func moments(_ trip: TripRow) -> [Moment] {
    var all: [Moment] = []
    let clients = Set(
      result.history.clients.filter { $0.bookingID == bookingID }.map(\.client))
    for told in result.history.clients
    where told.bookingID == bookingID
      || (told.bookingID.isEmpty && clients.contains(told.client))
    {
      all.append(
        Moment(
          at: told.askedMicroseconds, what: "client asks", place: "client \(told.client)",
          details: told.request.rawValue + (told.trueBody ? "" : " with another body")))
      all.append(
        Moment(
          at: told.toldMicroseconds, what: "client is told", place: "client \(told.client)",
          details: [
            told.result.rawValue, told.httpStatus > 0 ? "\(told.httpStatus)" : "no answer",
            told.state, told.needsAttention ? "needs attention" : "", told.problem,
            told.warnings.isEmpty ? "" : "warnings: " + told.warnings.joined(separator: " "),
          ].filter { !$0.isEmpty }.joined(separator: ", ")))
    }
    for call in result.history.calls where call.bookingID == bookingID {
      all.append(
        Moment(
          at: call.sentMicroseconds, what: "call", place: "\(call.service) \(call.operation)",
          details: details(call)))
    }
    for fault in result.history.faults where fault.bookingID == bookingID {
      all.append(
        Moment(
          at: fault.atMicroseconds, what: "FAULT \(fault.kind)",
          place: "\(fault.service) \(fault.operation)", details: fault.detail))
    }
    for crash in result.history.crashes
    where (trip.createdMicroseconds...max(trip.createdMicroseconds, trip.finishedMicroseconds))
      .contains(crash.atMicroseconds)
    {
      all.append(
        Moment(
          at: crash.atMicroseconds, what: "CRASH \(crash.point)", place: crash.node,
          details: "incarnation \(crash.incarnation)"
            + (crash.duringRecovery ? ", during recovery" : "")))
    }
    for refund in result.refunds where refund.booking == bookingID {
      all.append(
        Moment(
          at: refund.createdMicroseconds - result.epochMicroseconds, what: "truth: refund",
          place: "stripe \(refund.id)",
          details: "\(refund.amountMinor) \(refund.currency) \(refund.status), "
            + "cause \(refund.metadata["cause"] ?? (refund.isByHand ? "by hand" : "unknown"))"))
    }
    let intents = Set(
      result.paymentIntents.filter { $0.metadata["booking"] == bookingID }.map(\.id))
    for dispute in result.disputes where intents.contains(dispute.paymentIntent) {
      let what = "\(dispute.amountMinor) \(dispute.currency)"
      all.append(
        Moment(
          at: dispute.openedMicroseconds - result.epochMicroseconds, what: "truth: disputed",
          place: "stripe \(dispute.id)", details: what))
      guard let closed = dispute.closedMicroseconds else { continue }
      all.append(
        Moment(
          at: closed - result.epochMicroseconds, what: "truth: decided",
          place: "stripe \(dispute.id)", details: "\(what) \(dispute.status)"))
    }
    for intent in result.paymentIntents where intent.metadata["booking"] == bookingID {
      guard let captured = intent.capturedMicroseconds else { continue }
      all.append(
        Moment(
          at: captured - result.epochMicroseconds, what: "truth: captured",
          place: "stripe \(intent.id)", details: "\(intent.capturedMinor) \(intent.currency)"))
    }
    for reservation in result.reservations {
      let baggage = CallTags(reservation.baggage)
      guard baggage.booking == bookingID else { continue }
      let place = "\(reservation.vendor) \(reservation.reference)"
      all.append(
        Moment(
          at: reservation.createdMicroseconds - result.epochMicroseconds, what: "truth: reserved",
          place: place,
          details: "\(baggage.slot), \(reservation.priceMinor) \(reservation.currency)"))
      if let cancelled = reservation.cancelledMicroseconds {
        all.append(
          Moment(
            at: cancelled - result.epochMicroseconds, what: "truth: cancelled", place: place,
            details: "by \(reservation.cancelledBy ?? "?"), penalty \(reservation.penaltyMinor)"))
      }
    }
    for violation in result.violations where violation.bookingID == bookingID {
      all.append(
        Moment(
          at: violation.atMicroseconds, what: "VIOLATION \(violation.invariant)", place: "",
          details: violation.explanation))
    }
    return all.enumerated()
      .sorted { ($0.element.at, $0.offset) < ($1.element.at, $1.offset) }.map(\.element)
  }

  private func details(_ call: CallRecord) -> String {
    let step =
      call.slot.isEmpty
      ? "" : "\(call.slot) \(call.direction) \(call.generation).\(call.attempt)"
    let answer = call.httpStatus > 0 ? "\(call.httpStatus)" : "no answer"
    return [
      step, "\(answer) after \(Units.duration(microseconds: call.latencyMicroseconds))",
      call.fault.isEmpty ? "" : "hit by \(call.fault)",
    ].filter { !$0.isEmpty }.joined(separator: ", ")
  }
}
