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

/// Calls go as a scenario says, or flawlessly, unless a fault was ordered for them.
final class OrderedFaults<Fault: VendorFault>: FaultInjector {
  private let vendor: VendorName
  private let rules: FaultRules
  private let base: any FaultInjector<Fault>
  /// The conducts of scenarios are made for one thread; calls on sockets come on many.
  private let turn = Mutex(())

  /// - Parameter play: the scenario that is played, if any, and its section for the service.
  init(
    _ vendor: VendorName, rules: FaultRules, play: ScenarioPlay?,
    _ service: KeyPath<Scenario.Services, some ScenarioService<Fault>>
  ) {
    self.vendor = vendor
    self.rules = rules
    if let play {
      base = ScenarioFaults(play.scenario.services[keyPath: service], play)
    } else {
      base = NoFaults()
    }
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
