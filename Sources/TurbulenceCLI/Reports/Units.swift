/// Figures as people read them.
package enum Units {
  /// A length of time with the two units that matter: `1 h 02 min`, `3.42 s`, `12 ms`.
  package static func duration(microseconds: Int64) -> String {
    let seconds = microseconds / 1_000_000
    switch microseconds {
    case ..<1_000: return "\(microseconds) us"
    case ..<1_000_000: return "\(microseconds / 1_000) ms"
    case ..<60_000_000: return "\(seconds).\(twoDigits(microseconds / 10_000 % 100)) s"
    case ..<3_600_000_000: return "\(seconds / 60) min \(twoDigits(seconds % 60)) s"
    case ..<172_800_000_000: return "\(seconds / 3_600) h \(twoDigits(seconds / 60 % 60)) min"
    default: return "\(seconds / 86_400) d \(twoDigits(seconds / 3_600 % 24)) h"
    }
  }

  /// A moment of virtual time for a time line: `0:02:03.456789`, hours first.
  package static func moment(microseconds: Int64) -> String {
    let seconds = microseconds / 1_000_000
    let fraction = String(microseconds % 1_000_000 + 1_000_000).dropFirst()
    return
      "\(seconds / 3_600):\(twoDigits(seconds / 60 % 60)):\(twoDigits(seconds % 60)).\(fraction)"
  }

  private static func twoDigits(_ value: Int64) -> String { value < 10 ? "0\(value)" : "\(value)" }
}
