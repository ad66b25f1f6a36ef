import Foundation

/// Latencies of calls, simulated and on sockets, side by side.
struct LatencyTable {
  private var simulated: [String: [Int64]] = [:]
  private var onSockets: [String: [Int64]] = [:]

  private let speed: Int

  /// Sets calls side by side.
  /// - Parameter speed: how much faster than the wall clock the run on sockets was.
  init(simulated: [TimedCall], onSockets: [TimedCall], speed: Int) {
    self.speed = speed
    for call in simulated { self.simulated[call.operation, default: []].append(call.microseconds) }
    for call in onSockets { self.onSockets[call.operation, default: []].append(call.microseconds) }
  }

  /// The table as text, one line per operation, in milliseconds: latencies in the scenario's time,
  /// and what sockets and machine add to a call in real time.
  var text: String {
    func cell(_ value: String) -> String {
      String(repeating: " ", count: max(0, 11 - value.count)) + value
    }
    func row(_ name: String, _ cells: [String]) -> String {
      name + String(repeating: " ", count: max(1, 34 - name.count))
        + cells.map(cell).joined() + "\n"
    }
    var text = row(
      "ms", ["calls sim", "sockets", "p50 sim", "sockets", "added", "p99 sim", "sockets", "added"])
    for name in Set(simulated.keys).union(onSockets.keys).sorted() {
      let left = simulated[name, default: []].sorted()
      let right = onSockets[name, default: []].sorted()
      var cells = ["\(left.count)", "\(right.count)"]
      for share in [0.5, 0.99] {
        let a = Self.quantile(left, share)
        let b = Self.quantile(right, share)
        cells += [Self.milliseconds(a), Self.milliseconds(b)]
        if let a, let b {
          cells.append(Self.milliseconds((b - a) / Int64(speed)))
        } else {
          cells.append("-")
        }
      }
      text += row(name, cells)
    }
    return text
  }

  private static func quantile(_ sorted: [Int64], _ share: Double) -> Int64? {
    guard !sorted.isEmpty else { return nil }
    return sorted[min(sorted.count - 1, Int(Double(sorted.count) * share))]
  }

  private static func milliseconds(_ value: Int64?) -> String {
    value.map { String(format: "%.1f", Double($0) / 1_000) } ?? "-"
  }
}
