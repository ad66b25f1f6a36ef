import Audit
import OrderedCollections
import Scenarios

/// Which faults met which states of trips, over all runs of a check.
struct FaultReachTable {
  /// One pair of a state and a fault.
  struct Cell {
    var state: String
    var fault: String
    /// How often they met.
    var count = 0
    /// In how many runs.
    var worlds = 0
    /// The first run in which they met.
    var scenario: String
    var seed: UInt64
  }

  private var cells: OrderedDictionary<[String], Cell> = [:]

  /// Adds the meetings of one run; the first to be added is the first that is told.
  mutating func add(_ run: RunSummary) {
    for meeting in run.meetings {
      cells[
        [meeting.state, meeting.fault],
        default: Cell(
          state: meeting.state, fault: meeting.fault, scenario: run.scenario, seed: run.seed)
      ].note(meeting.count)
    }
  }

  /// All pairs that were met, by state and fault.
  var sorted: [Cell] {
    cells.values.sorted {
      (Self.rank($0.state), $0.state, $0.fault) < (Self.rank($1.state), $1.state, $1.fault)
    }
  }

  /// One row per pair that was met.
  var csv: CSVWriter {
    var csv = CSVWriter(["state", "fault", "count", "worlds", "first_scenario", "first_seed"])
    for cell in sorted {
      csv.add(cell.state)
      csv.add(cell.fault)
      csv.add(cell.count)
      csv.add(cell.worlds)
      csv.add(cell.scenario)
      csv.add(cell.seed)
    }
    return csv
  }

  /// One row per state, one column per group of faults; a dot where they never met.
  var lines: [String] {
    var states: OrderedDictionary<String, [String: Int]> = [:]
    for cell in sorted {
      states[cell.state, default: [:]][Self.group(of: cell.fault), default: 0] += cell.count
    }
    var table = TextTable(["state"] + Self.groups.map(\.name))
    for (state, counts) in states {
      table.add([state] + Self.groups.map { counts[$0.name].map(\.grouped) ?? "." })
    }
    return table.lines
  }

  /// Phases in the order of a trip's life.
  private static func rank(_ state: String) -> Int {
    let phases = [
      "accepted", "validating", "booking", "rolling back", "cancelling", "standing", "ended",
    ]
    return phases.firstIndex { state.hasPrefix($0) } ?? phases.count
  }

  /// Faults that mean the same to the caller.
  private static let groups: [(name: String, faults: Set<String>)] = [
    ("unsent", ["refused", "request-lost", "reset-before"]),
    ("lost", ["response-lost", "reset-after", "half-open"]),
    ("late", ["late-effect"]),
    ("twice", ["delivered-twice"]),
    ("garbled", ["truncated", "garbled", "bad-gateway", "foreign-page"]),
    ("5xx", ["error-500", "unavailable-503", "lock-timeout"]),
    ("busy", ["rate-limited", "too-many-requests"]),
    ("bent", ["incomplete", "odd-forms"]),
    ("slow", ["slow"]),
    ("own", []),
    ("crash", ["crash"]),
    ("pause", ["pause"]),
    ("cancel", ["cancel"]),
  ]

  /// The group of a fault; what a vendor does of its own is `own`.
  private static func group(of fault: String) -> String {
    groups.first { $0.faults.contains(fault) }?.name ?? "own"
  }
}

extension FaultReachTable.Cell {
  fileprivate mutating func note(_ times: Int) {
    count += times
    worlds += 1
  }
}
