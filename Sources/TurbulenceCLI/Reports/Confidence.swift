import Audit
import FoundationEssentials
import Scenarios

#if canImport(Glibc)
  import Glibc
#endif

/// What a number of cases without a violation says about the rate of violations.
///
/// A case is one in which an invariant could have been violated. A booking is none by itself: what was put
/// to the test twelve times in ten thousand bookings is known of twelve cases. Cases of one world are not
/// quite independent of each other, so that a bound is a measure of how much was tried, not more.
package enum Confidence {
  /// How often one invariant was put to the test.
  package struct Trials: Sendable, Hashable {
    package var id: String
    /// What must hold.
    package var statement: String
    package var cases: Int

    package init(id: String, statement: String, cases: Int) {
      self.id = id
      self.statement = statement
      self.cases = cases
    }
  }

  /// How many invariants are named that were put to the test most rarely.
  static let named = 3

  /// The largest rate that would still give no violation in `cases` trials with 5 % probability:
  /// 1 − 0.05^(1/n), close to 3/n (the "rule of three").
  ///
  /// Source: Hanley & Lippman-Hand, "If Nothing Goes Wrong, Is Everything All Right?", JAMA 1983.
  package static func bound(cases: Int) -> Double {
    cases > 0 ? -expm1(log(0.05) / Double(cases)) : 1
  }

  /// What no violation in `bookings` bookings is worth, for people: the invariants that were put to the
  /// test most rarely by name, since of them least is known, and the rest by their weakest; all of them
  /// in the verbose form. Those without a case are not among them.
  package static func lines(bookings: Int, _ trials: [Trials], verbose: Bool) -> [String] {
    let tried = rarest(trials)
    guard let least = tried.first else { return ["0 violations in \(bookings.grouped) bookings"] }
    if verbose {
      var table = TextTable(["id", "cases", "rate below", "what must hold"])
      for trial in tried {
        table.add([trial.id, trial.cases.grouped, rate(trial), trial.statement])
      }
      return [
        "0 violations in \(bookings.grouped) bookings; by invariant, with 95 % confidence per case:"
      ] + table.lines.dropFirst().map { "  " + $0 }
    }
    let rest = tried.dropFirst(named)
    let rare = tried.prefix(named).map { "\($0.id) \(rate($0)) (\($0.cases.grouped))" }
    var line =
      "0 violations in \(bookings.grouped) bookings; rate per case (cases) with 95 % confidence below "
      + rare.joined(separator: ", ")
    if let weakest = rest.first, weakest.cases >= least.cases {
      line += "; \(rest.count) others \(rate(weakest)) or less"
    }
    return [line]
  }

  /// The invariants that were put to the test, most rarely first, of as many in the order given.
  static func rarest(_ trials: [Trials]) -> [Trials] {
    trials.enumerated().filter { $0.element.cases > 0 }
      .sorted { ($0.element.cases, $0.offset) < ($1.element.cases, $1.offset) }.map(\.element)
  }

  private static func rate(_ trial: Trials) -> String { scientific(bound(cases: trial.cases)) }

  /// Two significant digits, rounded up since it is a bound on the safe side: `3.0e-4`.
  static func scientific(_ value: Double) -> String {
    guard value > 0, value < 1 else { return "1" }
    var exponent = 0
    var mantissa = value
    while mantissa < 1 {
      mantissa *= 10
      exponent += 1
    }
    var tenths = Int((mantissa * 10).rounded(.up))
    if tenths >= 100 {
      tenths = 10
      exponent -= 1
    }
    return "\(tenths / 10).\(tenths % 10)e-\(exponent)"
  }
}
