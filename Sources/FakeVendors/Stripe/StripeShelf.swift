/// Objects of one kind in the order in which they were created, found by id in O(1).
struct StripeShelf<Value: Sendable>: Sendable {
  private(set) var objects: [StripeSnapshot<Value>] = []
  /// Where an object stands in ``objects``.
  private(set) var positions: [String: Int] = [:]

  /// The object of an id; nil when there is none.
  subscript(_ id: String) -> StripeSnapshot<Value>? { positions[id].map { objects[$0] } }

  /// Adds an object or replaces the one of that id.
  @discardableResult
  mutating func put(_ value: Value, id: String) -> StripeSnapshot<Value> {
    let snapshot = StripeSnapshot(value)
    if let position = positions[id] {
      objects[position] = snapshot
    } else {
      positions[id] = objects.count
      objects.append(snapshot)
    }
    return snapshot
  }
}
