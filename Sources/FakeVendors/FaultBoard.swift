import FakeServices
import Synchronization

/// The faults that were ordered and have not yet met all their calls.
final class FaultBoard: Sendable {
  private struct State: Sendable {
    var nextID = 1
    var orders: [FaultOrder] = []
  }

  private let state = Mutex(State())

  /// The orders that are still open, oldest first.
  var pending: [FaultOrder] { state.withLock { $0.orders } }

  /// Takes orders and returns them with their numbers.
  func place(_ orders: [FaultOrder]) -> [FaultOrder] {
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
  func take(_ layer: FaultOrder.Layer, _ vendor: VendorName, _ operation: String) -> FaultOrder? {
    strike(layer, vendor, operation, most: 1).first
  }

  /// Returns all orders of a layer that a call meets, and uses up one call of each.
  func takeAll(_ layer: FaultOrder.Layer, _ vendor: VendorName, _ operation: String)
    -> [FaultOrder]
  {
    strike(layer, vendor, operation, most: .max)
  }

  private func strike(
    _ layer: FaultOrder.Layer, _ vendor: VendorName, _ operation: String, most: Int
  ) -> [FaultOrder] {
    state.withLock { state in
      var struck: [FaultOrder] = []
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

/// Calls go as another conduct says, unless a fault was ordered for them.
final class BoardConduct<Fault: Sendable>: Conduct {
  private let vendor: VendorName
  private let board: FaultBoard
  private let base: any Conduct<Fault>
  private let make: @Sendable (FaultOrder) -> Fault?
  /// The conducts of scenarios are made for one thread; calls on sockets come on many.
  private let turn = Mutex(())

  init(
    _ vendor: VendorName, board: FaultBoard, base: any Conduct<Fault>,
    make: @escaping @Sendable (FaultOrder) -> Fault?
  ) {
    self.vendor = vendor
    self.board = board
    self.base = base
    self.make = make
  }

  func plan(for call: ServiceCall) -> CallPlan<Fault> {
    var plan = turn.withLock { _ in base.plan(for: call) }
    if let slow = board.take(.slow, vendor, call.operation) {
      plan.latency = slow.parameters.delay(2)
    }
    if let order = board.take(.service, vendor, call.operation) { plan.fault = make(order) }
    return plan
  }
}
