/// The fakes on real loopback sockets, so that real SDKs can be pointed at them.
///
/// Five services listen on a port each. Behind a port stand, in this order: the control endpoints
/// (``ControlAPI``), the network's faults (``ScenarioNetwork``) and the fake itself, whose fault injector is
/// asked through the ``FaultRules``. All of them live on one ``VendorClock``.
package import FakeVendors
import HTTPService
import HTTPSockets
import Logging
import ServiceLifecycle

/// All five fakes, ready to listen.
package final class VendorServer: ServiceLifecycle.Service {
  private let configuration: Configuration
  let fakes: VendorSet
  /// The time they all live in.
  package let clock: VendorClock
  private let webhooks: WebhookRegistration
  private let transport: SocketTransport
  private let ports: [FaultyEndpoint]
  private let delayed: DelayedDeliveries
  private let listening: @Sendable (VendorName, _ port: Int) async -> Void
  /// What the travel vendors sell.
  let catalogue: Catalogue

  /// Creates fakes that do not listen yet; ``run()`` must be called once.
  /// - Parameter listening: told each service's real port once it accepts connections.
  package init(
    _ configuration: Configuration,
    listening: @escaping @Sendable (VendorName, _ port: Int) async -> Void
  ) {
    self.configuration = configuration
    self.listening = listening
    var keys = configuration.keys
    if let only = configuration.onlyStripeKey { keys.stripe = only }
    let seed = configuration.seed
    let clock = VendorClock(
      configuration.time, start: VendorClock.wall, speed: configuration.speed)
    let rules = FaultRules()
    let calls = CallCounter()
    let transport = SocketTransport()
    let delayed = DelayedDeliveries(calls: calls, clock: clock)
    let play = configuration.scenario.map { scenario in
      ScenarioPlay(scenario, seed: seed) { clock.microseconds }
    }
    let network = ScenarioNetwork(rules: rules, play: play, clock: clock)
    let planner = WebhookPlanner(play, rules: rules)
    let environment = ServiceEnvironment(clock: clock, now: { clock.microseconds })
    let fakes = VendorSet(
      keys: keys, seed: seed, faults: FaultInjectors(rules: rules, play: play)
    ) { _ in environment }
    for (id, token) in configuration.paymentMethods {
      let exists = fakes.stripe.addPaymentMethod(id: id, like: token)
      precondition(exists, "\(token) is no test token of Stripe's")
    }

    let webhooks = WebhookRegistration(
      configuration.webhook, stripe: fakes.stripe,
      transport: FaultyTransport(
        transport: transport, network: network, planner: planner, delayed: delayed),
      planner: planner)
    let catalogue = Catalogue(
      amadeus: fakes.amadeus, bookingCom: fakes.bookingCom, viator: fakes.viator,
      start: clock.microseconds)
    let control = ControlAPI(
      clock: clock, rules: rules, catalogue: catalogue, webhooks: webhooks, stripe: fakes.stripe,
      fired: { play?.fired ?? [] },
      ledger: { Ledger($0, of: fakes) },
      settled: { try await Self.settled(clock, calls) { fakes.nextDue } })

    ports = VendorName.allCases.map { vendor in
      let fake: any HTTPService =
        vendor == .stripe && configuration.onlyStripeKey == nil
        ? AnyTestKey(fake: fakes.stripe, key: keys.stripe) : fakes[vendor]
      return FaultyEndpoint(
        vendor, fake: play.map { $0.bending(fake, vendor) } ?? fake, control: control,
        network: network, calls: calls, clock: clock,
        delayed: delayed)
    }
    self.clock = clock
    self.fakes = fakes
    self.webhooks = webhooks
    self.transport = transport
    self.delayed = delayed
    self.catalogue = catalogue
  }

  /// Sends Stripe's events somewhere else from now on, or nowhere.
  package func sendEvents(to target: WebhookTarget?) { webhooks.set(target) }

  /// Listens and answers until a graceful shutdown or cancellation. Call once.
  /// - Throws: `PortTaken` when a port is in use.
  package func run() async throws {
    var logger = Logger(label: "fake-vendors")
    // Of a client that hung up, or of the end, there is nothing to say.
    logger.logLevel = .critical
    do {
      try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await self.fakes.stripe.run(webhooks: self.webhooks.endpoint) }
        group.addTask { try await self.fakes.amadeus.run() }
        group.addTask { try await self.fakes.bookingCom.run() }
        group.addTask { try await self.fakes.viator.run() }
        group.addTask { try await self.delayed.run() }
        let servers = ports.map { port in
          SocketServer(
            port: configuration.ports[port.vendor] ?? 0, service: port, logger: logger,
            listening: { [listening] in await listening(port.vendor, $0) })
        }
        group.addTask {
          try await withThrowingTaskGroup(of: Void.self) { group in
            for server in servers { group.addTask { try await server.run() } }
            // Not waitForAll, which would wait for the others before it told of a taken port.
            while try await group.next() != nil {}
          }
        }
        // The servers end at a graceful shutdown, everything else only when it is cancelled; and
        // whatever fails ends all.
        defer { group.cancelAll() }
        try await group.next()
      }
    } catch {
      try await transport.shutDown()
      throw error
    }
    try await transport.shutDown()
  }

  /// Returns once nothing is due any more and no call is being worked on but those asleep.
  private static func settled(
    _ clock: VendorClock, _ calls: CallCounter, _ nextDue: () -> Int64?
  ) async throws {
    // An endpoint that does not answer a webhook holds a delivery for 20 seconds.
    let patience = ContinuousClock.now + .seconds(30)
    while ContinuousClock.now < patience {
      if calls.underWay <= clock.sleepingCalls, nextDue() ?? .max > clock.microseconds { return }
      try await Task.sleep(for: .milliseconds(1))
    }
  }
}
