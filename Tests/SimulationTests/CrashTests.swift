import HTTPService
import Simulation
import Testing

@Suite struct CrashTests {
  @Test func nothingOfADeadProcessRunsOn() {
    let simulator = Simulator(seed: 1)
    let node = simulator.makeNode("n")
    let log = Log<String>()
    node.start { process in
      process.spawn {
        try await process.wait(.seconds(2))
        log.add("after death")
      }
      do {
        while true {
          try await process.wait(.milliseconds(300))
          log.add("\(process.clock.now)")
        }
      } catch { log.add("\(error)") }
      do { try await process.wait(.seconds(1)) } catch { log.add("again \(error)") }
      process.spawn { log.add("spawned by the dead") }
    }
    simulator.schedule(after: .seconds(1), "crash") { node.crash() }
    #expect(simulator.run() == .idle)
    #expect(
      log.values == ["300000us", "600000us", "900000us", "ProcessDied()", "again ProcessDied()"])
    #expect(simulator.now.microseconds == 1_000_000)
    #expect(node.process == nil)
  }

  @Test func aProcessCanCrashItselfAtAPoint() {
    let simulator = Simulator(seed: 1)
    let node = simulator.makeNode("n")
    let log = Log<String>()
    node.start { process in
      try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask {
          defer { log.add("sibling unwound") }
          try await process.wait(.seconds(60))
        }
        try await process.wait(.seconds(1))
        do { try process.crashHere() } catch { log.add("\(error)") }
        try process.checkAlive()
        log.add("alive")
      }
    }
    #expect(simulator.run() == .idle)
    #expect(log.values == ["ProcessDied()", "sibling unwound"])
    #expect(simulator.now.microseconds == 1_000_000)
  }

  @Test func unwindingLeavesNoTrace() {
    func hash(_ jobs: Int) -> (UInt64, Int, Int) {
      let simulator = Simulator(seed: 1)
      let node = simulator.makeNode("n")
      let other = simulator.makeNode("other")
      node.start { process in
        do { try await process.wait(.seconds(10)) } catch {
          for _ in 0..<jobs { await Task.yield() }
          simulator.record("last words")
        }
      }
      other.start { process in
        await withTaskGroup(of: Void.self) { group in
          for _ in 0..<10 {
            group.addTask { for _ in 0..<10 { try? await process.wait(.milliseconds(250)) } }
          }
        }
      }
      simulator.schedule(after: .seconds(1), "crash") { node.crash() }
      _ = simulator.run()
      return (simulator.traceHash, simulator.eventCount, simulator.jobCount)
    }
    #expect(hash(0) == hash(1_000))
  }

  @Test func aNodeCanBeStartedAgainAndCrashAgainAsItRecovers() {
    let simulator = Simulator(seed: 1)
    let node = simulator.makeNode("n")
    let log = Log<Int>()
    let program: @Sendable (SimulatedProcess) async throws -> Void = { process in
      log.add(process.incarnation)
      try await process.wait(.milliseconds(1))
      if process.incarnation < 4 { try process.crashHere() }
      try await process.wait(.seconds(1))
      log.add(-process.incarnation)
    }
    node.start(program)
    for second in 1...5 {
      simulator.schedule(after: .milliseconds(second * 10), "restart") {
        if node.process == nil { node.start(program) }
      }
    }
    #expect(simulator.run() == .idle)
    #expect(log.values == [1, 2, 3, 4, -4])
  }

  @Test func whatWasSentStillTakesEffect() {
    let simulator = Simulator(seed: 1)
    let faultInjector = Script()
    let network = SimulatedNetwork(simulator, model: faultInjector)
    let (client, server) = (simulator.makeNode("client"), simulator.makeNode("server"))
    let echo = Echo(process: server.start { _ in })
    network.attach(echo, to: "echo.test", on: server)
    client.start { process in
      _ = try await network.transport(for: process).send(post("echo.test"), timeout: .seconds(9))
    }
    simulator.schedule(after: .milliseconds(5), "crash") { client.crash() }
    #expect(simulator.run() == .idle)
    #expect(echo.calls.values.count == 1)
    #expect(
      faultInjector.notes == [
        "ended 1 at 5000us: abandoned", "delivered 1.0 at 10000us", "answered 1.0 at 10000us",
      ])
  }

  @Test func memoryReturnsOverThousandsOfCrashes() {
    let simulator = Simulator(seed: 1)
    let census = Census()
    let node = simulator.makeNode("n")
    let network = SimulatedNetwork(simulator, model: Script())
    let server = simulator.makeNode("server")
    network.attach(Echo(process: server.start { _ in }), to: "echo.test", on: server)
    let program: @Sendable (SimulatedProcess) async throws -> Void = { process in
      let token = census.token()
      try await withThrowingTaskGroup(of: Void.self) { group in
        for index in 0..<5 {
          group.addTask {
            defer { _ = token }
            while true {
              try await process.wait(.milliseconds(index + 1))
              _ = try await network.transport(for: process)
                .send(post("echo.test"), timeout: .seconds(1))
            }
          }
        }
        try await group.waitForAll()
      }
    }
    var most = 0
    weak var last: SimulatedProcess?
    for _ in 0..<2_000 {
      last = node.start(program)
      var stop = false
      simulator.schedule(after: .milliseconds(50), "crash") {
        node.crash()
        stop = true
      }
      #expect(simulator.run(until: { stop }) == .satisfied)
      most = max(most, census.alive)
    }
    #expect(most == 0)
    _ = simulator.run()
    #expect(last == nil)
  }

  @Test func aJobThatComesLateToADeadProcessStillUnwinds() {
    let simulator = Simulator(seed: 1)
    let node = simulator.makeNode("n")
    let (stream, continuation) = AsyncStream<Int>.makeStream()
    let log = Log<String>()
    let process = node.start { process in
      // Not cancelled with its process: it waits in a place that the simulator does not know.
      await withUnsafeContinuation { (resume: UnsafeContinuation<Void, Never>) in
        simulator.schedule(after: .seconds(5), "late") { resume.resume() }
      }
      log.add("unwinds")
      for await _ in stream { log.add("never") }
      try process.checkAlive()
      log.add("alive")
    }
    simulator.schedule(after: .seconds(1), "crash") { node.crash() }
    #expect(simulator.run(until: { node.process == nil }) == .satisfied)
    #expect(process.taskCount == 1)
    #expect(simulator.run() == .idle)
    #expect(log.values == ["unwinds"])
    #expect(process.taskCount == 0)
    _ = continuation
  }

  @Test func aProcessThatDoesNotUnwindIsReported() {
    let simulator = Simulator(seed: 1, limits: .init(jobsWithoutProgress: 1_000))
    let node = simulator.makeNode("n")
    node.start { process in while true { try? await process.wait(.seconds(1)) } }
    simulator.schedule(after: .seconds(10), "crash") { node.crash() }
    guard case .stopped(let reason) = simulator.run() else {
      Issue.record("the run went on")
      return
    }
    #expect(reason.hasPrefix("n#1 was killed but does not unwind: after 1000 jobs"))
  }

  @Test func aPausedProcessDoesNotNoticeThatTimePasses() {
    let simulator = Simulator(seed: 1)
    let node = simulator.makeNode("n")
    let times = Log<Int64>()
    node.start { process in
      while times.values.count < 3 {
        try await process.wait(.seconds(1))
        times.add(process.clock.now.microseconds)
      }
    }
    simulator.schedule(after: .milliseconds(1_500), "pause") { node.pause() }
    simulator.schedule(after: .seconds(60), "resume") { node.resume() }
    #expect(simulator.run() == .idle)
    #expect(times.values == [1_000_000, 60_000_000, 61_000_000])
  }

  @Test func shuttingDownReturnsTheMemoryOfWaitingTasks() {
    let simulator = Simulator(seed: 1)
    let census = Census()
    simulator.makeNode("n").start { process in
      let token = census.token()
      try await process.wait(.seconds(100))
      _ = token
    }
    #expect(simulator.run(until: { simulator.jobCount > 0 }) == .satisfied)
    #expect(census.alive == 1)
    let hash = simulator.traceHash
    simulator.shutDown()
    #expect(census.alive == 0)
    #expect(simulator.traceHash == hash)
  }

  @Test func aSimulatorThatWasShutDownIsReleased() {
    weak var released: Simulator?
    do {
      let simulator = Simulator(seed: 1)
      released = simulator
      simulator.makeNode("n").start { try await $0.wait(.seconds(100)) }
      _ = simulator.run(until: { simulator.jobCount > 0 })
      simulator.shutDown()
    }
    #expect(released == nil)
  }
}
