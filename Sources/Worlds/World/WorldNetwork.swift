import Audit
import HTTPService
import HTTPTypes
import Scenarios
import Simulation

/// How messages travel in a world, and the writing down of every exchange.
///
/// How they travel is ``RoutePlanner``'s; here it is told where a call goes and who makes it.
final class WorldNetwork: NetworkModel, @unchecked Sendable {
  // Unchecked: confined to the simulator's thread.
  private let recorder: Recorder
  private let webhooks: WebhookFaults
  private var planner: RoutePlanner
  /// Called as an orchestrator's request goes out; may kill it ("after-send").
  var sent: ((_ node: String, _ baggage: String) -> Void)?

  init(_ scenario: Scenario, _ recorder: Recorder, webhooks: WebhookFaults) {
    self.recorder = recorder
    self.webhooks = webhooks
    planner = RoutePlanner(scenario)
  }

  /// A token is a secret in a trace too.
  func shown(path: String) -> String { CallRouter.redacted(path) }

  func route(_ exchange: Exchange) -> RoutePlan {
    let request = exchange.call.request
    let header = request.headerFields[.baggage] ?? ""
    let (service, operation) = CallRouter.name(
      authority: exchange.to, method: request.method.rawValue, path: request.path ?? "")
    let isWebhook = operation == "webhook" && service == "orchestrator"
    var baggage = CallTags(header)
    var caller = header
    if isWebhook {
      (baggage.booking, caller) = webhooks.booking(ofDelivery: exchange.call.body)
    } else if service == Authority.hooks {
      caller = HookReceivers.tags(of: exchange.call.body)
      baggage.booking = HookReceivers.booking(of: exchange.call.body)
      baggage.slot = Authority.hooks
    }
    let route = planner.route(
      to: service, operation, caller: caller,
      at: exchange.sentAt.microseconds, recorder.simulator.streams, isQuiet: recorder.isQuiet)
    recorder.sent(
      exchange, service: service, operation: operation, baggage: baggage,
      idempotencyKey: request.headerFields[.idempotencyKey] ?? "", fault: route.fault)
    if exchange.from.hasPrefix("orchestrator") { sent?(exchange.from, caller) }
    return route
  }

  func delivered(_ exchange: Exchange, copy: Int, at: SimulatedInstant) {
    recorder.delivered(exchange, copy: copy)
    let record = recorder.call(exchange)
    guard record.operation == "webhook", record.service == "orchestrator" else { return }
    let sighting = webhooks.arrived(webhooks.booking(ofDelivery: exchange.call.body).event)
    if sighting.isRepeated { recorder.mark("webhook-twice") }
    if sighting.isEarly, recorder.isCallingStripe(record.bookingID) {
      recorder.mark("webhook-before-reply")
    }
  }

  func answered(_ exchange: Exchange, copy: Int, reply: HTTPReply, at: SimulatedInstant) {}

  func ended(_ exchange: Exchange, result: ExchangeResult, at: SimulatedInstant) {
    recorder.ended(exchange, result: result)
  }
}
