/// One incarnation of a program on a node.
///
/// It is the task executor of all its tasks. What is killed is a process; its node can start another.
public final class SimulatedProcess: TaskExecutor, @unchecked Sendable {
  // Unchecked: confined to the simulator's thread.

  /// The node's name.
  public let nodeName: String
  /// 1 for a node's first process, then counted up.
  public let incarnation: Int
  /// Whether it still runs.
  public private(set) var isAlive = true
  /// Whether it stands still (``Node/pause()``).
  public private(set) var isPaused = false
  /// How many of its root tasks have not ended; 0 some time after its death, unless one of them waits
  /// for something that the simulator does not know of.
  public private(set) var taskCount = 0

  let simulator: Simulator
  /// Counts the processes of the world.
  let ordinal: UInt64
  /// The first of its events in the event queue, -1 for none.
  var firstOwned: Int32 = -1
  /// Jobs that became runnable while it was paused.
  var held: [ReadyJob] = []

  private let node: Node
  /// Root tasks by place; places are reused.
  private var roots: [Task<Void, Never>?] = []
  private var freeRoots: [Int] = []

  init(_ node: Node, _ simulator: Simulator, incarnation: Int) {
    self.node = node
    self.simulator = simulator
    self.incarnation = incarnation
    nodeName = node.name
    ordinal = simulator.nextProcess()
  }

  /// Its clock.
  public var clock: SimulatedClock { SimulatedClock(process: self) }

  /// Returns what its node's wall clock shows: microseconds since 1970, of which `epoch` were over as
  /// the world began.
  public func wallClockMicroseconds(epoch: Int64) -> Int64 {
    epoch + simulator.now.microseconds + node.clockOffset.wholeMicroseconds
  }

  /// Throws ``ProcessDied`` when the process is dead: every seam that the embedding program offers
  /// to the process (its database, its generators) begins with this.
  public func checkAlive() throws {
    if !isAlive { throw ProcessDied() }
  }

  /// Starts a further root task, for example for an incoming request; nothing when the process is
  /// dead.
  ///
  /// Errors other than ``ProcessDied`` and `CancellationError` stop the run.
  public func spawn(_ body: @escaping @Sendable () async throws -> Void) {
    guard isAlive else { return }
    let place = freeRoots.popLast() ?? roots.count
    if place == roots.count { roots.append(nil) }
    taskCount += 1
    // The priority is fixed: it would otherwise be that of the thread which runs the simulator.
    roots[place] = Task(executorPreference: self, priority: .medium) {
      do {
        try await body()
      } catch is ProcessDied {
      } catch is CancellationError {
      } catch {
        // What a dead process throws as it unwinds is nobody's concern.
        if self.isAlive {
          self.simulator.stop("\(self.nodeName)#\(self.incarnation) threw \(error)")
        }
      }
      self.roots[place] = nil
      self.freeRoots.append(place)
      self.taskCount -= 1
    }
  }

  /// Kills this process from within, at this very point, and throws ``ProcessDied``.
  public func crashHere() throws -> Never {
    die()
    throw ProcessDied()
  }

  /// Waits; the same as sleeping on ``clock``, and cheaper.
  /// - Throws: `CancellationError`, or ``ProcessDied`` when the process is dead.
  public func wait(_ delay: Duration) async throws {
    try await sleep(until: simulator.instant(after: delay))
  }

  public func enqueue(_ job: consuming ExecutorJob) {
    simulator.enqueue(UnownedJob(job), self)
  }

  /// This process as the runtime names executors.
  var executor: UnownedTaskExecutor { asUnownedTaskExecutor() }
}

/// Thrown by every seam of a process that has been killed.
public struct ProcessDied: Error, Sendable, Hashable {
  /// Creates the error, for seams that the embedding program builds.
  public init() {}
}

// MARK: Waiting

extension SimulatedProcess {
  /// Ends the wait of a task that must not wait: dead, or cancelled.
  ///
  /// It lets others run first. Without that, a loop that ignores errors would spin inside one job
  /// for ever, and no limit could end it.
  func refuseToWait() async throws {
    guard !isAlive || Task.isCancelled else { return }
    await Task.yield()
    try checkAlive()
    throw CancellationError()
  }

  func sleep(until time: Int64) async throws {
    try await refuseToWait()
    let simulator = simulator
    let event = simulator.events.add(
      at: max(time, simulator.now.microseconds), "sleep", .reserved, owner: self)
    // Unsafe continuations: checked ones cost an allocation for each sleep, and the event queue
    // hands out each of its actions exactly once.
    try await withTaskCancellationHandler {
      try await withUnsafeThrowingContinuation { continuation in
        if !simulator.events.suspend(event, continuation) {
          continuation.resume(throwing: self.isAlive ? CancellationError() : ProcessDied())
        }
      }
    } onCancel: {
      // Runs on the simulator's thread: only tasks of the simulation cancel its tasks.
      guard case .resume(let continuation) = simulator.events.remove(event) else { return }
      continuation.resume(throwing: self.isAlive ? CancellationError() : ProcessDied())
    }
  }
}

// MARK: Dying

extension SimulatedProcess {
  /// Kills the process: see ``Node/crash()``.
  func die() {
    guard isAlive else { return }
    simulator.record("crash", ordinal, detail: "\(nodeName)#\(incarnation)")
    isAlive = false
    isPaused = false
    if node.process === self { node.process = nil }
    simulator.living.removeAll { $0 === self }

    simulator.remains.jobs.append(contentsOf: simulator.ready.remove(of: self))
    simulator.remains.jobs.append(contentsOf: held)
    held = []
    simulator.runState.isKilling = true
    while let action = simulator.events.takeOwned(by: self) {
      switch action {
      case .resume(let continuation): continuation.resume(throwing: ProcessDied())
      case .notify(let target, let step): target.ownerDied(step)
      case .perform, .reserved: break
      }
    }
    for case let root? in roots { root.cancel() }
    simulator.runState.isKilling = false
    simulator.unwind()
  }

  func pause() {
    guard isAlive, !isPaused else { return }
    simulator.record("pause", ordinal, detail: "\(nodeName)#\(incarnation)")
    isPaused = true
    held = simulator.ready.remove(of: self)
  }

  func resume() {
    guard isPaused else { return }
    simulator.record("resume", ordinal, detail: "\(nodeName)#\(incarnation)")
    isPaused = false
    let jobs = held
    held = []
    for job in jobs { simulator.ready.add(job) }
  }
}
