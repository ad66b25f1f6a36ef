package import Simulation

/// One uniform draw among faults that exclude one another, each with its share.
///
/// The shares lie end to end in 0..<1,000,000; the draw hits the one it falls into, or none. A share
/// that grows moves only those behind it.
package struct ExclusiveDraw {
  private var rest: Int

  /// Makes the draw.
  package init(_ stream: inout RandomStream) { rest = stream.index(below: 1_000_000) }

  /// Creates a draw with a known result in 0..<1,000,000.
  package init(_ millionth: Int) { rest = millionth }

  /// Whether the draw falls into the next share.
  package mutating func hits(_ share: Share) -> Bool {
    guard rest >= 0 else { return false }
    rest -= share.partsPerMillion
    return rest < 0
  }
}
