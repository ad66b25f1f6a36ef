package import Audit
import OrderedCollections
package import Scenarios
package import Worlds

/// What is kept of a run once its result is let go: enough for verdicts, totals and reports of checks.
package struct RunSummary: Sendable {
  package var scenario: String
  /// The scenario file as the user named it.
  package var path: String
  package var seed: UInt64
  package var verdict: Verdict
  package var bookings: Int
  package var confirmed: Int
  package var failed: Int
  package var cancelled: Int
  package var needsAttention: Int
  /// Parked items by reason, in alphabetical order.
  package var attention: [(reason: String, count: Int)]
  package var violationCount: Int
  /// The first few violations.
  package var violations: [Violation]
  package var invariants: [InvariantResult]
  /// How often each mark was reached, in the order of the catalogue; those never reached left out.
  package var marks: [(name: String, count: Int)]
  package var mustReach: [RequiredMark]
  /// Which faults met which states of trips.
  package var meetings: [FaultMeeting]
  package var virtualMicroseconds: Int64
  package var events: Int
  package var calls: Int
  package var faults: Int
  package var traceHash: UInt64
  /// Real time, in microseconds.
  package var wallMicroseconds: Int64

  /// How many violations are kept for people to read.
  static let violationsKept = 20

  package init(_ result: RunResult, path: String, wallMicroseconds: Int64) {
    scenario = result.scenario.name
    self.path = path
    seed = result.seed
    violationCount = result.invariants.reduce(0) { $0 + $1.violations }
    // A pass with violations would be a mistake of the world: never let it through.
    verdict = result.verdict == .pass && violationCount > 0 ? .violated : result.verdict
    bookings = result.scenario.bookings
    // A modification is no booking of its own.
    let trips = result.trips.filter(\.changes.isEmpty)
    confirmed = trips.count { $0.state == "CONFIRMED" }
    failed = trips.count { $0.state == "FAILED" }
    cancelled = trips.count { $0.state == "CANCELLED" }
    needsAttention = result.trips.count { $0.needsAttention }
    var reasons: OrderedDictionary<String, Int> = [:]
    for row in result.attention { reasons[row.reason, default: 0] += 1 }
    attention = reasons.map { (reason: $0.key, count: $0.value) }.sorted { $0.reason < $1.reason }
    violations = Array(result.violations.prefix(Self.violationsKept))
    invariants = result.invariants
    marks = MarkCatalogue.all.compactMap { mark in
      result.history.marks[mark.name].flatMap { $0 > 0 ? (mark.name, $0) : nil }
    }
    mustReach = result.scenario.mustReach
    meetings = result.meetings
    virtualMicroseconds = result.virtualMicroseconds
    events = result.events
    calls = result.history.calls.count
    faults = result.history.faults.count
    traceHash = result.traceHash
    self.wallMicroseconds = wallMicroseconds
  }

  /// Notes that the run was compared with one in a fresh process, and how they differ: X1, which no
  /// run by itself can exercise.
  mutating func compared(difference: String?) {
    if let index = invariants.firstIndex(where: { $0.id == Invariant.x1.id }) {
      invariants[index].checked += 1
      invariants[index].exercised += 1
    }
    if let difference { verdict = .nondeterministic(difference) }
  }

  /// The command that runs this world again.
  package var reproduction: String { Self.reproduction(path: path, seed: seed) }

  /// The command that runs a scenario's world.
  static func reproduction(path: String, seed: UInt64) -> String {
    "turbulence replay \(path.shellQuoted) --seed \(seed)"
  }

  /// The verdict in a few words: `PASS`, `VIOLATED M9 V2`, `STUCK`.
  package var verdictText: String {
    switch verdict {
    case .pass: "PASS"
    case .violated:
      (["VIOLATED"] + invariants.filter { $0.violations > 0 }.map(\.id)).joined(separator: " ")
    case .inconclusive: "INCONCLUSIVE"
    case .stuck: "STUCK"
    case .nondeterministic: "NONDETERMINISTIC"
    }
  }

  /// What the verdict says beyond its name; nil for a pass.
  package var reason: String? {
    switch verdict {
    case .pass: nil
    case .violated:
      violations.first.map { violation in
        "\(violation.invariant)" + (violation.bookingID.isEmpty ? "" : " \(violation.bookingID)")
          + ": \(violation.explanation)"
      } ?? "\(violationCount) violations"
    case .inconclusive(let why), .stuck(let why), .nondeterministic(let why): why
    }
  }
}

extension String {
  /// Quoted for a POSIX shell where that is needed.
  package var shellQuoted: String {
    let plain =
      !isEmpty
      && unicodeScalars.allSatisfy { scalar in
        scalar.properties.isAlphabetic || ("0"..."9").contains(scalar)
          || "/._-+=:@%".unicodeScalars.contains(scalar)
      }
    return plain
      ? self
      : "'"
        + split(separator: "'", omittingEmptySubsequences: false)
        .joined(separator: "'\\''") + "'"
  }
}
