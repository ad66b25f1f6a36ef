import FakeVendors
import Simulation
import Wire

/// How one event of Stripe is delivered less than whole: drawn once, the same at every attempt.
struct BentEvent {
  /// What is wrong with its body. What decides is missing (``StripeEventFault/hollow``) only of
  /// payments: what the event would have told is asked for as well. Of a refund made by hand, or a
  /// dispute, the event is the only news.
  let faults: [StripeEventFault]
  private let type: String
  private let stream: RandomStream
  /// Draws what is said of money.
  private let apart: RandomStream

  init(
    _ scenario: Scenario.Webhooks, _ type: String, _ stream: RandomStream, apart: RandomStream
  ) {
    var stream = stream
    var apart = apart
    faults = StripeEventFault.allCases.filter(\.isInBody).filter { fault in
      let share = scenario[fault].partsPerMillion
      if fault.isAboutMoney {
        return apart.chance(partsPerMillion: share) && OptionalMembers.tellsOfMoney(type)
      }
      let isDrawn = stream.chance(partsPerMillion: share)
      return isDrawn && (fault != .hollow || type.hasPrefix("payment_intent."))
    }
    self.type = type
    self.stream = stream
    self.apart = apart
  }

  /// Returns the bytes to deliver in place of an event's own.
  func bent(_ body: [UInt8]) -> [UInt8] {
    guard var node = JSONValue(parsing: body) else { return body }
    var bender = Bender(stream)
    let members = OptionalMembers.ofEvent(type)
    var liar = Bender(apart)
    for fault in faults {
      switch fault {
      case .otherAmount: liar.misstate(&node, OptionalMembers.amountsOfEvent)
      case .otherCurrency: liar.exchange(&node, OptionalMembers.currencyOfEvent)
      case .incomplete: bender.thin(&node, members)
      case .oddForms: bender.bend(&node, members)
      case .hollow: bender.hollow(&node, OptionalMembers.decisiveOfEvent)
      default: break
      }
    }
    return node.written
  }
}
