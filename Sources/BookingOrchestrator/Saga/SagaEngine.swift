import DequeModule
import Synchronization

/// Drives the sagas of one orchestrator process: claims trips, performs what they want, gives them
/// back while they wait, and takes up what is due or was left behind by a process that died.
///
/// The database is the only memory: which trips want attention, and when, is read from it. Drives
/// run as children of nested task groups, never of a request.
final class SagaEngine: Sendable {
  private let database: any DatabaseAccess
  private let store: SagaStore
  private let driver: SagaDriver
  private let breakers: Breakers
  private let clock: any Clock<Duration>
  private let wallClock: any WallClock
  private let jitter: any JitterSource
  /// Rings the mailer after a commit that enqueued a mail.
  private let mailEnqueued: @Sendable () -> Void
  /// Rings those who tell clients, after a commit that they may be told of.
  private let hooksEnqueued: @Sendable () -> Void
  private let report: Orchestrator.Report
  private let state = Mutex(State())
  private let shards: [Shard]
  /// Rung when the first trip waits for a service's breaker.
  private let bells: [WakeSignal]

  private struct Job: Sendable {
    var booking: BookingID
    var onlyIfDue: Bool
  }

  /// A queue of drives; small task groups are cheaper than one with thousands of children.
  private struct Shard: Sendable {
    let jobs: AsyncStream<Job>
    let send: AsyncStream<Job>.Continuation
    init() { (jobs, send) = AsyncStream.makeStream(of: Job.self) }
  }

  private struct State {
    /// Trips being driven here, and whether a message came for one meanwhile.
    var active: [BookingID: Bool] = [:]
    /// Trips that rest until a breaker lets calls through, by service.
    var deferred = [WaitingLine](repeating: WaitingLine(), count: Service.allCases.count)
    var waiters: [BookingID: [Waiter]] = [:]
    var lastWaiter = 0
    var nextShard = 0
    /// Drives that do not merely wait.
    var busy = 0
    var isStopping = false
  }

  /// Trips in the order they came, each once.
  private struct WaitingLine {
    private var line: Deque<BookingID> = []
    private var members: Set<BookingID> = []
    var isEmpty: Bool { line.isEmpty }

    /// Returns whether it was empty before.
    mutating func join(_ id: BookingID) -> Bool {
      guard members.insert(id).inserted else { return false }
      line.append(id)
      return line.count == 1
    }

    mutating func next() -> BookingID? {
      guard let first = line.popFirst() else { return nil }
      members.remove(first)
      return first
    }
  }

  private struct Waiter {
    let number: Int
    let awaited: Awaited
    let continuation: CheckedContinuation<Bool, any Error>
  }

  private static let shardCount = 64
  /// How often the database is asked for trips that are due.
  private static let scanEvery: Duration = .seconds(30)
  /// Waits up to this long are slept through without giving the lease back.
  static let briefWait: Duration = .seconds(15)
  /// How often the breakers are looked at while trips wait for them.
  private static let breakerLook: Duration = .seconds(5)
  /// How often a request that waits for a trip looks for itself.
  private static let waitersLook: Duration = .seconds(20)
  /// Between two trips that go on after a breaker has closed: a vendor that has just come back is not
  /// to be stormed.
  private static let relief: Duration = .milliseconds(20)
  /// Waits up to this long have a timer here; longer ones are found by the scan.
  private static let shortWait: Duration = .seconds(120)

  init(
    database: any DatabaseAccess, store: SagaStore, clock: any Clock<Duration>,
    wallClock: any WallClock, jitter: any JitterSource,
    mailEnqueued: @escaping @Sendable () -> Void,
    hooksEnqueued: @escaping @Sendable () -> Void = {}, report: @escaping Orchestrator.Report
  ) {
    self.database = database
    self.store = store
    self.breakers = Breakers()
    self.driver = SagaDriver(vendors: store.vendors, breakers: breakers, wallClock: wallClock)
    self.clock = clock
    self.wallClock = wallClock
    self.jitter = jitter
    self.mailEnqueued = mailEnqueued
    self.hooksEnqueued = hooksEnqueued
    self.report = report
    self.shards = (0..<Self.shardCount).map { _ in Shard() }
    self.bells = Service.allCases.map { _ in WakeSignal() }
  }

  /// Says that a booking has something to do now: it is new, or its inbox has a new row.
  func submit(_ id: BookingID) { enqueue(Job(booking: id, onlyIfDue: false)) }

  /// Drives until cancelled.
  func run() async throws {
    try await withThrowingDiscardingTaskGroup { group in
      for shard in shards {
        group.addTask {
          try await withThrowingDiscardingTaskGroup { drives in
            for await job in shard.jobs { drives.addTask { await self.carryOut(job) } }
          }
        }
      }
      for service in Service.allCases {
        group.addTask { try await self.relieve(service) }
      }
      while true {
        try await scan()
        try await clock.sleep(for: Self.scanEvery)
      }
    }
  }

  /// Has the trips that a service's breaker put off go on: one as the probe while it is open, all of
  /// them once it has closed.
  ///
  /// Without this every waiting trip would wake, write and rest again with every probe.
  private func relieve(_ service: Service) async throws {
    let bell = bells[service.index]
    while true {
      try await bell.wait(atMost: .seconds(3_600), clock: clock)
      while state.withLock({ !$0.deferred[service.index].isEmpty }) {
        if let until = breakers.openUntil(service), until >= wallClock.now() {
          try await clock.sleep(
            for: min(until - wallClock.now() + .milliseconds(1), Self.breakerLook))
          continue
        }
        let isOpen = breakers.openUntil(service) != nil
        if let next = state.withLock({ $0.deferred[service.index].next() }) {
          enqueue(Job(booking: next, onlyIfDue: false))
        }
        // A probe needs a moment to be admitted.
        try await clock.sleep(for: isOpen ? .seconds(1) : Self.relief)
      }
    }
  }

  private func enqueue(_ job: Job) {
    let shard = state.withLock { state -> Int? in
      if state.isStopping { return nil }
      if state.active[job.booking] != nil {
        // Its driver looks into the inbox before it lets go.
        if !job.onlyIfDue { state.active[job.booking] = true }
        return nil
      }
      state.active[job.booking] = false
      state.nextShard = (state.nextShard + 1) % Self.shardCount
      return state.nextShard
    }
    if let shard { shards[shard].send.yield(job) }
  }

  /// Takes up every trip whose time has come: waits that are over, and leases that ran out because
  /// their owner died.
  private func scan() async throws {
    let now = wallClock.now()
    let old = now + (.zero - RetryPolicy.nobodys)
    let (due, hasNobodys) = try await database.read { [store] db in
      (
        try store.due(db, at: now, limit: 10_000),
        try InboxStore.hasNobodys(db, receivedBefore: old)
      )
    }
    if hasNobodys {
      try await database.write { db in
        try InboxStore.closeNobodys(db, receivedBefore: old, at: now)
      }
    }
    for id in due { enqueue(Job(booking: id, onlyIfDue: true)) }
  }

  /// Drives one trip; a failure here strands no other.
  private func carryOut(_ job: Job) async {
    var wake: Timestamp?
    do {
      wake = try await drive(job)
    } catch is CancellationError {
      // The process ends, and what is due is found by the next one.
    } catch is SagaStore.OwnershipLost {
      // Another process drives it now.
    } catch {
      // The lease runs out and the scan finds the trip again, but a row that cannot be read stays so.
      report(job.booking, error)
    }
    let again = state.withLock { $0.active.removeValue(forKey: job.booking) ?? false }
    if again {
      enqueue(Job(booking: job.booking, onlyIfDue: false))
    } else if let wake, !Task.isCancelled {
      let wait = wake - wallClock.now()
      guard wait <= Self.shortWait else { return }
      do { try await clock.sleep(for: wait) } catch { return }
      enqueue(Job(booking: job.booking, onlyIfDue: true))
    }
  }

  /// Drives a trip until it rests; returns when it wants to be woken.
  private func drive(_ job: Job) async throws -> Timestamp? {
    guard begin() else { return nil }
    defer { state.withLock { $0.busy -= 1 } }
    let claimed = try await database.write { [store, wallClock] db in
      try store.claim(db, job.booking, onlyIfDue: job.onlyIfDue, at: wallClock.now())
    }
    guard let claimed else { return nil }
    var saga = claimed.saga
    saga.admit = { [self, breakers, wallClock] service in
      // What is not begun now is due when the next process takes the trip up.
      if isStopping { return wallClock.now() + .milliseconds(1) }
      return breakers.admit(service, at: wallClock.now())
    }
    saga.jitter = { [jitter, id = saga.id] slot, attempt in
      jitter.fraction(booking: id, slot: slot.text, attempt: attempt)
    }
    var reaction = saga.begin(claimed.inbox, at: wallClock.now())
    while true {
      // Nobody here will ring for it: it keeps its lease, which is handed over, and is due then.
      if isStopping { reaction.deferred = nil }
      let committed = try await commit(&saga, reaction)
      if committed.isReleased {
        guard let deferred = reaction.deferred else { return reaction.wake }
        let isFirst = state.withLock { $0.deferred[deferred.service.index].join(saga.id) }
        if isFirst { bells[deferred.service.index].ring() }
        return nil
      }
      // A step boundary: everything that was sent has its answer, and the answer is written down.
      if isStopping, !reaction.actions.contains(where: \.isSend) { return nil }
      var events: [SagaEvent] = []
      if !reaction.actions.isEmpty {
        events = try await driver.perform(reaction.actions, for: saga)
      } else if committed.inbox.isEmpty, let wake = reaction.wake {
        try await pause(max(.zero, wake - wallClock.now()))
      }
      reaction = saga.react(events, committed.inbox, at: wallClock.now())
    }
  }

  private func commit(_ saga: inout Saga, _ reaction: Reaction) async throws
    -> SagaStore.Committed
  {
    saga.version += reaction.versions
    saga.sendBefore = wallClock.now() + RetryPolicy.sending
    let snapshot = saga
    let committed = try await database.write { [store, wallClock] db in
      try store.commit(db, snapshot, reaction, at: wallClock.now())
    }
    saga.storedPlan = saga.plan
    saga.storedWarnings = saga.warnings
    saga.storedHash = committed.hash
    for awaited in Awaited.allCases where awaited.hasCome(with: saga.state) {
      release(saga.id, awaited)
    }
    for case .mail in reaction.changes {
      mailEnqueued()
      break
    }
    if !HookKind.kinds(of: reaction).isEmpty { hooksEnqueued() }
    for change in reaction.changes {
      switch change {
      case .notice(let other, _), .cancel(let other): submit(other)
      default: break
      }
    }
    return committed
  }
}

// MARK: - Waiting for an outcome

extension SagaEngine {
  /// Waits until what is awaited of a booking has come, at most so long.
  ///
  /// Returns at once when it is there already; false when the time ran out.
  func wait(for awaited: Awaited, of id: BookingID, within limit: Duration) async throws -> Bool {
    if try await has(awaited, id) { return true }
    return try await withThrowingTaskGroup(of: Bool.self) { group in
      group.addTask { try await self.ring(for: awaited, of: id) }
      group.addTask { try await self.look(for: awaited, of: id, during: limit) }
      defer { group.cancelAll() }
      // It may have come between the first look and the wait.
      if try await has(awaited, id) { return true }
      return try await group.next() ?? false
    }
  }

  private func has(_ awaited: Awaited, _ id: BookingID) async throws -> Bool {
    let state = try await database.read { db in try RequestStore.state(db, id) }
    return state.map(awaited.hasCome) ?? true
  }

  /// Looks now and then whether what is awaited has come: another process on the same database may carry
  /// the trip out, and rings nobody here. False when the time ran out.
  private func look(
    for awaited: Awaited, of id: BookingID, during limit: Duration
  ) async throws -> Bool {
    var left = limit
    while left > Self.waitersLook {
      try await clock.sleep(for: Self.waitersLook)
      left -= Self.waitersLook
      if try await has(awaited, id) { return true }
    }
    try await clock.sleep(for: left)
    return false
  }

  /// Waits until this process sees it come; false when the process stops first.
  private func ring(for awaited: Awaited, of id: BookingID) async throws -> Bool {
    let number = state.withLock { state in
      state.lastWaiter += 1
      return state.lastWaiter
    }
    return try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        let isOver = state.withLock { state in
          if Task.isCancelled || state.isStopping { return true }
          state.waiters[id, default: []].append(
            Waiter(number: number, awaited: awaited, continuation: continuation))
          return false
        }
        guard isOver else { return }
        if Task.isCancelled {
          continuation.resume(throwing: CancellationError())
        } else {
          continuation.resume(returning: false)
        }
      }
    } onCancel: {
      let waiter = state.withLock { state -> Waiter? in
        guard let place = state.waiters[id]?.firstIndex(where: { $0.number == number }) else {
          return nil
        }
        let waiter = state.waiters[id]?.remove(at: place)
        if state.waiters[id]?.isEmpty == true { state.waiters[id] = nil }
        return waiter
      }
      waiter?.continuation.resume(throwing: CancellationError())
    }
  }

  private func release(_ id: BookingID, _ awaited: Awaited) {
    let waiters = state.withLock { state -> [Waiter] in
      guard let all = state.waiters[id] else { return [] }
      let left = all.filter { $0.awaited != awaited }
      state.waiters[id] = left.isEmpty ? nil : left
      return all.filter { $0.awaited == awaited }
    }
    for waiter in waiters { waiter.continuation.resume(returning: true) }
  }
}

// MARK: - Stopping

extension SagaEngine {
  /// Begins to stop: no trip is taken up, nothing new is sent, and nobody waits for an outcome.
  func stop() {
    let waiters = state.withLock { state in
      state.isStopping = true
      let waiters = state.waiters.values.flatMap { $0 }  // order: each is woken, none is told more
      state.waiters = [:]
      return waiters
    }
    for waiter in waiters { waiter.continuation.resume(returning: false) }
  }

  /// Whether a call is under way, or an answer not written down yet.
  var isBusy: Bool { state.withLock { $0.busy > 0 } }

  /// Gives back every lease of this process, so that the next one need not wait for their end.
  ///
  /// Only after ``run()`` has ended: a drive that went on would write beside the next owner.
  func giveBackLeases() async throws {
    try await database.write { [store, wallClock] db in
      try store.giveBackLeases(db, at: wallClock.now())
    }
  }

  /// Ends the leases of processes that are known to be dead, and the rests that their breakers
  /// imposed; returns how many there were.
  func takeOverLeases() async throws -> Int {
    try await database.write { [store, wallClock] db in
      try store.endAllLeases(db, at: wallClock.now())
    }
  }

  private var isStopping: Bool { state.withLock { $0.isStopping } }

  /// Counts a drive; false when none may begin any more.
  private func begin() -> Bool {
    state.withLock { state in
      if state.isStopping { return false }
      state.busy += 1
      return true
    }
  }

  /// Waits in a drive that has nothing under way.
  private func pause(_ duration: Duration) async throws {
    state.withLock { $0.busy -= 1 }
    defer { state.withLock { $0.busy += 1 } }
    try await clock.sleep(for: duration)
  }
}

extension SagaAction {
  /// Whether it may change something at a vendor.
  fileprivate var isSend: Bool {
    switch self {
    case .send: true
    case .priceFlight, .previewHotel, .checkActivity, .lookUp: false
    }
  }
}
