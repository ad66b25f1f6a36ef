import FakeVendors

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
  let fault: OrderableFault
  /// The members of the order that tell the fault something; looked up by member only.
  let told: [String: FaultValue]
  /// How many matching calls pass first.
  var after: Int
  /// How many matching calls are met after that.
  var count: Int

  /// The values of the fault's parameters.
  var values: FaultValues { fault.declaration.values(told: told) }

  /// Whether a call is one that the order is meant for.
  func matches(_ vendor: VendorName, _ operation: String) -> Bool {
    self.vendor == vendor && (self.operation == "*" || self.operation == operation)
  }
}
