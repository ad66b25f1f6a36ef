package import FakeVendors
import Simulation

extension ScenarioFaults where Fault == BookingComFault {
  /// How Booking.com behaves.
  package static func hotel(_ scenario: Scenario.Hotel, _ log: any FaultRecorder) -> ScenarioFaults<
    BookingComFault
  > {
    ScenarioFaults("hotel", scenario.common, log) { call, draw, stream in
      if draw.hits(scenario.tooManyRequests) {
        return Named(.tooManyRequests, "too-many-requests")
      }
      if draw.hits(scenario.error500) {
        let effect = stream.index(below: 2) == 0
        return Named(.internalError(effect: effect), "error-500", effect ? "after" : "before")
      }
      switch call.operation {
      case "preview":
        if draw.hits(scenario.unavailable) { return Named(.unavailable, "unavailable") }
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
        if draw.hits(scenario.unavailable) { return Named(.unavailable, "unavailable") }
        if draw.hits(scenario.tokenExpired) { return Named(.tokenExpired, "token-expired") }
        if draw.hits(scenario.duplicateRequest) {
          return Named(.duplicateRequest, "duplicate-request")
        }
        if draw.hits(scenario.cancelledByProperty.share) {
          return Named(
            .cancelledByProperty(after: stream.delay(scenario.cancelledByProperty.after)),
            "cancelled-by-property")
        }
        if draw.hits(scenario.cancelledByTraveller.share) {
          return Named(
            .cancelledByTraveller(after: stream.delay(scenario.cancelledByTraveller.after)),
            "cancelled-by-traveller")
        }
      case "cancel":
        if draw.hits(scenario.cancelConflict) { return Named(.cancelConflict, "cancel-conflict") }
      default: break
      }
      return nil
    }
  }

  /// How long each new order stays invisible to look-ups; drawn from the creating call.
  package static func lookupLag(_ scenario: Scenario.Hotel, _ log: any FaultRecorder)
    -> @Sendable (String) ->
    Duration
  {
    let purpose = Purpose("conduct/hotel/lookup-lag")
    return { baggage in
      var stream = log.streams.stream(purpose, CallKeys.hash(baggage, "lookup-lag"))
      return stream.delay(scenario.lookupLag)
    }
  }
}
