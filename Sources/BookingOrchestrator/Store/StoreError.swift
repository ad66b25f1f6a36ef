/// What the database holds that this version of the orchestrator must not work with.
///
/// Met by reading a row, it refuses loudly: a guess here could book or charge twice.
struct StoreError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What was found and where, for an operator.
  var description: String

  /// Creates an error from what an operator must know.
  init(_ description: String) { self.description = description }
}
