import Audit
import Dispatch
import Foundation
import Scenarios
import Synchronization
import Testing
import Worlds

/// The same scenario as a simulated world and on real sockets ends the same way, booking by booking.
struct SimulationFidelityTests {
  @Test(arguments: PairedCase.all)
  func endsTheSame(_ played: PairedCase) async throws {
    let (simulated, verdict) = try #require(Self.worlds[played.name])
    #expect(verdict == .pass)
    let onSockets = try await Turnstile.cases.pass(alone: played.fault == nil) {
      try await SocketRun.play(played)
    }
    if let fault = played.fault {
      #expect(simulated.faults[fault, default: 0] > 0)
      #expect(onSockets.faults[fault, default: 0] > 0)
    }
    #expect(simulated.outcomes.count == played.scenario.bookings)
    for id in Set(simulated.outcomes.keys).union(onSockets.outcomes.keys).sorted() {
      let left = simulated.outcomes[id]
      let right = onSockets.outcomes[id]
      #expect(
        left == right,
        "\(played) \(id)\n  simulated  \(left?.description ?? "-")\n  on sockets \(right?.description ?? "-")"
      )
    }
    if played.fault == nil { try report(simulated, onSockets, played) }
  }

  /// All cases as worlds, played before the first is played on sockets: they need the processor that
  /// the runs on sockets are sensitive to.
  private static let worlds: [String: (PairedRun, Verdict)] = {
    let results = Mutex<[String: (PairedRun, Verdict)]>([:])
    DispatchQueue.concurrentPerform(iterations: PairedCase.all.count) { index in
      let played = PairedCase.all[index]
      let result = played.simulate()
      results.withLock { $0[played.name] = result }
    }
    return results.withLock { $0 }
  }()

  /// Prints the latencies of both sides, and leaves them in the temporary folder.
  private func report(_ simulated: PairedRun, _ onSockets: PairedRun, _ played: PairedCase) throws {
    let table = LatencyTable(
      simulated: simulated.calls, onSockets: onSockets.calls, speed: played.speed)
    print(table.text)
    try table.text.write(
      to: FileManager.default.temporaryDirectory.appending(path: "paired-latencies.txt"),
      atomically: true, encoding: .utf8)
  }
}
