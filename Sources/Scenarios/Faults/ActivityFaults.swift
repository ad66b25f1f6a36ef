package import FakeVendors
import Simulation

extension ScenarioFaults where Fault == ViatorFault {
  /// How Viator behaves.
  package static func activity(_ scenario: Scenario.Activity, _ log: any FaultRecorder)
    -> ScenarioFaults<ViatorFault>
  {
    ScenarioFaults("activity", scenario.common, log) { call, draw, stream in
      if draw.hits(scenario.tooManyRequests) {
        return Named(.tooManyRequests, "too-many-requests")
      }
      if draw.hits(scenario.unavailable) { return Named(.unavailable, "unavailable") }
      if draw.hits(scenario.error500) {
        let effect = stream.index(below: 2) == 0
        return Named(.internalError(effect: effect), "error-500", effect ? "after" : "before")
      }
      switch call.operation {
      case "availability":
        if draw.hits(scenario.soldOut) { return Named(.soldOut, "sold-out") }
      case "book":
        if draw.hits(scenario.rejected) { return Named(.rejected, "rejected") }
        if draw.hits(scenario.pending.share) {
          let fails = stream.chance(partsPerMillion: scenario.pendingRejected.partsPerMillion)
          return Named(
            .pending(resolvesAfter: stream.delay(scenario.pending.after), confirmed: !fails),
            "pending", fails ? "rejected" : "confirmed")
        }
        if draw.hits(scenario.cancelledBySupplier.share) {
          return Named(
            .cancelledBySupplier(after: stream.delay(scenario.cancelledBySupplier.after)),
            "cancelled-by-supplier")
        }
        if draw.hits(scenario.cancelledByTraveller.share) {
          return Named(
            .cancelledByTraveller(after: stream.delay(scenario.cancelledByTraveller.after)),
            "cancelled-by-traveller")
        }
      case "cancel":
        if draw.hits(scenario.cancelDeclined) {
          return Named(.cancelDeclined, "cancel-declined")
        }
        if draw.hits(scenario.neverCancellable) {
          return Named(.neverCancellable, "never-cancellable")
        }
      default: break
      }
      return nil
    }
  }
}

extension ScenarioFaults where Fault == MailFault {
  /// How the mail API behaves.
  package static func mail(_ scenario: Scenario.Mail, _ log: any FaultRecorder) -> ScenarioFaults<
    MailFault
  > {
    ScenarioFaults("mail", scenario.common, log) { call, draw, stream in
      if draw.hits(scenario.error500) {
        let accepted = stream.index(below: 2) == 0
        return Named(.internalError(accepted: accepted), "error-500", accepted ? "after" : "before")
      }
      if draw.hits(scenario.refused) { return Named(.refused, "refused") }
      return nil
    }
  }
}
