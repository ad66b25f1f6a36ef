import Simulation

/// What a client does with a link to its itinerary, drawn before it does anything.
struct LinkPlan: Sendable, Hashable {
  /// How the link ends.
  enum End: Sendable, Hashable, CaseIterable { case kept, revoked, expired }

  var end: End
  /// Whether it shows no prices.
  var hidesPrices: Bool
  /// From the first opening to the last, or to the end.
  var after: Duration
  /// How long the link works, in seconds.
  var lifetime: Int

  /// Draws a plan.
  init(_ stream: inout RandomStream) {
    end = End.allCases[stream.index(below: End.allCases.count)]
    hidesPrices = stream.index(below: 2) == 0
    after = .seconds(1 + stream.index(below: 120))
    // Those that are kept outlive the world.
    let brief = 60 + stream.index(below: 240)
    lifetime = end == .expired ? brief : 31_536_000
  }
}
