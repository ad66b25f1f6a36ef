extension SagaPlan {
  /// An authorisation that is captured when the trip is booked.
  struct Hold: Sendable, Hashable, Codable {
    /// What was taken of it, in minor units; nil while nothing was.
    var captured: Int64?
    /// The activities whose price was released rather than taken, as they had failed by then.
    var released: [Int] = []
    /// An event told that it has ended, or was taken: Stripe is to be asked.
    var isInDoubt = false
    /// It ended before it was captured: it expired, or the bank or somebody else took it back.
    var hasEnded = false
  }
}
