import Simulation
import Worlds

/// A job that leaves the simulation on purpose, to see whether the tripwire catches it.
enum Escape {
  /// Whether the run ended because of it.
  static func caught() -> Bool {
    let simulator = Simulator(seed: 1)
    simulator.makeNode("doctor").start { _ in
      await Task.detached {}.value  // lint: leaves on purpose
    }
    if case .escaped = simulator.run() { return true }
    return false
  }
}
