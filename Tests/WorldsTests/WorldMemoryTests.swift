import Audit
import FakeVendors
import Scenarios
import Simulation
import Testing

@testable import Worlds

/// A world that was played gives all its memory back.
struct WorldMemoryTests {
  /// Names of what a world is made of that is still there.
  private final class Remains {
    private var watched: [(name: String, isThere: () -> Bool)] = []

    func watch(_ name: String, _ object: some AnyObject) {
      watched.append((name, { [weak object] in object != nil }))
    }

    var names: [String] { watched.filter { $0.isThere() }.map(\.name) }
  }

  @Test(arguments: [false, true])
  func nothingOfAWorldRemains(crashes: Bool) {
    let remains = Remains()
    do {
      var scenario = Scenario(name: "small", bookings: 5)
      if crashes { scenario.orchestrators.crashAtSend = Share(partsPerMillion: 50_000) }
      let world = World(scenario, seed: 1, build: World.orchestrator)
      world.audit()
      remains.watch("world", world)
      remains.watch("simulator", world.simulator)
      remains.watch("recorder", world.recorder)
      remains.watch("network", world.network)
      for host in world.hosts { remains.watch(host.name, host) }
      remains.watch("clients", world.clients)
      remains.watch("vendors", world.vendors)
      remains.watch("stripe", world.vendors.stripe)
      remains.watch("mail", world.vendors.mail)
      remains.watch("database", world.queue)
      if let auditor = world.auditor { remains.watch("auditor", auditor) }
      #expect(remains.names.count == 11)
      #expect(world.play().verdict == .pass)
    }
    #expect(remains.names == [])
  }

  /// Who observes is kept by nobody who publishes.
  @Test func theRecorderKeepsNoObserver() {
    final class Listener: HistoryObserver {
      var events = 0
      func observe(_ event: HistoryEvent, at: Int64) { events += 1 }
    }
    let recorder = Recorder(Simulator(seed: 1))
    weak var gone: Listener?
    do {
      let listener = Listener()
      gone = listener
      recorder.subscribe(listener)
      recorder.committed()
      #expect(listener.events == 1)
    }
    #expect(gone == nil)
    recorder.committed()
  }
}
