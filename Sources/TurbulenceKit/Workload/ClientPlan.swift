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
  /// It gives its first request up after this much time.
  var hangUp: Duration?
  /// It cancels the trip this long after it asked for it.
  var cancelAfter: Duration?
  /// This long after its trip was registered it asks for another client's booking.
  var pryAfter: Duration?

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
  }
}
