import Audit
import BookingOrchestrator
package import FakeVendors
import HTTPService
import HTTPTypes
import Scenarios
import Simulation
import Wire

/// Writes down what happens in one world, and publishes it at once.
///
/// It keeps no observer alive: they know the fakes, and the fakes know the recorder.
package final class Recorder: @unchecked Sendable {
  // Unchecked: confined to the simulator's thread.
  let simulator: Simulator
  private var subscriptions: [Subscription] = []
  private(set) var history: History
  /// Whether everything is healed.
  package private(set) var isQuiet = false
  /// How many calls of the orchestrator that undo something are under way.
  private(set) var undosUnderWay = 0
  /// The call that reached a vendor last, by what it says of itself; looked up by key only.
  private var atVendor: [UInt64: Int] = [:]
  /// Nodes whose process stands still.
  private var paused: Set<String> = []
  /// How many calls to Stripe are under way, by booking; looked up by key only.
  private var atStripe: [String: Int] = [:]

  /// Creates a recorder of a world with so many bookings.
  init(_ simulator: Simulator, bookings: Int = 0) {
    self.simulator = simulator
    history = History(bookings: bookings)
  }

  /// One who is told; its owner keeps it.
  private struct Subscription { weak var observer: (any HistoryObserver)? }

  /// Has an observer be told of all that happens from now on, as long as somebody else keeps it.
  func subscribe(_ observer: any HistoryObserver) {
    subscriptions.append(Subscription(observer: observer))
  }

  private func publish(_ event: @autoclosure () -> HistoryEvent) {
    for subscription in subscriptions { subscription.observer?.observe(event(), at: now) }
  }

  /// Virtual time in microseconds.
  var now: Int64 { simulator.now.microseconds }

  /// The faults are healed.
  func beginQuiet() {
    isQuiet = true
    simulator.record("quiet")
    publish(.quietBegan)
  }

  /// Counts a sometimes-mark.
  package func mark(_ name: String) { history.mark(name) }

  /// A client was told something.
  /// - Parameter keepsBody: whether the history keeps the answer's body too; whoever is told at once
  ///   has it in any case.
  func told(_ record: ClientRecord, keepsBody: Bool) {
    simulator.record(
      "told", UInt64(record.client), UInt64(record.httpStatus),
      detail: "client \(record.client) \(record.request.rawValue) \(record.httpStatus) "
        + "\(record.state) \(record.problem)")
    history.clients.append(record)
    if !keepsBody { history.clients[history.clients.count - 1].body = [] }
    publish(.told(record))
  }

  /// An operator decided something.
  func decided(_ decision: DecisionRecord) {
    simulator.record(
      "decided", UInt64(decision.item), 0,
      detail: "\(decision.by) \(decision.verb) \(decision.bookingID) \(decision.slot) "
        + "\(decision.reason) \(decision.refusal)")
    publish(.decided(decision))
  }

  /// An event has come to a client's receiver.
  func hookVisited(_ visit: HookVisit) {
    simulator.record(
      "hook", CallKeys.hash(visit.event, visit.authority), visit.isTaken ? 1 : 0,
      detail: "\(visit.event) at \(visit.authority)\(visit.isTaken ? ", taken" : "")")
    publish(.hookVisited(visit))
  }

  /// An operator had an event for a client sent again.
  func hookResent(_ event: String, bookingID: String) {
    simulator.record("resent", CallKeys.hash(event, bookingID), 0, detail: event)
    publish(.hookResent(event: event))
  }

  /// The orchestrator committed.
  func committed() {
    simulator.record("commit")
    publish(.committed)
  }

  /// A fake's ledger changed.
  func changed(_ change: LedgerChange) { publish(.ledgerChanged(change)) }

  /// An orchestrator process started.
  func started(_ node: String, _ incarnation: Int) {
    publish(.started(node: node, incarnation: incarnation))
  }

  /// An orchestrator process begins to stop.
  func stopping(_ node: String) { publish(.stopping(node: node)) }

  /// An orchestrator process says that its drive of a trip failed.
  func reported(_ booking: String, _ error: String) {
    publish(.reported(booking: booking, error: error))
  }

  /// An orchestrator process is made to stand still.
  func paused(_ node: String, _ incarnation: Int) {
    fault(
      "pause", service: "orchestrator", operation: "pause", bookingID: "", attempt: 0,
      detail: "\(node)#\(incarnation)")
    paused.insert(node)
    publish(.paused(node: node, incarnation: incarnation))
  }

  /// An orchestrator process that stood still goes on.
  func resumed(_ node: String, _ incarnation: Int) {
    paused.remove(node)
    publish(.resumed(node: node, incarnation: incarnation))
  }

  /// An orchestrator process is about to die, or has stopped.
  func crashed(_ record: CrashRecord) {
    fault(
      record.isStop ? "stop" : "crash", service: "orchestrator", operation: record.point,
      bookingID: "", attempt: 0,
      detail: "\(record.node)#\(record.incarnation)")
    history.crashes.append(record)
    paused.remove(record.node)
    publish(.crashed(record))
  }

  /// A fault fired.
  package func fault(
    _ kind: String, service: String, operation: String, bookingID: String, attempt: Int,
    detail: String
  ) {
    let sequence = history.faults.count + 1
    simulator.record(
      "fault", UInt64(sequence), CallKeys.hash(bookingID, kind),
      detail: "\(kind) \(service) \(operation) \(bookingID) \(detail)")
    history.faults.append(
      FaultRecord(
        sequence: sequence, atMicroseconds: now, kind: kind, service: service,
        operation: operation, bookingID: bookingID, attempt: attempt, detail: detail))
  }
}

// MARK: Calls

extension Recorder {
  /// An exchange begins.
  func sent(
    _ exchange: Exchange, service: String, operation: String, baggage: CallTags,
    idempotencyKey: String, fault: NetworkFault?
  ) {
    let record = CallRecord(
      sequence: exchange.sequence, sentMicroseconds: now, node: exchange.from, service: service,
      operation: operation, bookingID: baggage.booking, slot: baggage.slot,
      direction: baggage.direction, generation: baggage.generation, attempt: baggage.attempt,
      epoch: baggage.epoch, idempotencyKey: idempotencyKey, outcome: "unknown", httpStatus: 0,
      latencyMicroseconds: 0, fault: fault?.name ?? "")
    history.calls.append(record)
    precondition(history.calls.count == exchange.sequence, "an exchange was not written down")
    if isVendorCall(record) {
      if record.direction == "undo" { undosUnderWay += 1 }
      if service == "stripe" { atStripe[record.bookingID, default: 0] += 1 }
      publish(.sent(exchange.call, record))
    } else if isHookCall(record) {
      publish(.hookSent(exchange.call, record))
    }
    if let fault {
      self.fault(
        fault.name, service: service, operation: operation, bookingID: record.bookingID,
        attempt: record.attempt, detail: fault.detail)
    }
  }

  /// A request reaches its service.
  func delivered(_ exchange: Exchange, copy: Int) {
    let record = call(exchange)
    guard isVendorCall(record) else {
      if record.service == "orchestrator" { publish(.arrived(exchange.call, record)) }
      return
    }
    let header = exchange.call.request.headerFields[.baggage] ?? ""
    atVendor[CallKeys.hash(header, record.service)] = exchange.sequence - 1
    publish(.delivered(exchange.call, record, copy: copy))
  }

  /// An exchange ends for its caller.
  func ended(_ exchange: Exchange, result: ExchangeResult) {
    let index = exchange.sequence - 1
    var retryAfter: Int?
    if case .reply(let reply) = result {
      let status = reply.response.status.code
      history.calls[index].httpStatus = status
      history.calls[index].outcome = (200..<300).contains(status) ? "ok" : "fail"
      if status == 429 || status == 503 {
        retryAfter = reply.response.headerFields[.retryAfterSeconds].flatMap { Int($0) }
      }
    }
    history.calls[index].latencyMicroseconds = now - exchange.sentAt.microseconds
    var record = history.calls[index]
    // Whoever stands still has not heard it, and may have lost the trip when it goes on.
    if paused.contains(record.node) {
      (record.unheardStatus, record.httpStatus, retryAfter) = (record.httpStatus, 0, nil)
    }
    guard isVendorCall(record) else {
      if isHookCall(record) { publish(.hookEnded(record, retryAfterSeconds: retryAfter)) }
      return
    }
    if record.direction == "undo" { undosUnderWay -= 1 }
    if record.service == "stripe" {
      let others = atStripe[record.bookingID, default: 1] - 1
      atStripe[record.bookingID] = others > 0 ? others : nil
    }
    let key = CallKeys.hash(
      exchange.call.request.headerFields[.baggage] ?? "", record.service)
    if atVendor[key] == index { atVendor[key] = nil }
    publish(.ended(record, retryAfterSeconds: retryAfter))
  }

  /// A vendor's failure meets a call.
  package func serviceFault(_ kind: String, of call: ServiceCall, detail: String) {
    let baggage = CallTags(call.baggage)
    if let index = atVendor[CallKeys.hash(call.baggage, call.service)] {
      let known = history.calls[index].fault
      // How an answer is told weighs more than what it tells, and whether it comes more than either.
      let isTold = BentAnswers.names.contains(kind) && !NetworkFault.names.contains(known)
      if known.isEmpty || isTold { history.calls[index].fault = kind }
    }
    fault(
      kind, service: call.service, operation: call.operation, bookingID: baggage.booking,
      attempt: baggage.attempt, detail: detail)
  }

  /// The record of an exchange.
  func call(_ exchange: Exchange) -> CallRecord { history.calls[exchange.sequence - 1] }

  /// Whether a call to Stripe for a booking is under way.
  func isCallingStripe(_ bookingID: String) -> Bool { atStripe[bookingID] != nil }

  private func isVendorCall(_ record: CallRecord) -> Bool {
    record.service != "orchestrator" && record.node.hasPrefix("orchestrator")
      && !isHookCall(record)
  }

  private func isHookCall(_ record: CallRecord) -> Bool { record.service == Authority.hooks }
}

extension NetworkFault {
  /// The fault's parameter, for reports.
  fileprivate var detail: String {
    switch self {
    case .lateEffect(let delay), .deliveredTwice(let delay):
      "\(delay.microseconds())us"
    case .badGateway(let effect): effect ? "after" : "before"
    case .foreignPage(let status, let effect): "\(status) \(effect ? "after" : "before")"
    default: ""
    }
  }
}
