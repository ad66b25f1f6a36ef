import Audit
package import Scenarios
import Worlds

/// JUnit XML of a check: one suite per scenario, one case per seed.
package struct JUnitReport: Sendable {
  private struct Suite {
    var name: String
    var runs: [RunSummary]
    var missing: [String]
    var notEnoughSeeds: [RequiredMark]
    var interruption: String?
  }

  private var suites: [Suite] = []

  package init() {}

  /// Adds a scenario with its runs, the required marks that none of them reached, and those for
  /// which there were too few runs: they fail nothing and are told as skipped. `interruption` is
  /// the signal that came before all of its seeds had run.
  package mutating func add(
    _ scenario: String, _ runs: [RunSummary], missing: [String],
    notEnoughSeeds: [RequiredMark] = [], interruption: String? = nil
  ) {
    suites.append(
      Suite(
        name: scenario, runs: runs, missing: missing, notEnoughSeeds: notEnoughSeeds,
        interruption: interruption))
  }

  /// The whole document.
  package var text: String {
    var xml = #"<?xml version="1.0" encoding="UTF-8"?>"# + "\n<testsuites name=\"turbulence\">\n"
    for suite in suites {
      let failures = suite.runs.count { $0.verdict.isFailure }
      let cut = suite.interruption == nil ? 0 : 1
      let errors = cut + suite.runs.count { $0.verdict != .pass && !$0.verdict.isFailure }
      let seconds = Self.seconds(suite.runs.reduce(0) { $0 + $1.wallMicroseconds })
      let coverage = suite.missing.isEmpty ? 0 : 1
      let tests = suite.runs.count + coverage + suite.notEnoughSeeds.count + cut
      xml += "  <testsuite name=\"\(Self.escape(suite.name))\" tests=\"\(tests)\""
      xml += " failures=\"\(failures + coverage)\" errors=\"\(errors)\""
      if !suite.notEnoughSeeds.isEmpty { xml += " skipped=\"\(suite.notEnoughSeeds.count)\"" }
      xml += " time=\"\(seconds)\">\n"
      for run in suite.runs { xml += Self.testCase(run) }
      if coverage > 0 {
        xml += Self.testCase(
          suite.name, "must-reach",
          #"<failure type="coverage" message="never reached: \#(suite.missing.joined(separator: ", "))"/>"#
        )
      }
      for mark in suite.notEnoughSeeds {
        xml += Self.testCase(
          suite.name, "must-reach \(mark.name)",
          #"<skipped message="not enough seeds: \#(suite.runs.count) of \#(mark.seeds)"/>"#)
      }
      if let signal = suite.interruption {
        xml += Self.testCase(
          suite.name, "all seeds",
          #"<error type="interrupted" message="\#(signal) came after \#(suite.runs.count) seeds"/>"#
        )
      }
      xml += "  </testsuite>\n"
    }
    return xml + "</testsuites>\n"
  }

  /// A case that stands for no run of its own; the names in `outcome` need no escapes.
  private static func testCase(_ suite: String, _ name: String, _ outcome: String) -> String {
    "    <testcase classname=\"\(escape(suite))\" name=\"\(name)\" time=\"0.000\">\n"
      + "      \(outcome)\n    </testcase>\n"
  }

  private static func testCase(_ run: RunSummary) -> String {
    var xml = "    <testcase classname=\"\(escape(run.scenario))\" name=\"seed \(run.seed)\""
    xml += " time=\"\(seconds(run.wallMicroseconds))\""
    guard run.verdict != .pass else { return xml + "/>\n" }
    let element = run.verdict.isFailure ? "failure" : "error"
    let lines =
      [run.reproduction]
      + run.violations.map { "\($0.invariant) \($0.bookingID): \($0.explanation)" }
    xml +=
      ">\n      <\(element) type=\"\(run.verdict.name)\" message=\"\(escape(run.reason ?? ""))\">"
    xml += escape(lines.joined(separator: "\n")) + "</\(element)>\n    </testcase>\n"
    return xml
  }

  /// With three decimals.
  private static func seconds(_ microseconds: Int64) -> String {
    let millis = String(microseconds / 1_000 % 1_000 + 1_000).dropFirst()
    return "\(microseconds / 1_000_000).\(millis)"
  }

  /// Escapes text for attributes and elements; what XML 1.0 cannot hold becomes U+FFFD.
  static func escape(_ text: String) -> String {
    var out = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": out += "&amp;"
      case "<": out += "&lt;"
      case ">": out += "&gt;"
      case "\"": out += "&quot;"
      case "'": out += "&apos;"
      case "\n": out += "&#10;"
      case "\t": out += "&#9;"
      case "\r": out += "&#13;"
      case _ where scalar.value < 0x20 || (0xFFFE...0xFFFF).contains(scalar.value):
        out += "\u{FFFD}"
      default: out.unicodeScalars.append(scalar)
      }
    }
    return out
  }
}

extension Verdict {
  /// Whether it says something about the program under test; else the run itself went wrong.
  fileprivate var isFailure: Bool {
    switch self {
    case .violated, .stuck: true
    case .pass, .inconclusive, .nondeterministic: false
    }
  }
}
