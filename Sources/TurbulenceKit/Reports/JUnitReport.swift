/// JUnit XML of a check: one suite per scenario, one case per seed.
package struct JUnitReport: Sendable {
  private var suites: [(name: String, runs: [RunSummary], missing: [String])] = []

  package init() {}

  /// Adds a scenario with its runs and the required marks that none of them reached.
  package mutating func add(_ scenario: String, _ runs: [RunSummary], missing: [String]) {
    suites.append((scenario, runs, missing))
  }

  /// The whole document.
  package var text: String {
    var xml = #"<?xml version="1.0" encoding="UTF-8"?>"# + "\n<testsuites name=\"turbulence\">\n"
    for suite in suites {
      let failures = suite.runs.count { $0.verdict.isFailure }
      let errors = suite.runs.count { $0.verdict != .pass && !$0.verdict.isFailure }
      let seconds = Self.seconds(suite.runs.reduce(0) { $0 + $1.wallMicroseconds })
      let coverage = suite.missing.isEmpty ? 0 : 1
      xml +=
        "  <testsuite name=\"\(Self.escape(suite.name))\" tests=\"\(suite.runs.count + coverage)\""
      xml += " failures=\"\(failures + coverage)\" errors=\"\(errors)\" time=\"\(seconds)\">\n"
      for run in suite.runs { xml += Self.testCase(run) }
      if coverage > 0 {
        let names = Self.escape(suite.missing.joined(separator: ", "))
        xml +=
          "    <testcase classname=\"\(Self.escape(suite.name))\" name=\"must-reach\" time=\"0.000\">\n"
        xml +=
          "      <failure type=\"coverage\" message=\"never reached: \(names)\"/>\n    </testcase>\n"
      }
      xml += "  </testsuite>\n"
    }
    return xml + "</testsuites>\n"
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
