import Audit
import BookingOrchestrator
import FakeVendors
import GRDB
package import Scenarios
package import Simulation

/// One scenario under one seed, from the first client to the verdict: everything that a world is made of,
/// put together.
package final class World {
  /// 2026-11-23T00:00:00Z in microseconds since 1970: when every world begins.
  package static let epoch: Int64 = 1_795_392_000_000_000

  /// Runs a scenario under a seed, on the calling thread, and tells all about it.
  ///
  /// Worlds share nothing: several may run at once, each on a thread of its own.
  /// - Parameters:
  ///   - leavingOut: clients (from 0) that do not come; all others draw what they drew before.
  ///   - progress: told now and then how many trips are finished and how much virtual time passed.
  ///   - trace: told every record of the trace, when set (slow).
  package static func run(
    _ scenario: Scenario, seed: UInt64, leavingOut: Set<Int> = [],
    progress: ((_ finished: Int, _ virtualMicroseconds: Int64) -> Void)? = nil,
    trace: ((Simulator.Record) -> Void)? = nil
  ) -> RunResult {
    let world = World(scenario, seed: seed, leavingOut: leavingOut, build: orchestrator)
    world.recorder.simulator.onRecord = trace
    world.audit()
    return world.play(progress)
  }

  /// The real thing.
  static func orchestrator(_ seams: OrchestratorEnvironment) -> OrchestratorProgram {
    var configuration = WorldVendors.configuration
    configuration.hooks = seams.hooks
    let orchestrator = Orchestrator(
      configuration: configuration, clock: seams.clock, wallClock: seams.wallClock,
      ids: seams.ids, jitter: seams.jitter, secrets: seams.secrets, transport: seams.transport,
      database: seams.database, renderer: PlainItineraries(),
      report: seams.report)
    return OrchestratorProgram(
      service: orchestrator, run: { try await orchestrator.run() },
      stop: { try await orchestrator.stop() }, handOver: { try await orchestrator.handOver() })
  }

  let scenario: Scenario
  let recorder: Recorder
  let vendors: WorldVendors
  /// The machines that the orchestrator runs on; one, as a rule.
  let hosts: [OrchestratorNode]
  let clients: ClientPopulation
  let queue: DatabaseQueue
  let network: SimulatedNetwork
  let outages: OutageSchedule
  let receivers: HookReceivers
  /// Nil in a world without operators.
  let operators: OperatorDesk?
  /// Nil in tests that look at the world itself.
  private(set) var auditor: Auditor?
  /// Set by an event that the run waits for.
  var deadlinePassed = false
  /// Events until the next word of progress.
  private var silence = 0

  init(
    _ scenario: Scenario, seed: UInt64, leavingOut: Set<Int> = [],
    build: @escaping @Sendable (OrchestratorEnvironment) -> OrchestratorProgram
  ) {
    self.scenario = scenario
    let simulator = Simulator(
      seed: seed,
      limits: Simulator.Limits(
        virtualTime: .microseconds(Int64(scenario.limits.virtualTime * 1e6)),
        events: scenario.limits.events))
    recorder = Recorder(simulator, bookings: scenario.bookings)
    outages = OutageSchedule(scenario.outages)
    let webhooks = WebhookFaults(scenario.services.stripe.webhooks, recorder)
    let model = WorldNetwork(scenario, recorder, webhooks: webhooks)
    let network = SimulatedNetwork(simulator, model: model)
    self.network = network
    do {
      queue = try SimulatedDatabase.open()
      try Orchestrator.migrate(queue)
    } catch {
      preconditionFailure("no database in memory: \(error)")
    }
    vendors = WorldVendors(
      scenario, recorder: recorder, network: network, webhooks: webhooks,
      epochMicroseconds: World.epoch)
    receivers = HookReceivers(
      scenario.clients, recorder: recorder, network: network, epochMicroseconds: World.epoch)
    let identifiers = WorldIdentifiers(names: scenario.clients.names)
    hosts = (1...scenario.orchestrators.instances).map { [recorder, queue, receivers] number in
      OrchestratorNode(
        scenario.orchestrators, number: number, identifiers: identifiers, recorder: recorder,
        network: network, queue: queue, epochMicroseconds: World.epoch, hooks: receivers.targets,
        build: build)
    }
    operators =
      scenario.operators.act
      ? OperatorDesk(
        scenario.operators, recorder: recorder, queue: queue, vendors: vendors,
        epochMicroseconds: World.epoch) : nil
    let clientProcess = simulator.makeNode("clients").start { _ in }
    clients = ClientPopulation(
      scenario,
      generator: TripGenerator(scenario, streams: simulator.streams),
      simulator: simulator,
      desk: ClientConnection(
        recorder: recorder, names: scenario.clients.names, process: clientProcess,
        transport: network.transport(for: clientProcess)),
      process: clientProcess, vendors: vendors, leftOut: leavingOut)
    model.sent = { [unowned self] node, baggage in
      guard let host = hosts.first(where: { $0.name == node }) else { return }
      if host.crashAtSend(.after, baggage) { host.crash("after-send") }
    }
  }

  var simulator: Simulator { recorder.simulator }

  /// Lets an auditor watch.
  func audit() {
    var sources = AuditSources(
      stripe: vendors.stripe, amadeus: vendors.amadeus, bookingCom: vendors.bookingCom,
      viator: vendors.viator, mail: vendors.mail, database: queue,
      offers: { [clients] in clients.offer($0) },
      client: { CallTags.client(ofBooking: $0) }, epochMicroseconds: World.epoch)
    sources.changes = { [clients] in clients.change($0, $1) }
    sources.hooks = { [receivers] in receivers.receiver(of: $0) }
    let auditor = Auditor(sources)
    recorder.subscribe(auditor)
    self.auditor = auditor
  }

  /// Lets operators act.
  func employ() { if let operators { recorder.subscribe(operators) } }

  /// Lets virtual time pass until the condition holds; says how that ended.
  func run(
    _ progress: ((Int, Int64) -> Void)?, until condition: () -> Bool
  ) -> Simulator.End {
    simulator.run {
      if let progress {
        silence -= 1
        if silence <= 0 {
          silence = 8_192
          progress(clients.finished, recorder.now)
        }
      }
      return condition()
    }
  }

  /// Sets a deadline after some virtual time.
  func setDeadline(after delay: Duration) {
    deadlinePassed = false
    simulator.schedule(after: delay, "bell") { [unowned self] in deadlinePassed = true }
  }
}
