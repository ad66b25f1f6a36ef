import Foundation

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
  func run(
    _ world: @escaping @Sendable (ScenarioFiles.Entry, UInt64) -> RunSummary,
    body: (_ entry: Int, RunSummary) -> Void
  ) {
    let desk = Desk(count: count)
    for _ in 0..<min(max(jobs, 1), max(count, 1)) {
      LargeStack.start {
        while let index = desk.claim() {
          let entry = entries[index / seeds.count]
          let seed = seeds.lowerBound + UInt64(index % seeds.count)
          desk.deliver(index, world(entry, seed))
        }
      }
    }
    for index in 0..<count { body(index / seeds.count, desk.await(index)) }
  }

  /// Gives out numbers of worlds and takes in their summaries.
  private final class Desk: @unchecked Sendable {
    // Unchecked: everything is touched with the condition's lock held.
    private let condition = NSCondition()
    private let count: Int
    private var next = 0
    private var done: [Int: RunSummary] = [:]

    init(count: Int) { self.count = count }

    func claim() -> Int? {
      condition.withLock {
        guard next < count else { return nil }
        next += 1
        return next - 1
      }
    }

    func deliver(_ index: Int, _ summary: RunSummary) {
      condition.withLock {
        done[index] = summary
        condition.broadcast()
      }
    }

    func await(_ index: Int) -> RunSummary {
      condition.withLock {
        while true {
          if let summary = done.removeValue(forKey: index) { return summary }
          condition.wait()
        }
      }
    }
  }
}
