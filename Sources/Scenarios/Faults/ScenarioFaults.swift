package import FakeVendors
package import Simulation

/// How the calls of one service go: latency and faults drawn from the scenario, call by call.
///
/// Each service's file adds an initialiser that says which of its faults can meet which operation.
package final class ScenarioFaults<Fault: Sendable>: FaultInjector, @unchecked Sendable {
  // Unchecked: whoever runs it asks from one thread at a time.
  private let log: any FaultRecorder
  private let common: Scenario.Common
  private let faults: Purpose
  private let latencies: Purpose
  private var keys = CallKeys()
  private let choose: (ServiceCall, inout ExclusiveDraw, inout RandomStream) -> Named?

  /// A fault with the name that reports have for it.
  struct Named {
    var fault: Fault
    var name: String
    var detail = ""
    init(_ fault: Fault, _ name: String, _ detail: String = "") {
      self.fault = fault
      self.name = name
      self.detail = detail
    }
  }

  /// Creates a conduct.
  /// - Parameter choose: picks the fault that the draw hits, with its parameters from the stream.
  init(
    _ service: String, _ common: Scenario.Common, _ log: any FaultRecorder,
    choose: @escaping (ServiceCall, inout ExclusiveDraw, inout RandomStream) -> Named?
  ) {
    self.log = log
    self.common = common
    self.choose = choose
    faults = Purpose("conduct/\(service)/fault")
    latencies = Purpose("conduct/\(service)/latency")
  }

  package func plan(for call: ServiceCall) -> CallPlan<Fault> {
    let key = keys.next(call.baggage, call.operation)
    let streams = log.streams
    var stream = streams.stream(latencies, key)
    let isSlow = stream.chance(partsPerMillion: common.slow.share.partsPerMillion)
    let latency = min(
      (isSlow ? common.slow.after : common.latency).duration(&stream),
      FaultLimits.longestProcessing)
    guard !log.isQuiet else { return CallPlan(latency: latency) }
    stream = streams.stream(faults, key)
    var draw = ExclusiveDraw(&stream)
    guard let hit = choose(call, &draw, &stream) else { return CallPlan(latency: latency) }
    log.serviceFault(hit.name, of: call, detail: hit.detail)
    return CallPlan(latency: latency, fault: hit.fault)
  }
}

extension RandomStream {
  /// A delay from a distribution in seconds, at least a microsecond.
  package mutating func delay(_ distribution: Distribution) -> Duration {
    max(.microseconds(1), distribution.duration(&self))
  }
}
