import OrderedCollections

/// What a vendor has to sell, and how much of it is taken.
///
/// Every unit is available, held or confirmed; each move takes units from exactly one place to
/// exactly one other, so available + held + confirmed is the total at every moment.
struct Inventory: Sendable {
  private var items: OrderedDictionary<String, Capacity> = [:]

  /// All capacities, in order of registration.
  var capacities: [Capacity] { Array(items.values) }

  /// Sets how many units of an item there are; what is already taken stays taken.
  /// - Precondition: `total` is not less than what is taken.
  mutating func setTotal(_ total: Int, of item: String) {
    var capacity = Capacity(item: item, total: total)
    if let old = items[item] {
      capacity.held = old.held
      capacity.confirmed = old.confirmed
    }
    capacity.available = total - capacity.held - capacity.confirmed
    precondition(capacity.available >= 0, "fewer \(item) than are taken")
    items[item] = capacity
  }

  /// Returns how many units can be sold; 0 of an item that was never registered.
  func available(_ item: String) -> Int { items[item]?.available ?? 0 }

  /// Takes units out of sale; returns false and changes nothing when there are not enough.
  mutating func hold(_ count: Int, of item: String) -> Bool {
    precondition(count > 0, "held \(count) of \(item)")
    guard available(item) >= count else { return false }
    move(item) {
      $0.available -= count
      $0.held += count
    }
    return true
  }

  /// Makes held units confirmed.
  /// - Precondition: as many are held.
  mutating func confirm(_ count: Int, of item: String) {
    move(item) {
      $0.held -= count
      $0.confirmed += count
    }
  }

  /// Puts held units back on sale.
  /// - Precondition: as many are held.
  mutating func releaseHeld(_ count: Int, of item: String) {
    move(item) {
      $0.held -= count
      $0.available += count
    }
  }

  /// Puts confirmed units back on sale.
  /// - Precondition: as many are confirmed.
  mutating func releaseConfirmed(_ count: Int, of item: String) {
    move(item) {
      $0.confirmed -= count
      $0.available += count
    }
  }

  private mutating func move(_ item: String, _ change: (inout Capacity) -> Void) {
    guard let index = items.index(forKey: item) else {
      preconditionFailure("\(item) is not in the inventory")
    }
    change(&items.values[index])
    let capacity = items.values[index]
    precondition(
      capacity.available >= 0 && capacity.held >= 0 && capacity.confirmed >= 0
        && capacity.available + capacity.held + capacity.confirmed == capacity.total,
      "moved more \(item) than there are")
  }
}
