/// Which of the orchestrator's processes run, and when one of them last died, stood still or went on.
///
/// A process that stands still is as good as dead to all others, and what it is told meanwhile is as good as
/// not said: its leases run out, and the trips are somebody else's when it goes on.
package struct ProcessTimes {
  /// The processes that run, by node.
  private var running: [String: String] = [:]
  /// The nodes whose processes begin nothing any more, since they are being stopped.
  private var stopping: Set<String> = []
  /// When something last happened to a node's process; virtual, looked up by key only.
  private var lastUpset: [String: Int64] = [:]
  /// When processes stood still, from and until; virtual.
  private var standstills: [(node: String, from: Int64, until: Int64)] = []

  /// Returns what a process calls itself as an owner of leases.
  package static func owner(node: String, incarnation: Int) -> String { "\(node)#\(incarnation)" }

  /// Whether any process runs.
  var isAnyRunning: Bool { !running.isEmpty }

  /// Whether any process runs that takes trips up.
  var isAnyClaiming: Bool {
    running.keys.contains { !stopping.contains($0) }  // order: yes or no
  }

  /// Whether the owner of a lease is a process that runs.
  func runs(_ owner: String) -> Bool {
    running.values.contains(owner)  // order: yes or no
  }

  /// When a node's process last died, stood still or went on; long ago before the first time.
  func lastUpset(of node: String) -> Int64 { lastUpset[node] ?? .min / 2 }

  /// Whether some process stood still within a time.
  func stoodStill(from: Int64, to: Int64) -> Bool {
    standstills.contains { $0.from <= to && $0.until >= from }
  }

  /// Takes an event in.
  mutating func observe(_ event: HistoryEvent, _ at: Int64) {
    switch event {
    case .started(let node, let incarnation):
      running[node] = Self.owner(node: node, incarnation: incarnation)
      stopping.remove(node)
    case .stopping(let node): stopping.insert(node)
    case .crashed(let record):
      end(of: record.node, at)
      goOn(record.node, at)
    case .paused(let node, _):
      end(of: node, at)
      standstills.append((node, at, .max))
    case .resumed(let node, let incarnation):
      running[node] = Self.owner(node: node, incarnation: incarnation)
      lastUpset[node] = at
      goOn(node, at)
    default: break
    }
  }

  private mutating func end(of node: String, _ at: Int64) {
    running[node] = nil
    lastUpset[node] = at
  }

  private mutating func goOn(_ node: String, _ at: Int64) {
    for index in standstills.indices
    where standstills[index].node == node && standstills[index].until == .max {
      standstills[index].until = at
    }
  }
}
