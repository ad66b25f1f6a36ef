import FakeVendors
import Scenarios
import Synchronization

/// The faults that were ordered and have not yet met all their calls.
final class FaultRules: Sendable {
  private struct State: Sendable {
    var nextID = 1
    var orders: [FaultRule] = []
  }

  private let state = Mutex(State())

  /// The orders that are still open, oldest first.
  var pending: [FaultRule] { state.withLock { $0.orders } }

  /// Takes orders and returns them with their numbers.
  func place(_ orders: [FaultRule]) -> [FaultRule] {
    state.withLock { state in
      let placed = orders.map { order in
        var order = order
        order.id = state.nextID
        state.nextID += 1
        return order
      }
      state.orders += placed
      return placed
    }
  }

  /// Forgets all orders.
  func clear() { state.withLock { $0.orders = [] } }

  /// Returns the order that a call meets on one layer, and uses up one of its calls.
  ///
  /// Every open order of the layer that matches counts the call as passed, until one strikes.
  func take(_ layer: FaultRule.Layer, _ vendor: VendorName, _ operation: String) -> FaultRule? {
    strike(layer, vendor, operation, most: 1).first
  }

  /// Returns all orders of a layer that a call meets, and uses up one call of each.
  func takeAll(_ layer: FaultRule.Layer, _ vendor: VendorName, _ operation: String)
    -> [FaultRule]
  {
    strike(layer, vendor, operation, most: .max)
  }

  private func strike(
    _ layer: FaultRule.Layer, _ vendor: VendorName, _ operation: String, most: Int
  ) -> [FaultRule] {
    state.withLock { state in
      var struck: [FaultRule] = []
      for index in state.orders.indices
      where struck.count < most && state.orders[index].fault.layer == layer
        && state.orders[index].matches(vendor, operation)
      {
        if state.orders[index].after > 0 {
          state.orders[index].after -= 1
        } else {
          state.orders[index].count -= 1
          struck.append(state.orders[index])
        }
      }
      state.orders.removeAll { $0.count == 0 }
      return struck
    }
  }
}

/// Calls go as another injector says, unless a fault was ordered for them.
final class OrderedFaults<Fault: VendorFault>: FaultInjector {
  private let vendor: VendorName
  private let rules: FaultRules
  private let base: any FaultInjector<Fault>
  /// The injectors of scenarios are made for one thread; calls on sockets come on many.
  private let turn = Mutex(())

  init(_ vendor: VendorName, _ rules: FaultRules, _ base: any FaultInjector<Fault>) {
    self.vendor = vendor
    self.rules = rules
    self.base = base
  }

  func plan(for call: ServiceCall) -> CallPlan<Fault> {
    var plan = turn.withLock { _ in base.plan(for: call) }
    if let slow = rules.take(.slow, vendor, call.operation) {
      plan.latency = slow.values.time("after")
    }
    if let order = rules.take(.service, vendor, call.operation) {
      plan.fault = Fault.made(by: order)
    }
    return plan
  }
}

extension FaultInjectors {
  /// Creates what a scenario says, or nothing, with the faults that are ordered on top.
  init(rules: FaultRules, play: ScenarioPlay?) {
    if let play { self.init(play.scenario.services, play) } else { self.init() }
    stripe = OrderedFaults(.stripe, rules, stripe)
    amadeus = OrderedFaults(.amadeus, rules, amadeus)
    bookingCom = OrderedFaults(.bookingcom, rules, bookingCom)
    viator = OrderedFaults(.viator, rules, viator)
    mail = OrderedFaults(.mail, rules, mail)
  }
}
