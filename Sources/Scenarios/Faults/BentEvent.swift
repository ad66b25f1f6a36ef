import FakeVendors
import Simulation
import Wire

/// How one event of Stripe is delivered less than whole: drawn once, the same at every attempt.
struct BentEvent {
  /// It lacks what is optional.
  let isIncomplete: Bool
  /// What is optional has odd forms.
  let isOdd: Bool
  /// What decides is missing. Only of payments: what the event would have told is asked for as well.
  /// Of a refund made by hand, or a dispute, the event is the only news.
  let isHollow: Bool
  private let type: String
  private let stream: RandomStream

  init(_ scenario: Scenario.Stripe, _ type: String, _ stream: RandomStream) {
    var stream = stream
    isIncomplete = stream.chance(partsPerMillion: scenario.webhookIncomplete.partsPerMillion)
    isOdd = stream.chance(partsPerMillion: scenario.webhookOddForms.partsPerMillion)
    let isHollow = stream.chance(partsPerMillion: scenario.webhookHollow.partsPerMillion)
    self.isHollow = isHollow && type.hasPrefix("payment_intent.")
    self.type = type
    self.stream = stream
  }

  /// Whether anything of it is bent.
  var isAny: Bool { isIncomplete || isOdd || isHollow }

  /// Returns the bytes to deliver in place of an event's own.
  func bent(_ body: [UInt8]) -> [UInt8] {
    guard var node = JSONValue(parsing: body) else { return body }
    var bender = Bender(stream)
    let members = OptionalMembers.ofEvent(type)
    if isIncomplete { bender.thin(&node, members) }
    if isOdd { bender.bend(&node, members) }
    if isHollow { bender.hollow(&node, OptionalMembers.decisiveOfEvent) }
    return node.written
  }
}
