import FakeVendors
import Scenarios

/// Makes each fake's conduct: flawless or a scenario's, and the faults that are ordered on top.
struct Conducts {
  let rules: FaultRules
  let play: ScenarioPlay?

  var stripe: OrderedFaults<StripeFault> {
    let base: (any FaultInjector<StripeFault>)? = play.map {
      ScenarioFaults<StripeFault>.stripe($0.scenario.services.stripe, $0)
    }
    return OrderedFaults(
      .stripe, rules: rules, base: base ?? NoFaults<StripeFault>(), make: FaultMaker.stripe)
  }

  var amadeus: OrderedFaults<AmadeusFault> {
    let base: (any FaultInjector<AmadeusFault>)? = play.map {
      ScenarioFaults<AmadeusFault>.flight($0.scenario.services.flight, $0)
    }
    return OrderedFaults(
      .amadeus, rules: rules, base: base ?? NoFaults<AmadeusFault>(),
      make: FaultMaker.amadeus)
  }

  var bookingCom: OrderedFaults<BookingComFault> {
    let base: (any FaultInjector<BookingComFault>)? = play.map {
      ScenarioFaults<BookingComFault>.hotel($0.scenario.services.hotel, $0)
    }
    return OrderedFaults(
      .bookingcom, rules: rules, base: base ?? NoFaults<BookingComFault>(),
      make: FaultMaker.bookingCom)
  }

  var viator: OrderedFaults<ViatorFault> {
    let base: (any FaultInjector<ViatorFault>)? = play.map {
      ScenarioFaults<ViatorFault>.activity($0.scenario.services.activity, $0)
    }
    return OrderedFaults(
      .viator, rules: rules, base: base ?? NoFaults<ViatorFault>(), make: FaultMaker.viator)
  }

  var mail: OrderedFaults<MailFault> {
    let base: (any FaultInjector<MailFault>)? = play.map {
      ScenarioFaults<MailFault>.mail($0.scenario.services.mail, $0)
    }
    return OrderedFaults(
      .mail, rules: rules, base: base ?? NoFaults<MailFault>(), make: FaultMaker.mail)
  }

  /// How long an order stays invisible to look-ups at Booking.com.
  var lookupLag: @Sendable (_ baggage: String) -> Duration {
    guard let play else { return { _ in .zero } }
    return ScenarioFaults<BookingComFault>.lookupLag(play.scenario.services.hotel, play)
  }
}
