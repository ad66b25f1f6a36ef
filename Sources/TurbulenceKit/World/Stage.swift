import BookingOrchestrator
import FakeServices
import GRDB
import Scenarios
import Simulation

/// Everything that one world is made of, put together.
final class Stage {
  let scenario: Scenario
  let recorder: Recorder
  let vendors: Vendors
  let host: OrchestratorHost
  let clients: ClientPopulation
  let queue: DatabaseQueue
  let network: SimulatedNetwork
  let outages: OutageSchedule
  /// Set by an event that the run waits for.
  var bell = false
  /// Events until the next word of progress.
  private var silence = 0

  init(
    _ scenario: Scenario, seed: UInt64, leavingOut: Set<Int> = [],
    build: @escaping @Sendable (OrchestratorSeams) -> HostedProgram
  ) {
    self.scenario = scenario
    let simulator = Simulator(
      seed: seed,
      limits: Simulator.Limits(
        virtualTime: .microseconds(Int64(scenario.limits.virtualTime * 1e6)),
        events: scenario.limits.events))
    recorder = Recorder(simulator, bookings: scenario.bookings)
    outages = OutageSchedule(scenario.outages)
    let webhooks = WebhookConduct(scenario.services.stripe, recorder)
    let conduct = WorldNetwork(scenario, recorder, webhooks: webhooks)
    let network = SimulatedNetwork(simulator, conduct: conduct)
    self.network = network
    do {
      queue = try SimulatedDatabase.open()
      try Orchestrator.migrate(queue)
    } catch {
      preconditionFailure("no database in memory: \(error)")
    }
    vendors = Vendors(
      scenario, recorder: recorder, network: network, webhooks: webhooks,
      epochMicroseconds: World.epoch)
    host = OrchestratorHost(
      scenario.orchestrators, names: scenario.clients.names, recorder: recorder, network: network,
      queue: queue, epochMicroseconds: World.epoch, build: build)
    conduct.sent = { [unowned host] baggage, _ in
      if host.crashAtSend(.after, baggage) { host.crash("after-send") }
    }
    let clientProcess = simulator.makeNode("clients").start { _ in }
    clients = ClientPopulation(
      scenario,
      generator: TripGenerator(scenario, streams: simulator.streams),
      simulator: simulator,
      desk: ClientDesk(
        recorder: recorder, names: scenario.clients.names, process: clientProcess,
        transport: network.transport(for: clientProcess)),
      process: clientProcess, vendors: vendors, leftOut: leavingOut)
  }

  var simulator: Simulator { recorder.simulator }

  /// Lets an auditor watch.
  func audit() {
    recorder.auditor = Auditor(
      AuditSources(
        stripe: vendors.stripe, amadeus: vendors.amadeus, bookingCom: vendors.bookingCom,
        viator: vendors.viator, mail: vendors.mail, database: queue,
        offers: { [clients] in clients.offer($0) },
        client: { CallTags.client(ofBooking: $0) }, epochMicroseconds: World.epoch))
  }

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

  /// Has the bell ring after some virtual time.
  func setBell(after delay: Duration) {
    bell = false
    simulator.schedule(after: delay, "bell") { [unowned self] in bell = true }
  }
}
