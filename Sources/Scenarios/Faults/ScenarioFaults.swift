package import FakeVendors
package import Simulation

/// How the calls of one service go: latency and faults drawn from the scenario, call by call.
package final class ScenarioFaults<Fault: VendorFault>: FaultInjector, @unchecked Sendable {
  // Unchecked: whoever runs it asks from one thread at a time.
  private let log: any FaultRecorder
  private let common: Scenario.Common
  private let faults = Purpose("conduct/\(Fault.service)/fault")
  private let latencies = Purpose("conduct/\(Fault.service)/latency")
  private let draw: FaultDraw<Fault>
  private var keys = CallKeys()

  /// Creates what a scenario says of a service.
  package init(
    _ service: some ScenarioService<Fault>, _ log: any FaultRecorder
  ) {
    self.log = log
    common = service.common
    draw = FaultDraw(service.faults)
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
    guard let hit = draw.hit(call.operation, &stream) else { return CallPlan(latency: latency) }
    log.serviceFault(hit.name, of: call, detail: hit.detail)
    return CallPlan(latency: latency, fault: hit.fault)
  }
}

extension FaultInjectors {
  /// Creates what a scenario says of all services.
  package init(_ services: Scenario.Services, _ log: any FaultRecorder) {
    self.init()
    stripe = ScenarioFaults(services.stripe, log)
    amadeus = ScenarioFaults(services.flight, log)
    bookingCom = ScenarioFaults(services.hotel, log)
    viator = ScenarioFaults(services.activity, log)
    mail = ScenarioFaults(services.mail, log)
    lookupLag = services.hotel.lookupLag(log)
    pageSize = services.hotel.pageSize
  }
}

extension Scenario.Hotel {
  /// How long each new order stays invisible to look-ups; drawn from the creating call.
  fileprivate func lookupLag(_ log: any FaultRecorder) -> @Sendable (_ baggage: String) -> Duration
  {
    let purpose = Purpose("conduct/hotel/lookup-lag")
    return { [lookupLag] baggage in
      var stream = log.streams.stream(purpose, CallKeys.hash(baggage, "lookup-lag"))
      return stream.delay(lookupLag)
    }
  }
}

extension RandomStream {
  /// A delay from a distribution in seconds, at least a microsecond.
  package mutating func delay(_ distribution: Distribution) -> Duration {
    max(.microseconds(1), distribution.duration(&self))
  }
}
