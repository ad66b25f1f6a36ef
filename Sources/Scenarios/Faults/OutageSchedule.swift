package import Simulation

/// The outages of a scenario, by service and virtual time.
package struct OutageSchedule: Sendable {
  private struct Window {
    var service: String
    var range: Range<Int64>
    var fault: NetworkFault
  }
  private let windows: [Window]
  /// When the last outage ends, in microseconds; 0 without outages.
  package let end: Int64

  /// Creates the schedule of a scenario's outages.
  package init(_ outages: [Scenario.Outage]) {
    windows = outages.map { outage in
      let from = Self.microseconds(outage.from)
      let fault: NetworkFault =
        switch outage.mode {
        case .refused: .refused
        case .requestLost: .requestLost
        case .responseLost: .responseLost
        case .badGateway: .badGateway(effect: false)
        }
      return Window(
        service: outage.service,
        range: from..<max(from, from + Self.microseconds(outage.length)), fault: fault)
    }
    end = windows.map(\.range.upperBound).max() ?? 0
  }

  /// Returns what an outage does to a call to a service at a moment, nil when there is none; the
  /// first of several that overlap counts.
  package func fault(_ service: String, at: Int64) -> NetworkFault? {
    guard at < end else { return nil }
    return windows.first { $0.service == service && $0.range.contains(at) }?.fault
  }

  private static func microseconds(_ seconds: Double) -> Int64 { Int64((seconds * 1e6).rounded()) }
}
