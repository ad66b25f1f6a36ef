/// Bounds that hold for every world, whatever its scenario says.
///
/// The orchestrator is told that 15 minutes after it was sent, a request has had its effect or never
/// will (longest processing and the network's delay together). A world that broke this would prove
/// nothing about the orchestrator. 8 + 5 + 1 minutes leave one to spare.
package enum FaultLimits {
  /// The longest time that a request can be late on the network.
  package static let longestDelay = Duration.seconds(8 * 60)
  /// The longest time that a vendor works on a request.
  package static let longestProcessing = Duration.seconds(5 * 60)
  /// The longest way there or back.
  package static let longestLatency = Duration.seconds(60)
}
