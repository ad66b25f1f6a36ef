/// What a vendor will do by itself, in order of time: a pending booking is decided, a property
/// cancels an order.
///
/// Nothing here waits. Every request first performs what is due, and `run()` of the vendor sleeps on
/// the injected clock until each entry's time, so that entries also happen when nobody asks.
struct Agenda: Sendable {
  private struct Entry: Sendable {
    let due: Int64
    let reservation: Int
  }

  // Latest first, so that the earliest is cheap to remove; of equal times the first added is last.
  private var entries: [Entry] = []
  private var newcomers: AsyncStream<Int64>.Continuation?

  /// When the earliest entry is due, in microseconds since 1970; nil when there is none.
  var nextDue: Int64? { entries.last?.due }

  /// Adds an entry for a reservation's place in its book.
  mutating func add(_ reservation: Int, due: Int64) {
    let place = entries.lastIndex { $0.due > due }.map { $0 + 1 } ?? 0
    entries.insert(Entry(due: due, reservation: reservation), at: place)
  }

  /// Removes the entries of a reservation.
  mutating func remove(_ reservation: Int) {
    entries.removeAll { $0.reservation == reservation }
  }

  /// Removes and returns the earliest entry that is due.
  mutating func popDue(at now: Int64) -> (due: Int64, reservation: Int)? {
    guard let last = entries.last, last.due <= now else { return nil }
    entries.removeLast()
    return (last.due, last.reservation)
  }

  /// Returns the times of all entries, and a stream of the times of those still to come.
  mutating func follow() -> (pending: [Int64], newcomers: AsyncStream<Int64>) {
    newcomers?.finish()
    let (stream, continuation) = AsyncStream.makeStream(of: Int64.self)
    newcomers = continuation
    return (entries.reversed().map(\.due), stream)
  }

  /// Who must be told of a new entry, once the lock is released.
  var follower: AsyncStream<Int64>.Continuation? { newcomers }
}

extension ServiceEnvironment {
  /// Calls `settle` whenever an entry of an agenda is due, until the task is cancelled.
  ///
  /// One child task sleeps per entry: entries are few, and a child ends with its entry.
  func follow(
    pending: [Int64], newcomers: AsyncStream<Int64>, settle: @escaping @Sendable () -> Void
  ) async throws {
    try await withThrowingDiscardingTaskGroup { group in
      for due in pending {
        group.addTask { try await self.settle(at: due, settle) }
      }
      for await due in newcomers {
        group.addTask { try await self.settle(at: due, settle) }
      }
      try Task.checkCancellation()
    }
  }

  private func settle(at due: Int64, _ settle: @Sendable () -> Void) async throws {
    while true {
      let now = now()
      if now >= due { break }
      try await clock.sleep(for: .microseconds(due - now))
    }
    settle()
  }
}

/// What must happen after a vendor's lock is released: watchers are told, sleepers are woken.
struct Aftermath: Sendable {
  /// The ledger's changes, in order.
  var changes: [LedgerChange] = []
  /// The times of new entries of the agenda.
  var dues: [Int64] = []
  /// Who follows the agenda.
  var follower: AsyncStream<Int64>.Continuation?

  /// Tells everybody.
  func deliver(to environment: ServiceEnvironment) {
    for change in changes { environment.watch(change) }
    for due in dues { follower?.yield(due) }
  }
}
