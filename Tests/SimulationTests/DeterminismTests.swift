import Simulation
import Testing

/// Counts, and lets others in between.
private actor Counter {
  private var count = 0
  func add(_ process: SimulatedProcess) async throws -> Int {
    let before = count
    await Task.yield()
    try await process.wait(.microseconds(Int64(before % 3)))
    count += 1
    return before
  }
}

/// Uses every means of Swift concurrency that may not leave the simulation.
private func busyWorld(seed: UInt64, _ schedule: Simulator.Schedule) -> (Simulator, [Int]) {
  let simulator = Simulator(seed: seed, schedule: schedule)
  let seen = Log<Int>()
  for name in ["a", "b"] {
    simulator.makeNode(name).start { process in
      let counter = Counter()
      try await withThrowingTaskGroup(of: Int.self) { group in
        for index in 0..<20 {
          group.addTask {
            async let first = counter.add(process)
            async let second = counter.add(process)
            await Task.yield()
            seen.add(index)
            let sum = try await first + second
            try await process.clock.sleep(for: .microseconds(index % 4))
            return sum
          }
        }
        group.addTask {
          do { try await process.wait(.seconds(3_600)) } catch is CancellationError { seen.add(-1) }
          return 0
        }
        for _ in 0..<20 { seen.add(try await group.next()!) }
        group.cancelAll()
      }
      let stream = AsyncStream<Int> { continuation in
        for value in 0..<5 { continuation.yield(value) }
        continuation.finish()
      }
      for await value in stream { seen.add(value) }
    }
  }
  #expect(simulator.run() == .idle)
  return (simulator, seen.values)
}

@Suite struct DeterminismTests {
  @Test(arguments: Simulator.Schedule.allCases)
  func theSameSeedGivesTheSameWorld(_ schedule: Simulator.Schedule) {
    let (first, firstSeen) = busyWorld(seed: 1, schedule)
    let (second, secondSeen) = busyWorld(seed: 1, schedule)
    #expect(first.traceHash == second.traceHash)
    #expect(firstSeen == secondSeen)
    #expect(first.now == second.now)
    #expect(first.eventCount == second.eventCount)
  }

  @Test(arguments: [Simulator.Schedule.random, .pct])
  func anotherSeedGivesAnotherOrder(_ schedule: Simulator.Schedule) {
    #expect(busyWorld(seed: 1, schedule).1 != busyWorld(seed: 2, schedule).1)
  }

  @Test func anotherSeedGivesAnotherHashEvenWhereNothingIsDrawn() {
    #expect(Simulator(seed: 1).traceHash != Simulator(seed: 2).traceHash)
  }

  @Test func worldsOnSeveralThreadsDoNotTouchEachOther() async {
    let alone = busyWorld(seed: 5, .random).0.traceHash
    await withTaskGroup(of: UInt64.self) { group in
      for _ in 0..<8 { group.addTask { @concurrent in busyWorld(seed: 5, .random).0.traceHash } }
      for await hash in group { #expect(hash == alone) }
    }
  }

  /// The same figures in debug and in release, and in every process.
  @Test func theTraceHashOfAWorldIsWrittenDown() {
    #expect(busyWorld(seed: 1, .fifo).0.traceHash == 7_023_041_958_690_469_777)
    #expect(busyWorld(seed: 1, .random).0.traceHash == 17_415_863_119_540_787_954)
    #expect(busyWorld(seed: 1, .pct).0.traceHash == 12_994_926_020_579_675_663)
  }

  @Test func recordsAreSeenInOrderAndDoNotChangeTheHash() {
    func world(_ onRecord: ((Simulator.Record) -> Void)?) -> UInt64 {
      let simulator = Simulator(seed: 3)
      simulator.onRecord = onRecord
      simulator.makeNode("n").start { process in
        for _ in 0..<3 { try await process.wait(.seconds(1)) }
      }
      _ = simulator.run()
      return simulator.traceHash
    }
    var records: [Simulator.Record] = []
    let watched = world { records.append($0) }
    #expect(watched == world(nil))
    #expect(records.map(\.index) == Array(1...records.count))
    #expect(Set(records.map(\.kind)) == ["start", "job", "sleep"])
  }

  @Test func whatAProgramRecordsChangesTheHash() {
    func hash(_ a: UInt64, _ b: UInt64, _ kind: StaticString) -> UInt64 {
      let simulator = Simulator(seed: 1)
      simulator.record(kind, a, b)
      return simulator.traceHash
    }
    let hashes = [
      hash(1, 2, "kind"), hash(2, 1, "kind"), hash(1, 2, "kinds"), hash(1, 2, "a longer kind"),
      hash(1, 2, "a longer kinD"),
    ]
    #expect(Set(hashes).count == hashes.count)
    #expect(hash(1, 2, "kind") == hashes[0])
  }
}
