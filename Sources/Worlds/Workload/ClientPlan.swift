import Audit
import Scenarios
import Simulation

/// What one client is going to do, drawn before it does anything.
struct ClientPlan: Sendable, Hashable {
  /// How long it waits for an answer.
  var patience: Duration
  /// After this much time it sends its request a second time, at the same time as the first.
  var doubleClick: Duration?
  /// Whether it sends the same request again after a time-out (else it looks its booking up).
  var retries: Bool
  /// Whether it later sends the same key with another body.
  var otherBody: Bool
  /// How the body is broken that it sends before its true one.
  var malformed: Malformation?
  /// What its first body lacks, as JSON Pointers into it.
  var lacking: String?
  /// It books its option under another key this long after it was registered.
  var rivalAfter: Duration?
  /// It gives its first request up after this much time.
  var hangUp: Duration?
  /// It cancels the trip this long after it asked for it.
  var cancelAfter: Duration?
  /// This long after its trip was registered it asks for another client's booking.
  var pryAfter: Duration?
  /// This long after its trip was registered it asks by HEAD, and by a method that a path does not have.
  var probeAfter: Duration?
  /// What it does with links, once it is booked.
  var links: LinkPlan?
  /// It changes the trip this long after it was told that it is confirmed.
  var modifyAfter: Duration?
  /// Once that is decided it changes the trip again, each time this long after the change before it.
  var laterChanges: [Duration] = []
  /// It asks for its last change again under another key, this long after it first did.
  var modifyTwice: Duration?
  /// Then it cancels the trip, this long after it asked for its last change.
  var cancelAfterModify: Duration?

  /// What no request to book may lack.
  private static let members = [
    "/tripOptionId", "/paymentInfo", "/paymentInfo/paymentMethodId", "/paymentInfo/amount",
    "/paymentInfo/currency", "/userContact", "/userContact/email",
  ]

  /// Draws the plan of a client. Every draw is made, needed or not: no share shifts another draw.
  init(_ clients: Scenario.Clients, streams: Streams, client: Int) {
    var stream = streams.stream(Purposes.client, UInt64(client))
    patience = max(.seconds(1), clients.patience.duration(&stream))
    let clicksTwice = stream.chance(partsPerMillion: clients.doubleClick.partsPerMillion)
    let clickGap = Duration.milliseconds(20 + stream.index(below: 800))
    doubleClick = clicksTwice ? clickGap : nil
    retries = stream.chance(partsPerMillion: clients.retryAfterTimeout.partsPerMillion)
    otherBody = stream.chance(partsPerMillion: clients.otherBody.partsPerMillion)
    let hangsUp = stream.chance(partsPerMillion: clients.hangUp.partsPerMillion)
    let moment = Duration.milliseconds(50 + stream.index(below: 10_000))
    hangUp = hangsUp ? moment : nil
    let cancels = stream.chance(partsPerMillion: clients.cancel.share.partsPerMillion)
    let after = clients.cancel.after.duration(&stream)
    cancelAfter = cancels ? after : nil
    let pries = stream.chance(partsPerMillion: clients.foreignReads.partsPerMillion)
    let later = Duration.milliseconds(100 + stream.index(below: 60_000))
    pryAfter = pries ? later : nil
    // Came later than the rest, so that it has a stream of its own.
    stream = streams.stream(Purposes.malformed, UInt64(client))
    let isMalformed = stream.chance(partsPerMillion: clients.malformed.partsPerMillion)
    let kind = Malformation.allCases[stream.index(below: Malformation.allCases.count)]
    malformed = isMalformed ? kind : nil
    stream = streams.stream(Purposes.links, UInt64(client))
    let shares = stream.chance(partsPerMillion: clients.share.partsPerMillion)
    let drawn = LinkPlan(&stream)
    links = shares ? drawn : nil
    stream = streams.stream(Purposes.modify, UInt64(client))
    let modifies = stream.chance(partsPerMillion: clients.modify.share.partsPerMillion)
    let wait = clients.modify.after.duration(&stream)
    modifyAfter = modifies ? wait : nil
    let asksAgain = stream.chance(partsPerMillion: clients.modifyTwice.partsPerMillion)
    let gap = Duration.milliseconds(20 + stream.index(below: 3_000))
    modifyTwice = asksAgain ? gap : nil
    let regrets = stream.chance(partsPerMillion: clients.cancelWhileModifying.partsPerMillion)
    let regret = Duration.milliseconds(50 + stream.index(below: 10_000))
    cancelAfterModify = regrets ? regret : nil
    stream = streams.stream(Purposes.modifyAgain, UInt64(client))
    for _ in 2...TripGenerator.mostChanges {
      let again = stream.chance(partsPerMillion: clients.modifyAgain.partsPerMillion)
      let wait = clients.modify.after.duration(&stream)
      if again { laterChanges.append(wait) }
    }
    stream = streams.stream(Purposes.probe, UInt64(client))
    let probes = stream.chance(partsPerMillion: clients.probe.partsPerMillion)
    let probed = Duration.milliseconds(100 + stream.index(below: 30_000))
    probeAfter = probes ? probed : nil
    // Programs that get JSON wrong also forget members.
    stream = streams.stream(Purposes.lacking, UInt64(client))
    let isLacking = stream.chance(partsPerMillion: clients.malformed.partsPerMillion)
    let member = Self.members[stream.index(below: Self.members.count)]
    lacking = isLacking ? member : nil
    stream = streams.stream(Purposes.rival, UInt64(client))
    let isRival = stream.chance(partsPerMillion: clients.rival.share.partsPerMillion)
    let rivalry = clients.rival.after.duration(&stream)
    rivalAfter = isRival ? rivalry : nil
  }
}

/// A way in which programs get a JSON body wrong.
enum Malformation: Sendable, Hashable, CaseIterable {
  /// The last byte is missing.
  case cut
  /// Something follows the end.
  case trailing
  /// A member stands twice (RFC 8259, section 4: what receivers do is unpredictable).
  case doubled
  /// The object stands in an array.
  case wrapped
  /// A byte that UTF-8 does not have.
  case notUnicode

  /// Returns the body of an object, broken.
  func applied(to body: [UInt8]) -> [UInt8] {
    switch self {
    case .cut: Array(body.dropLast())
    case .trailing: body + Array("}".utf8)
    case .doubled: Array(#"{"tripOptionId":"trip-0","#.utf8) + body.dropFirst()
    case .wrapped: Array("[".utf8) + body + Array("]".utf8)
    case .notUnicode: [0xFF] + body
    }
  }
}
