import FakeServices
import Scenarios

/// Makes each fake's conduct: flawless or a scenario's, and the faults that are ordered on top.
struct Conducts {
  let board: FaultBoard
  let play: ScenarioPlay?

  var stripe: BoardConduct<StripeFault> {
    let base: (any Conduct<StripeFault>)? = play.map {
      ServiceConduct<StripeFault>.stripe($0.scenario.services.stripe, $0)
    }
    return BoardConduct(
      .stripe, board: board, base: base ?? FlawlessConduct<StripeFault>(), make: FaultMaker.stripe)
  }

  var amadeus: BoardConduct<AmadeusFault> {
    let base: (any Conduct<AmadeusFault>)? = play.map {
      ServiceConduct<AmadeusFault>.flight($0.scenario.services.flight, $0)
    }
    return BoardConduct(
      .amadeus, board: board, base: base ?? FlawlessConduct<AmadeusFault>(),
      make: FaultMaker.amadeus)
  }

  var bookingCom: BoardConduct<BookingComFault> {
    let base: (any Conduct<BookingComFault>)? = play.map {
      ServiceConduct<BookingComFault>.hotel($0.scenario.services.hotel, $0)
    }
    return BoardConduct(
      .bookingcom, board: board, base: base ?? FlawlessConduct<BookingComFault>(),
      make: FaultMaker.bookingCom)
  }

  var viator: BoardConduct<ViatorFault> {
    let base: (any Conduct<ViatorFault>)? = play.map {
      ServiceConduct<ViatorFault>.activity($0.scenario.services.activity, $0)
    }
    return BoardConduct(
      .viator, board: board, base: base ?? FlawlessConduct<ViatorFault>(), make: FaultMaker.viator)
  }

  var mail: BoardConduct<MailFault> {
    let base: (any Conduct<MailFault>)? = play.map {
      ServiceConduct<MailFault>.mail($0.scenario.services.mail, $0)
    }
    return BoardConduct(
      .mail, board: board, base: base ?? FlawlessConduct<MailFault>(), make: FaultMaker.mail)
  }

  /// How long an order stays invisible to look-ups at Booking.com.
  var lookupLag: @Sendable (_ baggage: String) -> Duration {
    guard let play else { return { _ in .zero } }
    return ServiceConduct<BookingComFault>.lookupLag(play.scenario.services.hotel, play)
  }
}
