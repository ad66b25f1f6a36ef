/// Something that is told when its event is due, or that its owner died before that.
protocol EventTarget: AnyObject {
  /// The event is due.
  func happened(_ step: Int)
  /// The process that the event belonged to has died; the event will not happen.
  func ownerDied(_ step: Int)
}

/// Everything that will happen, ordered by (microsecond, sequence).
///
/// A binary heap of small entries beside a table of what they do. Taking an event back empties its
/// place in the table at once (closures are released) and leaves the entry in the heap, where it is
/// skipped; when such entries become the majority, the heap is rebuilt without them.
struct EventQueue {
  /// What an event does.
  enum Action {
    case perform(() -> Void)
    /// A task that has announced that it will wait, but has not stopped yet.
    case reserved
    case resume(UnsafeContinuation<Void, any Error>)
    case notify(any EventTarget, Int)
  }

  /// An event that is due.
  struct Due {
    let at: Int64
    let sequence: UInt64
    let kind: StaticString
    let action: Action
    let owner: SimulatedProcess?
  }

  private struct Entry {
    var at: Int64
    var sequence: UInt64
    var slot: Int32

    static func < (a: Entry, b: Entry) -> Bool {
      a.at < b.at || (a.at == b.at && a.sequence < b.sequence)
    }
  }

  private struct Slot {
    /// 0 when the slot is free.
    var sequence: UInt64
    var kind: StaticString
    var action: Action
    var owner: SimulatedProcess?
    /// In the list of the owner's slots; `next` also links free slots.
    var next: Int32
    var previous: Int32
    var isTimed: Bool
  }

  private var heap: [Entry] = []
  private var slots: [Slot] = []
  private var firstFree: Int32 = -1
  private var sequence: UInt64 = 0
  private var stale = 0

  /// Adds an event; with no time it never comes, but its owner's death still reaches its target.
  mutating func add(
    at time: Int64?, _ kind: StaticString, _ action: Action, owner: SimulatedProcess? = nil
  ) -> ScheduledEvent {
    sequence += 1
    let slot = place(
      Slot(
        sequence: sequence, kind: kind, action: action, owner: owner, next: -1, previous: -1,
        isTimed: time != nil))
    if let owner {
      let next = owner.firstOwned
      slots[Int(slot)].next = next
      if next >= 0 { slots[Int(next)].previous = slot }
      owner.firstOwned = slot
    }
    if let time { push(Entry(at: time, sequence: sequence, slot: slot)) }
    return ScheduledEvent(sequence: sequence, slot: slot)
  }

  /// Takes an event back and returns what it would have done; nil when it is gone. O(1).
  mutating func remove(_ event: ScheduledEvent) -> Action? {
    let index = Int(event.slot)
    guard index >= 0, index < slots.count, slots[index].sequence == event.sequence else {
      return nil
    }
    if slots[index].isTimed {
      stale += 1
      defer { if stale > 1_024, stale > heap.count / 2 { compact() } }
      return release(event.slot)
    }
    return release(event.slot)
  }

  /// Puts a task to sleep on the event it reserved; false when the event is gone.
  mutating func suspend(
    _ event: ScheduledEvent, _ continuation: UnsafeContinuation<Void, any Error>
  ) -> Bool {
    let index = Int(event.slot)
    guard index < slots.count, slots[index].sequence == event.sequence else { return false }
    slots[index].action = .resume(continuation)
    return true
  }

  /// When the next event is due.
  mutating func nextTime() -> Int64? {
    while let first = heap.first {
      if slots[Int(first.slot)].sequence == first.sequence { return first.at }
      pop()
      stale -= 1
    }
    return nil
  }

  /// Removes the next event, which ``nextTime()`` has just found.
  mutating func takeNext() -> Due {
    let entry = heap[0]
    pop()
    let slot = slots[Int(entry.slot)]
    _ = release(entry.slot)
    return Due(
      at: entry.at, sequence: entry.sequence, kind: slot.kind, action: slot.action,
      owner: slot.owner)
  }

  /// Removes one of a process's events, the latest first.
  mutating func takeOwned(by process: SimulatedProcess) -> Action? {
    guard process.firstOwned >= 0 else { return nil }
    if slots[Int(process.firstOwned)].isTimed { stale += 1 }
    return release(process.firstOwned)
  }

  /// Forgets everything.
  mutating func removeAll() {
    heap = []
    slots = []
    firstFree = -1
    stale = 0
  }

  // MARK: Slots

  private mutating func place(_ slot: Slot) -> Int32 {
    guard firstFree >= 0 else {
      slots.append(slot)
      return Int32(slots.count - 1)
    }
    let index = firstFree
    firstFree = slots[Int(index)].next
    slots[Int(index)] = slot
    return index
  }

  private mutating func release(_ index: Int32) -> Action {
    let (next, previous) = (slots[Int(index)].next, slots[Int(index)].previous)
    if let owner = slots[Int(index)].owner {
      if previous >= 0 { slots[Int(previous)].next = next } else { owner.firstOwned = next }
      if next >= 0 { slots[Int(next)].previous = previous }
      slots[Int(index)].owner = nil
    }
    let action = slots[Int(index)].action
    slots[Int(index)].action = .reserved
    slots[Int(index)].sequence = 0
    slots[Int(index)].previous = -1
    slots[Int(index)].next = firstFree
    firstFree = index
    return action
  }

  // MARK: Heap

  private mutating func push(_ entry: Entry) {
    heap.append(entry)
    heap.withUnsafeMutableBufferPointer { heap in
      var child = heap.count - 1
      while child > 0 {
        let parent = (child - 1) / 2
        guard entry < heap[parent] else { break }
        heap[child] = heap[parent]
        child = parent
      }
      heap[child] = entry
    }
  }

  private mutating func pop() {
    let last = heap.removeLast()
    if !heap.isEmpty { sink(last, at: 0) }
  }

  private mutating func sink(_ entry: Entry, at index: Int) {
    heap.withUnsafeMutableBufferPointer { heap in
      var parent = index
      while true {
        var child = 2 * parent + 1
        guard child < heap.count else { break }
        if child + 1 < heap.count, heap[child + 1] < heap[child] { child += 1 }
        guard heap[child] < entry else { break }
        heap[parent] = heap[child]
        parent = child
      }
      heap[parent] = entry
    }
  }

  private mutating func compact() {
    heap.removeAll { slots[Int($0.slot)].sequence != $0.sequence }
    stale = 0
    for index in stride(from: heap.count / 2 - 1, through: 0, by: -1) {
      sink(heap[index], at: index)
    }
  }
}

/// A handle on a scheduled event.
public struct ScheduledEvent: Sendable, Hashable {
  let sequence: UInt64
  let slot: Int32
}
