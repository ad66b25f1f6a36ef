import Audit
import FoundationEssentials
import Scenarios

#if canImport(Glibc)
  import Glibc
#endif

/// What a number of bookings without a violation says about the rate of violations.
package enum Confidence {
  /// The largest rate that would still give no violation in so many trials with 5 % probability:
  /// 1 − 0.05^(1/n), close to 3/n (the "rule of three").
  ///
  /// Source: Hanley & Lippman-Hand, "If Nothing Goes Wrong, Is Everything All Right?", JAMA 1983.
  package static func bound(trials: Int) -> Double {
    trials > 0 ? -expm1(log(0.05) / Double(trials)) : 1
  }

  /// `0 violations in 10,000 bookings: rate below 3.0e-4 with 95 % confidence`
  package static func statement(bookings: Int) -> String {
    "0 violations in \(bookings.grouped) bookings: "
      + "rate below \(scientific(bound(trials: bookings))) with 95 % confidence"
  }

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
