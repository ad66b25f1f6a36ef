import CoreMetrics
import Synchronization

/// One series of a ``PrometheusRegistry``.
protocol Metric: Sendable {
  /// `counter`, `gauge` or `histogram`.
  var type: String { get }
  /// Appends its lines.
  func write(_ name: String, _ labels: String, to text: inout String)
}

final class PrometheusCounter: Metric, CounterHandler, FloatingPointCounterHandler {
  private let value = Mutex(0.0)
  var type: String { "counter" }
  func increment(by amount: Int64) { value.withLock { $0 += Double(amount) } }
  func increment(by amount: Double) { value.withLock { $0 += amount } }
  func reset() { value.withLock { $0 = 0 } }
  func write(_ name: String, _ labels: String, to text: inout String) {
    text += line(name, labels, value.withLock { $0 })
  }
}

final class PrometheusGauge: Metric, MeterHandler, RecorderHandler {
  private let value = Mutex(0.0)
  var type: String { "gauge" }
  func set(_ new: Int64) { value.withLock { $0 = Double(new) } }
  func set(_ new: Double) { value.withLock { $0 = new } }
  func increment(by amount: Double) { value.withLock { $0 += amount } }
  func decrement(by amount: Double) { value.withLock { $0 -= amount } }
  func record(_ new: Int64) { set(new) }
  func record(_ new: Double) { set(new) }
  func write(_ name: String, _ labels: String, to text: inout String) {
    text += line(name, labels, value.withLock { $0 })
  }
}

final class PrometheusHistogram: Metric, RecorderHandler, TimerHandler {
  private struct State {
    var buckets: [Int]
    var sum = 0.0
    var count = 0
  }
  private let bounds: [Double]
  private let state: Mutex<State>
  var type: String { "histogram" }

  init(_ bounds: [Double]) {
    self.bounds = bounds
    state = Mutex(State(buckets: Array(repeating: 0, count: bounds.count)))
  }

  func record(_ value: Int64) { record(Double(value)) }
  func recordNanoseconds(_ duration: Int64) { record(Double(duration) / 1e9) }

  func record(_ value: Double) {
    state.withLock { state in
      if let place = bounds.firstIndex(where: { value <= $0 }) { state.buckets[place] += 1 }
      state.sum += value
      state.count += 1
    }
  }

  func write(_ name: String, _ labels: String, to text: inout String) {
    let state = state.withLock { $0 }
    let comma = labels.isEmpty ? "" : ","
    var total = 0
    for (bound, count) in zip(bounds, state.buckets) {
      total += count
      text += line("\(name)_bucket", "\(labels)\(comma)le=\"\(number(bound))\"", Double(total))
    }
    text += line("\(name)_bucket", "\(labels)\(comma)le=\"+Inf\"", Double(state.count))
    text += line("\(name)_sum", labels, state.sum)
    text += line("\(name)_count", labels, Double(state.count))
  }
}

/// One line of the text format; a gauge read at the scrape is written with it too.
func line(_ name: String, _ labels: String, _ value: Double) -> String {
  labels.isEmpty ? "\(name) \(number(value))\n" : "\(name){\(labels)} \(number(value))\n"
}

private func number(_ value: Double) -> String {
  // Exact up to 2^53; beyond it a count has other problems.
  value == value.rounded() && abs(value) < 9e15 ? String(Int64(value)) : String(value)
}
