import Simulation
import Testing

@Suite struct LimitTests {
  private func end(
    _ limits: Simulator.Limits, _ body: @escaping @Sendable (SimulatedProcess) async throws -> Void
  ) -> Simulator.End {
    let simulator = Simulator(seed: 1, limits: limits)
    simulator.makeNode("n").start(body)
    let end = simulator.run()
    simulator.shutDown()
    return end
  }

  @Test func virtualTimeIsLimited() {
    let end = end(.init(virtualTime: .seconds(10))) {
      while true { try await $0.wait(.seconds(3)) }
    }
    #expect(end == .limit("10.0 seconds of virtual time have passed"))
  }

  @Test func eventsAreLimited() {
    let end = end(.init(events: 100)) { while true { try await $0.wait(.seconds(3)) } }
    #expect(end == .limit("100 events have happened"))
  }

  @Test func aSpinningProgramIsStopped() {
    let end = end(.init(jobsWithoutProgress: 1_000)) { _ in
      while !Task.isCancelled { await Task.yield() }
    }
    #expect(end == .limit("1000 jobs ran at 0us without time moving on"))
  }

  @Test func aProgramThatSpinsOnFailingWaitsIsStopped() {
    let end = end(.init(jobsWithoutProgress: 1_000)) { process in
      await withTaskGroup(of: Void.self) { group in
        group.addTask { while process.isAlive { try? await process.wait(.seconds(1)) } }
        group.cancelAll()
      }
    }
    #expect(end == .limit("1000 jobs ran at 0us without time moving on"))
  }

  @Test func aConditionEndsTheRunAndItCanGoOn() {
    let simulator = Simulator(seed: 1)
    simulator.makeNode("n").start { for _ in 0..<10 { try await $0.wait(.seconds(1)) } }
    #expect(simulator.run(until: { simulator.eventCount == 4 }) == .satisfied)
    #expect(simulator.now.microseconds == 4_000_000)
    #expect(simulator.run() == .idle)
    #expect(simulator.now.microseconds == 10_000_000)
  }

  @Test func aRunCanBeStopped() {
    let simulator = Simulator(seed: 1)
    simulator.schedule(after: .seconds(2), "stop") { simulator.stop("enough") }
    simulator.schedule(after: .seconds(3), "never") {}
    #expect(simulator.run() == .stopped("enough"))
    #expect(simulator.now.microseconds == 2_000_000)
    #expect(simulator.run() == .idle)
  }

  @Test func anErrorThatEscapesStopsTheRun() {
    struct Broken: Error {}
    let end = end(.init()) { _ in throw Broken() }
    #expect(end == .stopped("n#1 threw Broken()"))
  }

  @Test func deathAndCancellationAreSilent() {
    #expect(end(.init()) { _ in throw CancellationError() } == .idle)
    #expect(end(.init()) { try $0.crashHere() } == .idle)
  }
}
