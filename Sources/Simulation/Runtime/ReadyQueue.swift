import CGSL
import DequeModule
import HeapModule

/// A job that may run now.
struct ReadyJob {
  let job: UnownedJob
  let process: SimulatedProcess
  /// Counts all jobs of the simulator.
  let sequence: UInt64
}

/// The runnable jobs of a simulator, and the choice of the one that runs next.
///
/// Choices are drawn from the seed's own schedule stream, and only where there are two or more jobs.
struct ReadyQueue {
  private let schedule: Simulator.Schedule
  private var stream: RandomStream
  private var line = Deque<ReadyJob>()
  private var bag: [ReadyJob] = []
  private var priorities = TaskPriorities()

  init(_ schedule: Simulator.Schedule, _ streams: Streams) {
    self.schedule = schedule
    stream = streams.stream(Purpose("schedule"))
  }

  /// Adds a job.
  mutating func add(_ job: ReadyJob) {
    switch schedule {
    case .fifo: line.append(job)
    case .random: bag.append(job)
    case .pct: priorities.add(job, &stream)
    }
  }

  /// Removes the job that runs next.
  mutating func take() -> ReadyJob? {
    switch schedule {
    case .fifo: return line.popFirst()
    case .random:
      guard bag.count > 1 else { return bag.popLast() }
      // Swap and remove: O(1), and the order of the rest carries no meaning.
      let index = stream.index(below: bag.count)
      bag.swapAt(index, bag.count - 1)
      return bag.removeLast()
    case .pct: return priorities.take(&stream)
    }
  }

  /// Removes all jobs of a process, in the order in which they became runnable.
  mutating func remove(of process: SimulatedProcess) -> [ReadyJob] {
    var removed: [ReadyJob] = []
    switch schedule {
    case .fifo:
      removed = line.filter { $0.process === process }
      line.removeAll { $0.process === process }
    case .random:
      removed = bag.filter { $0.process === process }
      bag.removeAll { $0.process === process }
    case .pct: removed = priorities.remove(of: process)
    }
    return removed.sorted { $0.sequence < $1.sequence }
  }
}

/// Runs the task with the highest priority; priorities are random and change at random points.
///
/// Source: Burckhardt, Kothari, Musuvathi, Nagarakatte, "A Randomized Scheduler with Probabilistic
/// Guarantees of Finding Bugs", ASPLOS 2010. Their change points are drawn beforehand from the known
/// length of the run; ours come at random gaps, since a run's length is not known here.
private struct TaskPriorities {
  private struct Entry: Comparable {
    let job: ReadyJob
    let priority: Int64

    static func < (a: Entry, b: Entry) -> Bool {
      a.priority < b.priority
        || (a.priority == b.priority && a.job.sequence > b.job.sequence)
    }
    static func == (a: Entry, b: Entry) -> Bool { a.job.sequence == b.job.sequence }
  }

  /// Change points are this many jobs apart on average.
  private static let gap = 100
  /// Tasks remembered before the oldest half is forgotten.
  private static let memory = 8_192

  private var heap = Heap<Entry>()
  /// Priorities by task identity, for looking up only: the identities differ from run to run.
  private var recent: [UInt64: Int64] = [:]
  private var older: [UInt64: Int64] = [:]
  private var lowest: Int64 = 0
  private var untilChange = gap

  mutating func add(_ job: ReadyJob, _ stream: inout RandomStream) {
    heap.insert(Entry(job: job, priority: priority(of: job, &stream)))
  }

  mutating func take(_ stream: inout RandomStream) -> ReadyJob? {
    guard heap.count > 1 else { return heap.popMax()?.job }
    untilChange -= 1
    if untilChange <= 0, let entry = heap.popMax() {
      untilChange = 1 + stream.index(below: 2 * Self.gap)
      lowest -= 1
      if let task = entry.job.task { remember(task, lowest) }
      heap.insert(Entry(job: entry.job, priority: lowest))
    }
    return heap.popMax()?.job
  }

  mutating func remove(of process: SimulatedProcess) -> [ReadyJob] {
    let entries = heap.unordered
    heap = Heap(entries.filter { $0.job.process !== process })
    return entries.filter { $0.job.process === process }.map(\.job)
  }

  private mutating func priority(of job: ReadyJob, _ stream: inout RandomStream) -> Int64 {
    guard let task = job.task else { return Int64(stream.next() >> 1) }
    if let known = recent[task] { return known }
    let priority = older[task] ?? Int64(stream.next() >> 1)
    remember(task, priority)
    return priority
  }

  private mutating func remember(_ task: UInt64, _ priority: Int64) {
    recent[task] = priority
    if recent.count >= Self.memory {
      older = recent
      recent = [:]
    }
  }
}

extension ReadyJob {
  /// The identity of the task that this job continues; nil when it is not a task's (an actor's).
  fileprivate var task: UInt64? {
    // A job without ownership is one pointer to the runtime's object, which is alive until it runs.
    let object = unsafeBitCast(job, to: UnsafeMutableRawPointer.self)
    return swift_task_getJobFlags(object) & 0xff == 0 ? swift_task_getJobTaskId(object) : nil
  }
}
