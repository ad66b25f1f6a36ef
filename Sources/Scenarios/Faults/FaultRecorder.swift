package import FakeVendors
package import Simulation

/// Where fault injectors draw from, and where they write down what they do.
package protocol FaultRecorder: AnyObject, Sendable {
  /// The random numbers of the run.
  var streams: Streams { get }
  /// Whether everything is healed: from then on nothing goes wrong any more.
  var isQuiet: Bool { get }
  /// Counts a rare situation by the name that ``MarkCatalogue`` has for it.
  func mark(_ name: String)
  /// A service's own fault meets a call.
  func serviceFault(_ kind: String, of call: ServiceCall, detail: String)
  /// Any other fault fired.
  func fault(
    _ kind: String, service: String, operation: String, bookingID: String, attempt: Int,
    detail: String)
}
