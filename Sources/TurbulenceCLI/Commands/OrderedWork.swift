import Foundation

/// Pieces of work done on several threads, whose results are handed on in their order.
enum OrderedWork {
  /// Does all pieces; `body` is called on the calling thread, in order.
  ///
  /// An interruption ends it without waiting for what is under way: `body` is called for what was
  /// done, and the numbers of the others that had begun are returned.
  static func run<Result: Sendable>(
    count: Int, jobs: Int, interruption: Interruption = Interruption(),
    _ work: @escaping @Sendable (Int) -> Result, body: (Int, Result) -> Void
  ) -> [Int] {
    let progress = Progress<Result>(count: count)
    interruption.onArrival { progress.stop() }
    for _ in 0..<min(max(jobs, 1), max(count, 1)) {
      WorldThread.start {
        while let index = progress.claim() { progress.deliver(index, work(index)) }
      }
    }
    for index in 0..<count {
      if let result = progress.await(index) { body(index, result) }
    }
    return progress.underWay
  }

  /// Gives out numbers and takes in results.
  private final class Progress<Result: Sendable>: @unchecked Sendable {
    // Unchecked: everything is touched with the condition's lock held.
    private let condition = NSCondition()
    private let count: Int
    private var next = 0
    private var stopped = false
    private var begun: [Int] = []
    private var done: [Int: Result] = [:]

    init(count: Int) { self.count = count }

    func claim() -> Int? {
      condition.withLock {
        guard next < count, !stopped else { return nil }
        next += 1
        begun.append(next - 1)
        return next - 1
      }
    }

    func deliver(_ index: Int, _ result: Result) {
      condition.withLock {
        guard !stopped else { return }
        begun.removeAll { $0 == index }
        done[index] = result
        condition.broadcast()
      }
    }

    /// Gives out no more and takes in no more.
    func stop() {
      condition.withLock {
        stopped = true
        condition.broadcast()
      }
    }

    /// The numbers given out whose results never came, in order.
    var underWay: [Int] { condition.withLock { begun.sorted() } }

    /// Waits for a result; nil when it will not come.
    func await(_ index: Int) -> Result? {
      condition.withLock {
        while true {
          if let result = done.removeValue(forKey: index) { return result }
          if stopped { return nil }
          condition.wait()
        }
      }
    }
  }
}
