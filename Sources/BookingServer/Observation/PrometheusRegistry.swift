package import CoreMetrics
import Foundation
import Synchronization

/// Keeps metrics and tells them as Prometheus reads them (text format 0.0.4).
///
/// Counters end in `_total`; recorders and timers are histograms, timers in seconds.
package final class PrometheusRegistry: MetricsFactory {
  fileprivate struct Series: Hashable {
    let name: String
    let labels: String
  }
  private let metrics = Mutex<[Series: any Metric]>([:])

  /// Creates an empty registry.
  package init() {}

  /// Bounds of a histogram of seconds: from a commit's milliseconds to a vendor's minutes.
  package static let seconds: [Double] = [
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120,
  ]
  /// Bounds of a histogram of counts.
  package static let counts: [Double] = [1, 2, 4, 8, 16, 32, 64, 128, 256]

  /// All metrics as text, in the order of their names.
  package func text() -> String {
    let all = metrics.withLock { $0 }.sorted {
      ($0.key.name, $0.key.labels) < ($1.key.name, $1.key.labels)
    }
    var text = ""
    var last = ""
    for (series, metric) in all {
      if series.name != last { text += "# TYPE \(series.name) \(metric.type)\n" }
      last = series.name
      metric.write(series.name, series.labels, to: &text)
    }
    return text
  }

  private func metric<M: Metric>(_ name: String, _ dimensions: [(String, String)], _ make: () -> M)
    -> M
  {
    let series = Series(name: Self.name(name), labels: Self.labels(dimensions))
    return metrics.withLock { metrics in
      if let known = metrics[series] as? M { return known }
      let made = make()
      metrics[series] = made
      return made
    }
  }

  private static func name(_ label: String) -> String {
    String(label.map { ($0.isASCII && ($0.isLetter || $0.isNumber)) || $0 == "_" ? $0 : "_" })
  }

  /// Returns `a="b",c="d"` with the label names in order.
  private static func labels(_ dimensions: [(String, String)]) -> String {
    dimensions.sorted { $0.0 < $1.0 }.map { key, value in
      let escaped = value.replacing(#"\"#, with: #"\\"#).replacing("\"", with: #"\""#)
        .replacing("\n", with: #"\n"#)
      return "\(name(key))=\"\(escaped)\""
    }.joined(separator: ",")
  }
}

extension PrometheusRegistry {
  package func makeCounter(
    label: String, dimensions: [(String, String)]
  ) -> any CounterHandler { metric("\(label)_total", dimensions) { PrometheusCounter() } }

  package func makeFloatingPointCounter(
    label: String, dimensions: [(String, String)]
  ) -> any FloatingPointCounterHandler {
    metric("\(label)_total", dimensions) { PrometheusCounter() }
  }

  package func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
    metric(label, dimensions) { PrometheusGauge() }
  }

  package func makeRecorder(
    label: String, dimensions: [(String, String)], aggregate: Bool
  ) -> any RecorderHandler {
    if aggregate { return metric(label, dimensions) { PrometheusHistogram(Self.counts) } }
    return metric(label, dimensions) { PrometheusGauge() }
  }

  package func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
    metric("\(label)_seconds", dimensions) { PrometheusHistogram(Self.seconds) }
  }

  // Metrics are kept for good: there are few of them, and a counter that begins again misleads.
  package func destroyCounter(_ handler: any CounterHandler) {}
  package func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) {}
  package func destroyMeter(_ handler: any MeterHandler) {}
  package func destroyRecorder(_ handler: any RecorderHandler) {}
  package func destroyTimer(_ handler: any TimerHandler) {}
}
