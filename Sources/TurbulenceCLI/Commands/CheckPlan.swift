import Audit
import Foundation
import Worlds

/// Runs many worlds on several threads and hands their summaries on in a fixed order.
///
/// Worlds share nothing. A result is summarised on its own thread and let go: memory stays flat
/// however many seeds there are.
struct CheckPlan: Sendable {
  var entries: [ScenarioFiles.Entry]
  var seeds: Range<UInt64>
  var jobs: Int

  /// How many worlds there are.
  var count: Int { entries.count * seeds.count }

  /// Runs all worlds; `body` is called on the calling thread, scenario by scenario, seed by seed.
  ///
  /// An interruption ends it without waiting for worlds under way: `body` is called for those that
  /// were done, and the others that had begun are returned.
  func run(
    interruption: Interruption = Interruption(),
    _ world: @escaping @Sendable (ScenarioFiles.Entry, UInt64) -> RunSummary,
    body: (_ entry: Int, RunSummary) -> Void
  ) -> [(entry: Int, seed: UInt64)] {
    let progress = Progress(count: count)
    interruption.onArrival { progress.stop() }
    for _ in 0..<min(max(jobs, 1), max(count, 1)) {
      WorldThread.start {
        while let index = progress.claim() {
          let entry = entries[index / seeds.count]
          let seed = seeds.lowerBound + UInt64(index % seeds.count)
          progress.deliver(index, world(entry, seed))
        }
      }
    }
    for index in 0..<count {
      if let summary = progress.await(index) { body(index / seeds.count, summary) }
    }
    return progress.underWay.map {
      (entry: $0 / seeds.count, seed: seeds.lowerBound + UInt64($0 % seeds.count))
    }
  }

  /// Gives out numbers of worlds and takes in their summaries.
  private final class Progress: @unchecked Sendable {
    // Unchecked: everything is touched with the condition's lock held.
    private let condition = NSCondition()
    private let count: Int
    private var next = 0
    private var stopped = false
    private var begun: [Int] = []
    private var done: [Int: RunSummary] = [:]

    init(count: Int) { self.count = count }

    func claim() -> Int? {
      condition.withLock {
        guard next < count, !stopped else { return nil }
        next += 1
        begun.append(next - 1)
        return next - 1
      }
    }

    func deliver(_ index: Int, _ summary: RunSummary) {
      condition.withLock {
        guard !stopped else { return }
        begun.removeAll { $0 == index }
        done[index] = summary
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

    /// The numbers given out whose summaries never came, in order.
    var underWay: [Int] { condition.withLock { begun.sorted() } }

    /// Waits for a summary; nil when it will not come.
    func await(_ index: Int) -> RunSummary? {
      condition.withLock {
        while true {
          if let summary = done.removeValue(forKey: index) { return summary }
          if stopped { return nil }
          condition.wait()
        }
      }
    }
  }
}
