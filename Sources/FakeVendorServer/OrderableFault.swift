import FakeVendors
import Scenarios
import Simulation

/// A fault that can be ordered on a service's port, and where in a call's life it strikes.
struct OrderableFault: Sendable, Hashable {
  let declaration: FaultDeclaration
  let layer: FaultRule.Layer

  /// The service works on the call for a while.
  private static let slow = FaultDeclaration(
    "slow", .every, "the service works this long on the call",
    [FaultParameter("after", .wait, member: "seconds", usual: .time(.seconds(2)))])

  /// The event is sent later than usual.
  static let webhookDelay = FaultDeclaration(
    "webhook-delay", .only(["webhook"]), "the event is sent this much later",
    [FaultParameter("after", .wait, member: "seconds", usual: .time(.seconds(60)))])

  /// Returns all faults of a service, in a fixed order.
  static func all(_ vendor: VendorName) -> [OrderableFault] {
    let layers: [(FaultRule.Layer, [FaultDeclaration])] = [
      (.network, NetworkFault.declarations), (.slow, [slow]),
      (.answer, vendor == .mail ? [] : BentAnswers.declarations), (.service, vendor.faults),
      (.webhook, vendor == .stripe ? [webhookDelay] + events : []),
    ]
    return layers.flatMap { layer, faults in
      faults.map { OrderableFault(declaration: $0, layer: layer) }
    }
  }

  private static let events = StripeEventFault.allCases.filter { !$0.isInBody }
    .map(\.declaration)
}

extension DeclaredFault {
  /// Makes the fault that an order names; nil when the table has none of that name.
  static func made(by order: FaultRule) -> Self? {
    table.first { $0.declaration.name == order.fault.declaration.name }?.make(order.values)
  }
}
