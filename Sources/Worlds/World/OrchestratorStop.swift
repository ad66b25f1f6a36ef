import Audit
import HTTPService
import Simulation
import Synchronization

/// Runs a program until its time has come, then stops it as `booking-server` is stopped: no new requests,
/// answers for those under way, an end at a step boundary, leases given back.
struct OrchestratorStop {
  var program: OrchestratorProgram
  var clock: any Clock<Duration>
  var node: OrchestratorNode

  /// Longer than any call may take: whoever is not in order by then never will be.
  private static let half: Duration = .seconds(150)
  private static let look: Duration = .milliseconds(20)

  private enum Happening { case ended, due, inOrder, timeUp }

  /// Returns how it ended: the point of a ``CrashRecord``.
  func run(for time: Duration) async throws -> String {
    let door = Door(inner: program.service)
    node.open(door)
    var end = "exit"
    try await withThrowingTaskGroup(of: Happening.self) { group in
      defer { group.cancelAll() }
      group.addTask {
        try await program.run()
        return .ended
      }
      group.addTask {
        try await clock.sleep(for: time)
        return .due
      }
      while let happening = try await group.next() {
        switch happening {
        case .ended: return
        case .due where !node.mayStop: continue
        case .due:
          node.switchOff()
          group.addTask {
            try await stop(door)
            return .inOrder
          }
          group.addTask {
            try await clock.sleep(for: Self.half * 2)
            return .timeUp
          }
        case .inOrder:
          end = CrashRecord.stopped
          return
        case .timeUp:
          end = CrashRecord.cutOff
          return
        }
      }
    }
    if end != "exit" { try await program.handOver() }
    return end
  }

  /// Half of the time is for requests under way; those that wait for trips longer than that are answered
  /// with where these stand.
  private func stop(_ door: Door) async throws {
    var waited = Duration.zero
    while door.isBusy, waited < Self.half {
      try await clock.sleep(for: Self.look)
      waited += Self.look
    }
    node.noteStopping()
    try await program.stop()
    while door.isBusy { try await clock.sleep(for: Self.look) }
  }

  /// Counts the requests under way.
  private final class Door: HTTPService {
    private let inner: any HTTPService
    private let count = Mutex(0)

    init(inner: any HTTPService) { self.inner = inner }

    var isBusy: Bool { count.withLock { $0 > 0 } }

    func respond(to call: HTTPCall) async throws -> HTTPReply {
      count.withLock { $0 += 1 }
      defer { count.withLock { $0 -= 1 } }
      return try await inner.respond(to: call)
    }
  }
}
