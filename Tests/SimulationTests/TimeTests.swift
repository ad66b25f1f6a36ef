import Simulation
import Testing

@Suite struct TimeTests {
  @Test func timeJumps() {
    let simulator = Simulator(seed: 1, limits: .init(virtualTime: .seconds(400 * 86_400)))
    simulator.makeNode("n").start { try await $0.clock.sleep(for: .seconds(365 * 86_400)) }
    #expect(simulator.run() == .idle)
    #expect(simulator.now.microseconds == 365 * 86_400 * 1_000_000)
    #expect(simulator.eventCount == 1)
  }

  @Test func eventsOfTheSameMomentHappenInTheOrderInWhichTheyWereScheduled() {
    let simulator = Simulator(seed: 1)
    var order: [Int] = []
    for index in 0..<100 {
      simulator.schedule(after: .seconds(index % 3), "test") { order.append(index) }
    }
    _ = simulator.run()
    let expected = (0..<3).flatMap { second in (0..<100).filter { $0 % 3 == second } }
    #expect(order == expected)
  }

  @Test func eventsHappenInTheOrderOfTime() {
    let simulator = Simulator(seed: 1)
    var stream = simulator.streams.stream(Purpose("test"))
    var times: [Int64] = []
    var kept: [ScheduledEvent] = []
    for _ in 0..<10_000 {
      let event = simulator.schedule(after: .microseconds(stream.index(below: 5_000)), "test") {
        times.append(simulator.now.microseconds)
      }
      if stream.chance(partsPerMillion: 800_000) { kept.append(event) }
    }
    for event in kept { simulator.cancel(event) }
    #expect(simulator.run() == .idle)
    #expect(times.count == 10_000 - kept.count)
    #expect(times == times.sorted())
  }

  @Test func aCancelledEventReleasesWhatItHeldAtOnce() {
    let simulator = Simulator(seed: 1)
    let census = Census()
    let event = hold(census.token(), simulator)
    #expect(census.alive == 1)
    simulator.cancel(event)
    #expect(census.alive == 0)
  }

  private func hold(_ token: Census.Token, _ simulator: Simulator) -> ScheduledEvent {
    simulator.schedule(after: .seconds(1), "test") { _ = token }
  }

  @Test func cancellingAnEventThatHasHappenedDoesNothing() {
    let simulator = Simulator(seed: 1)
    var happened = 0
    let event = simulator.schedule(after: .zero, "first") { happened += 1 }
    _ = simulator.run()
    simulator.schedule(after: .zero, "second") { happened += 1 }
    simulator.cancel(event)
    _ = simulator.run()
    #expect(happened == 2)
  }

  @Test func timeStandsStillWhileAJobIsRunnable() {
    let simulator = Simulator(seed: 1)
    let times = Log<SimulatedInstant>()
    simulator.schedule(after: .microseconds(1), "later") {}
    simulator.makeNode("n").start { process in
      for _ in 0..<1_000 { await Task.yield() }
      times.add(process.clock.now)
    }
    _ = simulator.run()
    #expect(times.values == [SimulatedInstant(microseconds: 0)])
  }

  @Test func aSleepEndsExactlyAtItsDeadline() {
    let simulator = Simulator(seed: 1)
    let times = Log<Int64>()
    simulator.makeNode("n").start { process in
      try await process.clock.sleep(until: SimulatedInstant(microseconds: 1_234))
      times.add(process.clock.now.microseconds)
      try await process.wait(.nanoseconds(500))
      times.add(process.clock.now.microseconds)
      try await Task.sleep(for: .seconds(1), clock: process.clock)
      times.add(process.clock.now.microseconds)
    }
    #expect(simulator.run() == .idle)
    #expect(times.values == [1_234, 1_235, 1_001_235])
  }

  @Test func aDeadlineInThePastLetsOthersRunFirst() {
    let simulator = Simulator(seed: 1, schedule: .fifo)
    let order = Log<String>()
    simulator.makeNode("n").start { process in
      process.spawn { order.add("other") }
      try await process.clock.sleep(until: SimulatedInstant(microseconds: -5))
      order.add("sleeper")
    }
    _ = simulator.run()
    #expect(order.values == ["other", "sleeper"])
    #expect(simulator.now.microseconds == 0)
  }

  @Test func aCancelledSleepEndsAtOnce() {
    let simulator = Simulator(seed: 1)
    let log = Log<String>()
    simulator.makeNode("n").start { process in
      await withTaskGroup(of: Void.self) { group in
        group.addTask {
          do { try await process.wait(.seconds(60)) } catch { log.add("\(error)") }
          do { try await process.wait(.seconds(60)) } catch { log.add("\(error)") }
        }
        try? await process.wait(.seconds(1))
        group.cancelAll()
      }
      log.add("\(process.clock.now)")
    }
    #expect(simulator.run() == .idle)
    #expect(log.values == ["CancellationError()", "CancellationError()", "1000000us"])
  }

  @Test func wallClocksOfNodesMayBeWrong() {
    let simulator = Simulator(seed: 1)
    let node = simulator.makeNode("n")
    node.clockOffset = .seconds(-3)
    let process = node.start { try await $0.wait(.seconds(5)) }
    _ = simulator.run()
    #expect(process.wallClockMicroseconds(epoch: 1_000_000_000) == 1_002_000_000)
  }

  @Test func instantsAreClampedToTheEndOfTime() {
    let instant = SimulatedInstant(microseconds: .max - 5)
    #expect(instant.advanced(by: .seconds(1)).microseconds == .max)
    #expect(instant.advanced(by: .seconds(Int64.max)).microseconds == .max)
    #expect(
      SimulatedInstant(microseconds: 2).duration(to: SimulatedInstant(microseconds: 5))
        == .microseconds(3))
  }
}
