import Simulation
import Testing
@testable import TurbulenceKit
struct ZDebugTests {
  @Test func debug() {
    var scenario = Scenario(name: "test", bookings: 1)
    scenario.limits.events = 3000
    let stage = Stage(scenario, seed: 1, build: World.orchestrator)
    var n = 0
    stage.simulator.onRecord = { r in n += 1; if r.kind != "job" || n > 20000 { print(r.at.microseconds, r.kind, r.detail) }; if n > 20100 { fatalError() } }
    let r = stage.play()
    print(r.verdict, r.events)
  }
}
