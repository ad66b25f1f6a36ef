import FakeVendors
import HTTPService
import Scenarios
import Simulation
import Synchronization

/// A scenario at work on sockets: the fault injectors that worlds use, asked from many threads.
///
/// Every draw is keyed by the seed, the call's `baggage` header and its operation, as in a simulated
/// world: the same calls meet the same faults there and here.
final class ScenarioPlay: FaultRecorder {
  /// A fault of the scenario that met a call.
  struct Fired: Sendable, Encodable {
    let fault, service, operation, booking: String
    let attempt: Int
    let detail: String
    /// Microseconds since 1970.
    let atUs: Int64
  }

  let scenario: Scenario
  let streams: Streams
  /// On sockets nothing heals by itself.
  let isQuiet = false
  private let now: @Sendable () -> Int64
  private let faults = Mutex<[Fired]>([])

  /// - Parameter now: the present moment in microseconds since 1970.
  init(_ scenario: Scenario, seed: UInt64, now: @escaping @Sendable () -> Int64) {
    self.scenario = scenario
    streams = Streams(seed: seed)
    self.now = now
  }

  /// The faults that have met calls, in order.
  var fired: [Fired] { faults.withLock { $0 } }

  /// A fake, with its answers bent as the scenario says.
  func bending(_ fake: any HTTPService, _ vendor: VendorName) -> any HTTPService {
    guard let common = scenario.services.all[vendor.service] else { return fake }
    return BentAnswers.of(fake, vendor.service, authority: vendor.authority, common, self)
  }

  func mark(_ name: String) {}

  func serviceFault(_ kind: String, of call: ServiceCall, detail: String) {
    let tags = CallTags(call.baggage)
    fault(
      kind, service: call.service, operation: call.operation, bookingID: tags.booking,
      attempt: tags.attempt, detail: detail)
  }

  func fault(
    _ kind: String, service: String, operation: String, bookingID: String, attempt: Int,
    detail: String
  ) {
    let fired = Fired(
      fault: kind, service: service, operation: operation, booking: bookingID, attempt: attempt,
      detail: detail, atUs: now())
    faults.withLock { $0.append(fired) }
  }
}

/// How events are delivered: as a scenario says, or soon; and as was ordered.
final class WebhookPlanner: Sendable {
  /// From a change to the delivery of its event, without a scenario.
  static let usualDelay = Duration.milliseconds(200)

  private let rules: FaultRules
  /// Made for one thread, like all fault injectors of scenarios.
  private let faultInjector: Mutex<WebhookFaults?>

  init(_ play: ScenarioPlay?, rules: FaultRules) {
    self.rules = rules
    faultInjector = Mutex(play.map { WebhookFaults($0.scenario.services.stripe.webhooks, $0) })
  }

  /// Plans the delivery of one event.
  func plan(_ event: StripeLedger.Event, _ baggage: String) -> WebhookPlan {
    var plan =
      faultInjector.withLock { $0?.plan(event, baggage) } ?? WebhookPlan(delay: Self.usualDelay)
    for order in rules.takeAll(.webhook, .stripe, event.type) {
      if let fault = StripeEventFault(rawValue: order.fault.declaration.name) {
        fault.apply(to: &plan, again: order.values.time("again"))
      } else {
        plan.delay = order.values.time("after")
      }
    }
    return plan
  }

  /// Returns an event's body as the scenario wants it delivered.
  func rewrite(_ event: String, _ body: [UInt8]) -> [UInt8] {
    faultInjector.withLock { $0?.rewritten(event, body) } ?? body
  }

  /// Returns the id of a delivery's event; empty when it has none.
  func event(of body: [UInt8]) -> String {
    faultInjector.withLock { $0?.booking(ofDelivery: body).event } ?? ""
  }
}
