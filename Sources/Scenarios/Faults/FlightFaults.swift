package import FakeVendors
import Simulation

extension ScenarioFaults where Fault == AmadeusFault {
  /// How Amadeus behaves.
  package static func flight(_ scenario: Scenario.Flight, _ log: any FaultRecorder)
    -> ScenarioFaults<
      AmadeusFault
    >
  {
    ScenarioFaults("flight", scenario.common, log) { call, draw, stream in
      if draw.hits(scenario.tooManyRequests) {
        return Named(.tooManyRequests, "too-many-requests")
      }
      if draw.hits(scenario.error500) {
        let order = stream.index(below: 2) == 0
        return Named(.systemError(order: order), "error-500", order ? "after" : "before")
      }
      if call.operation == "token" { return nil }
      if draw.hits(scenario.tokenExpired) { return Named(.tokenExpired, "token-expired") }
      switch call.operation {
      case "price":
        if draw.hits(scenario.quoteExpired) { return Named(.quoteExpired, "quote-expired") }
        if draw.hits(scenario.priceDiscrepancy) {
          return Named(.priceDiscrepancy, "price-discrepancy")
        }
        if draw.hits(scenario.repriced) {
          // Whole tens, because amounts with three decimals end in a zero.
          let minor = Int64(1 + stream.index(below: 500)) * 10
          return Named(.repriced(byMinor: minor), "repriced", "\(minor)")
        }
        if draw.hits(scenario.priceOdd) {
          let odd = OddPrice.allCases[stream.index(below: OddPrice.allCases.count)]
          return Named(.oddPrice(odd), "price-odd", odd.rawValue)
        }
      case "create":
        if draw.hits(scenario.sellFailure) { return Named(.sellFailure, "sell-failure") }
        if draw.hits(scenario.quoteExpired) { return Named(.quoteExpired, "quote-expired") }
        if draw.hits(scenario.priceDiscrepancy) {
          return Named(.priceDiscrepancy, "price-discrepancy")
        }
        if draw.hits(scenario.scheduleChange.share) {
          let minutes = 30 + stream.index(below: 600)
          return Named(
            .scheduleChange(after: stream.delay(scenario.scheduleChange.after), minutes: minutes),
            "schedule-change", "\(minutes) min")
        }
        if draw.hits(scenario.cancelledByAirline.share) {
          return Named(
            .cancelledByAirline(after: stream.delay(scenario.cancelledByAirline.after)),
            "cancelled-by-airline")
        }
      case "cancel":
        if draw.hits(scenario.cancelRefusedTwice) {
          return Named(.cancelRefusedTwice, "cancel-refused-twice")
        }
      default: break
      }
      return nil
    }
  }
}
