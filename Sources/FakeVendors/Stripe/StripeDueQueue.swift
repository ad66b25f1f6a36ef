/// Things to do at a time: a binary heap ordered by (time, sequence of insertion).
///
/// Insertion and removal cost O(log n). Two things due at the same microsecond come out in the order
/// in which they went in.
struct StripeDueQueue<Item: Sendable>: Sendable {
  private struct Entry: Sendable {
    let due: Int64
    let sequence: UInt64
    let item: Item

    func precedes(_ other: Entry) -> Bool {
      (due, sequence) < (other.due, other.sequence)
    }
  }

  private var heap: [Entry] = []
  private var nextSequence: UInt64 = 0

  /// The earliest thing and when it is due, in microseconds since 1970.
  var first: (due: Int64, item: Item)? { heap.first.map { ($0.due, $0.item) } }

  /// How many things wait.
  var count: Int { heap.count }

  /// Adds a thing that is due at `due`, in microseconds since 1970.
  mutating func insert(_ item: Item, due: Int64) {
    heap.append(Entry(due: due, sequence: nextSequence, item: item))
    nextSequence += 1
    var child = heap.count - 1
    while child > 0 {
      let parent = (child - 1) / 2
      guard heap[child].precedes(heap[parent]) else { return }
      heap.swapAt(child, parent)
      child = parent
    }
  }

  /// Removes and returns the earliest thing if it is due at `now`.
  mutating func pop(dueBy now: Int64) -> (due: Int64, item: Item)? {
    guard let top = heap.first, top.due <= now else { return nil }
    let last = heap.removeLast()
    if !heap.isEmpty {
      heap[0] = last
      siftDown()
    }
    return (top.due, top.item)
  }

  private mutating func siftDown() {
    var parent = 0
    while true {
      var least = parent
      for child in [2 * parent + 1, 2 * parent + 2]
      where child < heap.count && heap[child].precedes(heap[least]) {
        least = child
      }
      guard least != parent else { return }
      heap.swapAt(parent, least)
      parent = least
    }
  }
}
