import HTTPService
import HTTPTypes
import Simulation

/// Decides how calls travel between a client and the fakes' ports.
final class VendorNetwork: Sendable {
  /// How one call travels.
  struct Journey: Sendable {
    var requestLatency = Duration.zero
    var responseLatency = Duration.zero
    var fault: NetworkFault?
    /// How long a client waits in vain before its connection is closed, in real time.
    var silence = VendorPort.silence
  }

  private let board: FaultBoard

  init(board: FaultBoard) { self.board = board }

  /// Plans the journey of one call.
  func journey(of call: HTTPCall, to vendor: VendorName) -> Journey {
    let operation = CallNames.operation(
      vendor, method: call.request.method.rawValue, path: call.request.path ?? "")
    var journey = Journey()
    if let order = board.take(.network, vendor, operation) {
      journey.fault = FaultMaker.network(order)
      if order.parameters.seconds != nil { journey.silence = order.parameters.delay(0) }
    }
    return journey
  }
}
