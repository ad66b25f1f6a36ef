import Audit
import OrderedCollections

/// The latencies of one operation of one service, all of them, sorted: percentiles are exact.
struct LatencyGroup {
  let service: String
  let operation: String
  /// In microseconds, ascending; never empty.
  let sorted: [Int64]
  /// Calls that were not answered with a 2xx.
  let errors: Int

  /// Rounded down.
  var mean: Int64 { sorted.reduce(0, +) / Int64(sorted.count) }

  /// The smallest latency that at least this share of the calls did not exceed (nearest rank).
  func percentile(perMille: Int) -> Int64 {
    let rank = (perMille * sorted.count + 999) / 1_000
    return sorted[max(rank, 1) - 1]
  }

  /// Groups calls by service and operation, in alphabetical order.
  static func groups(of calls: [CallRecord]) -> [LatencyGroup] {
    struct Key: Hashable {
      var service: String
      var operation: String
    }
    var groups: OrderedDictionary<Key, (latencies: [Int64], errors: Int)> = [:]
    for call in calls {
      let key = Key(service: call.service, operation: call.operation)
      groups[key, default: ([], 0)].latencies.append(call.latencyMicroseconds)
      if call.outcome != "ok" { groups[key, default: ([], 0)].errors += 1 }
    }
    return groups.map { key, group in
      LatencyGroup(
        service: key.service, operation: key.operation, sorted: group.latencies.sorted(),
        errors: group.errors)
    }
    .sorted { ($0.service, $0.operation) < ($1.service, $1.operation) }
  }
}
