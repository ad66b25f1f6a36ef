import DequeModule
import Synchronization

/// What was read of bookings lately, so that it need not be read and decoded again.
///
/// Never the truth: what is kept either never changes once written, or carries the version that it
/// was read at, to be compared with the database's. The oldest entry makes room for a new one.
final class BookingCache<Value: Sendable>: Sendable {
  private struct State {
    var entries: [BookingID: Value] = [:]
    var order: Deque<BookingID> = []
  }

  private let state = Mutex(State())
  private let limit: Int

  /// Creates an empty cache.
  /// - Parameter limit: the most bookings it holds.
  init(limit: Int = 4_096) { self.limit = limit }

  /// What is known of a booking; O(1).
  subscript(_ id: BookingID) -> Value? {
    get { state.withLock { $0.entries[id] } }
    set {
      state.withLock { state in
        guard let newValue else { preconditionFailure("entries leave by themselves") }
        guard state.entries.updateValue(newValue, forKey: id) == nil else { return }
        state.order.append(id)
        if state.order.count > limit, let oldest = state.order.popFirst() {
          state.entries[oldest] = nil
        }
      }
    }
  }
}
