import DequeModule
import Synchronization

/// Where a run stands.
struct RunState: ~Copyable {
  /// Read by other threads that come where they must not.
  let isRunning = Atomic(false)
  /// Set by them.
  let hasForeignJob = Atomic(false)
  var stopReason: String?
  var isKilling = false
  var isShuttingDown = false
  /// Counts all jobs that became runnable in a living process.
  var jobs: UInt64 = 0
  /// Jobs and events since time last moved.
  var standstill = 0
}

/// Jobs of dead processes, run so that their tasks unwind.
struct UnwindingJobs {
  var jobs = Deque<ReadyJob>()
  var isRunning = false
}

extension Simulator {
  /// Runs until `condition` holds (asked after each event), nothing is left to do, or a limit is hit.
  ///
  /// May be called again, to go on from where the last run ended.
  public func run(until condition: () -> Bool = { false }) -> End {
    tripwire.armed {
      runState.isRunning.store(true, ordering: .relaxed)
      defer { runState.isRunning.store(false, ordering: .relaxed) }
      if let end = ending() { return end }
      if condition() { return .satisfied }
      while true {
        while let job = ready.take() {
          if let end = perform(job) { return end }
        }
        if condition() { return .satisfied }
        guard let time = events.nextTime() else { return .idle }
        if let end = limit(before: time) { return end }
        if let end = happen(events.takeNext()) { return end }
      }
    }
  }

  /// Makes a job runnable, or leaves it to its process's fate.
  func enqueue(_ job: UnownedJob, _ process: SimulatedProcess) {
    if runState.isRunning.load(ordering: .relaxed), !tripwire.isArmed {
      // Another thread, at the same time as the simulator's: touch nothing, drop the job.
      runState.hasForeignJob.store(true, ordering: .relaxed)
      return
    }
    guard process.isAlive else {
      // Not counted: what dead processes do leaves no trace.
      remains.jobs.append(ReadyJob(job: job, process: process, sequence: 0))
      return
    }
    runState.jobs += 1
    let entry = ReadyJob(job: job, process: process, sequence: runState.jobs)
    if process.isPaused {
      process.held.append(entry)
    } else {
      ready.add(entry)
    }
  }

  /// Runs what dead processes have left, unseen, unless a job is running (then after it).
  func unwind() {
    guard current == nil, !remains.isRunning, !remains.jobs.isEmpty else { return }
    remains.isRunning = true
    defer { remains.isRunning = false }
    tripwire.armed {
      var budget = limits.jobsWithoutProgress
      while let entry = remains.jobs.popFirst() {
        guard budget > 0 else {
          let name = "\(entry.process.nodeName)#\(entry.process.incarnation)"
          stop(
            "\(name) was killed but does not unwind: after \(limits.jobsWithoutProgress) jobs it "
              + "still runs; it must let errors out that its clock and its transport throw")
          remains.jobs = []
          return
        }
        budget -= 1
        run(entry)
      }
    }
  }

  private func run(_ entry: ReadyJob) {
    current = entry.process
    entry.job.runSynchronously(on: entry.process.executor)
    current = nil
  }

  private func perform(_ entry: ReadyJob) -> End? {
    let process = entry.process
    trace.record(
      at: now.microseconds, "job", entry.sequence, process.ordinal,
      detail: { "\(process.nodeName)#\(process.incarnation)" })
    jobCount += 1
    run(entry)
    return settle()
  }

  private func happen(_ due: EventQueue.Due) -> End? {
    if due.at > now.microseconds {
      now = SimulatedInstant(microseconds: due.at)
      runState.standstill = 0
    }
    eventCount += 1
    trace.record(
      at: due.at, due.kind, due.sequence, due.owner?.ordinal ?? 0,
      detail: { due.owner.map { "\($0.nodeName)#\($0.incarnation)" } ?? "" })
    switch due.action {
    case .perform(let action): action()
    case .resume(let continuation): continuation.resume()
    case .notify(let target, let step): target.happened(step)
    case .reserved: break
    }
    return settle()
  }

  /// After a job or an event: lets the dead unwind and looks whether the run is over.
  private func settle() -> End? {
    unwind()
    runState.standstill += 1
    return ending()
  }

  private func ending() -> End? {
    if tripwire.isTripped { return .escaped(tripwire.finding) }
    if runState.hasForeignJob.load(ordering: .relaxed) {
      return .escaped("another thread resumed a task of this simulation")
    }
    if let reason = runState.stopReason {
      runState.stopReason = nil
      return .stopped(reason)
    }
    if runState.standstill >= limits.jobsWithoutProgress {
      runState.standstill = 0
      return .limit("\(limits.jobsWithoutProgress) jobs ran at \(now) without time moving on")
    }
    return nil
  }

  private func limit(before time: Int64) -> End? {
    if eventCount >= limits.events { return .limit("\(limits.events) events have happened") }
    if time > horizon {
      return .limit("\(limits.virtualTime.inSeconds) of virtual time have passed")
    }
    return nil
  }
}
