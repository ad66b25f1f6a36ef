/// One exact fault that somebody ordered for calls to come.
struct FaultRule: Sendable, Hashable {
  /// Where in a call's life a fault strikes; one call can meet one fault of each layer.
  enum Layer: String, Sendable, Hashable {
    case network, service, slow, webhook, answer
  }

  /// Counts all orders, from 1.
  var id = 0
  let vendor: VendorName
  /// The operation, or `*` for all; for events their type.
  let operation: String
  let fault: FaultMenu.Entry
  let parameters: Parameters
  /// How many matching calls pass first.
  var after: Int
  /// How many matching calls are met after that.
  var count: Int

  /// What a fault can be told, beside its name; each fault takes some of these.
  struct Parameters: Sendable, Hashable {
    /// A delay.
    var seconds: Double?
    /// Whether the effect happens, of faults that hide it.
    var hasEffect: Bool?
    /// Whether what is pending succeeds in the end.
    var succeeds: Bool?
    var code: String?
    var declineCode: String?
    /// A difference of price in minor units.
    var minor: Int64?
    /// A move of a departure.
    var minutes: Int?

    /// The delay, or a default in seconds.
    func delay(_ seconds: Double) -> Duration {
      .microseconds(Int64((self.seconds ?? seconds) * 1e6))
    }
  }

  /// Whether a call is one that the order is meant for.
  func matches(_ vendor: VendorName, _ operation: String) -> Bool {
    self.vendor == vendor && (self.operation == "*" || self.operation == operation)
  }
}
