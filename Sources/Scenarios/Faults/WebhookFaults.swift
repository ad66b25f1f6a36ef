package import FakeVendors
import Simulation

/// How Stripe's events reach the orchestrator: soon, before the reply, twice, forged, stale.
package final class WebhookFaults: @unchecked Sendable {
  // Unchecked: whoever runs it asks from one thread at a time.
  private let scenario: Scenario.Webhooks
  private let log: any FaultRecorder
  private let purpose = Purpose("conduct/webhook")
  private let purposeApart = Purpose("conduct/webhook/apart")
  private let purposeRolled = Purpose("conduct/webhook/rolled")
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

  /// Creates a fault injector that has seen no event.
  package init(_ scenario: Scenario.Webhooks, _ log: any FaultRecorder) {
    self.scenario = scenario
    self.log = log
  }

  /// Plans the delivery of one event.
  package func plan(_ event: StripeLedger.Event, _ baggage: String) -> WebhookPlan {
    let booking = CallTags(baggage).booking
    let key = keys.next(baggage, event.type)
    var stream = log.streams.stream(purpose, key)
    var fired = drawn([.early, .twice, .forged, .stale], &stream)
    let again = Duration.milliseconds(100 + stream.index(below: 600_000))
    var plan = WebhookPlan(delay: stream.delay(scenario.delay))
    // Drawn last, so that worlds without these keep all other draws.
    fired += drawn([.unknown, .thin], &stream)
    var apart = log.streams.stream(purposeApart, key)
    fired += drawn([.reversed], &apart)
    let bend = BentEvent(scenario, event.type, stream, apart: apart)
    fired += bend.faults
    var rolling = log.streams.stream(purposeRolled, key)
    fired += drawn([.rolled], &rolling)
    if !log.isQuiet {
      for fault in fired {
        fault.apply(to: &plan, again: again)
        log.fault(
          fault.rawValue, service: "stripe", operation: "webhook", bookingID: booking, attempt: 0,
          detail: event.type)
      }
    }
    sightings[event.id] = Sighting(
      booking: booking, isEarly: plan.delay == .zero,
      bend: bend.faults.isEmpty || log.isQuiet ? nil : bend)
    return plan
  }

  /// Returns those of some faults that an event meets; each is drawn by itself.
  private func drawn(
    _ faults: [StripeEventFault], _ stream: inout RandomStream
  ) -> [StripeEventFault] {
    faults.filter { stream.chance(partsPerMillion: scenario[$0].partsPerMillion) }
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
