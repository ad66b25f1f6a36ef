/// A rare situation that a check must reach, and with how many seeds that can be asked.
package struct RequiredMark: Sendable, Hashable {
  /// The mark's name, one of `MarkCatalogue`.
  package var name: String
  /// A check of fewer seeds that does not reach the mark has shown nothing.
  package var seeds: Int

  /// Creates a demand; without a number, one seed is enough to ask it.
  package init(_ name: String, seeds: Int = 1) {
    self.name = name
    self.seeds = seeds
  }
}
