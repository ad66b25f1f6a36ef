import Audit
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
    let plan = self
    let underWay = OrderedWork.run(count: count, jobs: jobs, interruption: interruption) { index in
      world(plan.entries[index / plan.seeds.count], plan.seed(index))
    } body: { index, summary in
      body(index / seeds.count, summary)
    }
    return underWay.map { (entry: $0 / seeds.count, seed: seed($0)) }
  }

  private func seed(_ index: Int) -> UInt64 { seeds.lowerBound + UInt64(index % seeds.count) }
}
