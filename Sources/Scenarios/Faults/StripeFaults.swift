package import FakeVendors
import Simulation

extension ScenarioFaults where Fault == StripeFault {
  /// How Stripe behaves.
  package static func stripe(_ scenario: Scenario.Stripe, _ log: any FaultRecorder)
    -> ScenarioFaults<
      StripeFault
    >
  {
    ScenarioFaults("stripe", scenario.common, log) { call, draw, stream in
      let isRead = call.operation.hasSuffix(".retrieve") || call.operation.hasSuffix(".list")
      if draw.hits(scenario.rateLimited) { return Named(.rateLimited, "rate-limited") }
      if isRead { return nil }
      if draw.hits(scenario.lockTimeout) { return Named(.lockTimeout, "lock-timeout") }
      if draw.hits(scenario.error500) {
        let effect = stream.index(below: 2) == 0
        return Named(.internalError(effect: effect), "error-500", effect ? "after" : "before")
      }
      switch call.operation {
      case "payment_intents.confirm":
        if draw.hits(scenario.decline) {
          let (code, declineCode) = declines[stream.index(below: declines.count)]
          return Named(
            .decline(code: code, declineCode: declineCode), "decline", declineCode ?? code)
        }
        if draw.hits(scenario.requiresAction) { return Named(.requiresAction, "requires-action") }
        if draw.hits(scenario.processing.share) {
          let fails = stream.chance(partsPerMillion: scenario.processingFails.partsPerMillion)
          return Named(
            .processing(
              resolvesAfter: stream.delay(scenario.processing.after), succeeds: !fails),
            "processing", fails ? "fails" : "succeeds")
        }
        if draw.hits(scenario.refundByHand.share) {
          let isAll = stream.chance(partsPerMillion: scenario.refundByHandAll.partsPerMillion)
          let part = Int64(10_000 + stream.index(below: 980_000))
          let after = stream.delay(scenario.refundByHand.after)
          let pending = pendingByHand(scenario, &stream)
          return Named(
            .refundByHand(
              after: after, partsPerMillion: isAll ? 1_000_000 : part, pending: pending),
            "refund-by-hand",
            (isAll ? "all" : "part") + (pending.map { ", pending, then \($0.end)" } ?? ""))
        }
        if draw.hits(scenario.dispute.share) {
          let isWon = stream.chance(partsPerMillion: scenario.disputeWon.partsPerMillion)
          return Named(
            .disputed(
              after: stream.delay(scenario.dispute.after),
              decidedAfter: stream.delay(scenario.disputeOpen), isWon: isWon),
            "dispute", isWon ? "won" : "lost")
        }
      case "payment_intents.create":
        if draw.hits(scenario.cancelledByHand.share) {
          return Named(
            .cancelledByHand(after: stream.delay(scenario.cancelledByHand.after)),
            "cancelled-by-hand")
        }
        if draw.hits(scenario.confirmedByHand.share) {
          return Named(
            .confirmedByHand(after: stream.delay(scenario.confirmedByHand.after)),
            "confirmed-by-hand")
        }
      case "refunds.create":
        if draw.hits(scenario.refundPending.share) {
          let fails = stream.chance(partsPerMillion: scenario.refundPendingFails.partsPerMillion)
          return Named(
            .refundPending(
              settlesAfter: stream.delay(scenario.refundPending.after), succeeds: !fails),
            "refund-pending", fails ? "fails" : "succeeds")
        }
        if draw.hits(scenario.refundFailsLater.share) {
          return Named(
            .refundFailsLater(after: stream.delay(scenario.refundFailsLater.after)),
            "refund-fails-later")
        }
      default: break
      }
      return nil
    }
  }

  /// How a refund made by hand begins and ends: nil when it succeeds at once. Of those that come to
  /// nothing every second one is cancelled.
  private static func pendingByHand(
    _ scenario: Scenario.Stripe, _ stream: inout RandomStream
  ) -> StripeFault.Pending? {
    let share = scenario.refundByHandPending.share
    guard share != .never, stream.chance(partsPerMillion: share.partsPerMillion) else { return nil }
    let fails = stream.chance(partsPerMillion: scenario.refundByHandPendingFails.partsPerMillion)
    let isCanceled = stream.index(below: 2) == 0
    return StripeFault.Pending(
      after: stream.delay(scenario.refundByHandPending.after),
      end: !fails ? .succeeded : isCanceled ? .canceled : .failed)
  }

  /// Code and decline code of what issuers say.
  ///
  /// Source: docs.stripe.com/declines/codes and docs.stripe.com/error-codes.
  private static var declines: [(String, String?)] {
    [
      ("card_declined", "insufficient_funds"), ("card_declined", "generic_decline"),
      ("card_declined", "do_not_honor"), ("card_declined", "lost_card"),
      ("card_declined", "stolen_card"), ("card_declined", "card_velocity_exceeded"),
      ("expired_card", nil), ("incorrect_cvc", nil), ("processing_error", nil),
    ]
  }
}

/// How Stripe's events reach the orchestrator: soon, before the reply, twice, forged, stale.
package final class WebhookFaults: @unchecked Sendable {
  // Unchecked: whoever runs it asks from one thread at a time.
  private let scenario: Scenario.Stripe
  private let log: any FaultRecorder
  private let purpose = Purpose("conduct/webhook")
  private var keys = CallKeys()
  /// What is known of the events on their way; by event id.
  private var sightings: [String: Sighting] = [:]

  /// What is known of one event.
  private struct Sighting {
    var booking: String
    var isEarly: Bool
    var deliveries = 0
    var bend: BentEvent?
  }

  /// Creates a conduct that has seen no event.
  package init(_ scenario: Scenario.Stripe, _ log: any FaultRecorder) {
    self.scenario = scenario
    self.log = log
  }

  /// Plans the delivery of one event.
  package func plan(_ event: StripeLedger.Event, _ baggage: String) -> WebhookPlan {
    let booking = CallTags(baggage).booking
    let key = keys.next(baggage, event.type)
    var stream = log.streams.stream(purpose, key)
    let isEarly = stream.chance(partsPerMillion: scenario.webhookEarly.partsPerMillion)
    let isTwice = stream.chance(partsPerMillion: scenario.webhookTwice.partsPerMillion)
    let isForged = stream.chance(partsPerMillion: scenario.webhookForged.partsPerMillion)
    let isStale = stream.chance(partsPerMillion: scenario.webhookStale.partsPerMillion)
    let again = Duration.milliseconds(100 + stream.index(below: 600_000))
    var plan = WebhookPlan(delay: stream.delay(scenario.webhookDelay))
    // Drawn last, so that worlds without these keep all other draws.
    let isUnknown = stream.chance(partsPerMillion: scenario.webhookUnknown.partsPerMillion)
    let isThin = stream.chance(partsPerMillion: scenario.webhookThin.partsPerMillion)
    let bend = BentEvent(scenario, event.type, stream)
    if !log.isQuiet {
      if isEarly { plan.delay = .zero }
      if isTwice { plan.duplicates = [again] }
      plan.forged = isForged
      plan.stale = isStale
      if isUnknown { plan.companions.append(.unknown) }
      if isThin { plan.companions.append(.thin) }
      for (name, fired) in [
        ("webhook-early", isEarly), ("webhook-twice", isTwice), ("webhook-forged", isForged),
        ("webhook-stale", isStale), ("webhook-unknown", isUnknown), ("webhook-thin", isThin),
        ("webhook-incomplete", bend.isIncomplete), ("webhook-odd-forms", bend.isOdd),
        ("webhook-hollow", bend.isHollow),
      ] where fired {
        log.fault(
          name, service: "stripe", operation: "webhook", bookingID: booking, attempt: 0,
          detail: event.type)
      }
    }
    sightings[event.id] = Sighting(
      booking: booking, isEarly: plan.delay == .zero, bend: bend.isAny && !log.isQuiet ? bend : nil)
    return plan
  }

  /// Returns an event's body as the scenario wants it delivered, every time.
  package func rewritten(_ event: String, _ body: [UInt8]) -> [UInt8] {
    sightings[event]?.bend?.bent(body) ?? body
  }

  /// Returns the booking that a delivery's event belongs to, and the event's id; empty when unknown.
  package func booking(ofDelivery body: [UInt8]) -> (booking: String, event: String) {
    guard let event = Self.eventID(in: body) else { return ("", "") }
    return (sightings[event]?.booking ?? "", event)
  }

  /// A delivery reaches the orchestrator: says whether the event had come before, and whether it was
  /// planned to come before the reply.
  package func arrived(_ event: String) -> (isRepeated: Bool, isEarly: Bool) {
    guard var sighting = sightings[event] else { return (false, false) }
    sighting.deliveries += 1
    sightings[event] = sighting
    return (sighting.deliveries > 1, sighting.isEarly && sighting.deliveries == 1)
  }

  /// Finds the first `"evt_…"` in an event's JSON.
  package static func eventID(in body: [UInt8]) -> String? {
    let mark = Array("\"evt_".utf8)
    guard body.count > mark.count else { return nil }
    var index = 0
    while index + mark.count < body.count {
      if body[index] == mark[0], body[index + 1] == mark[1], body[index + 2] == mark[2],
        body[index + 3] == mark[3], body[index + 4] == mark[4]
      {
        let rest = body[(index + 1)...]
        guard let end = rest.firstIndex(of: mark[0]) else { return nil }
        return String(decoding: rest[..<end], as: UTF8.self)
      }
      index += 1
    }
    return nil
  }
}
