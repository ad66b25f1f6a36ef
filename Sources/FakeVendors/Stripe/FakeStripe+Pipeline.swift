import HTTPService
import HTTPTypes
import Synchronization

extension FakeStripe {
  /// One call on its way.
  struct Visit {
    var path: Substring
    var query: Substring
    /// The `Idempotency-Key` of a POST; nil when there is none.
    var key: String?
    var version: String?
    var cause: StripeAccount.Cause
    /// Which objects the answer shall show in full.
    var expansion = StripeExpansion()
    /// Empty until the call is known to be one of Stripe's.
    var operation = ""

    init(_ call: HTTPCall) {
      let target = call.request.path ?? "/"
      let mark = target.utf8.firstIndex(of: UInt8(ascii: "?"))
      path = target[..<(mark ?? target.endIndex)]
      query = mark.map { target[target.utf8.index(after: $0)...] } ?? ""
      key = call.request.headerFields[StripeHeaders.idempotencyKey]
      version = call.request.headerFields[StripeHeaders.version]
      let baggage = call.request.headerFields[StripeHeaders.baggage] ?? ""
      cause = StripeAccount.Cause(
        baggage: baggage, key: key ?? "",
        identity: StripeHash.identity(baggage: baggage, key: key ?? ""))
    }
  }

  /// What becomes of a call before it is worked on.
  enum Admission {
    /// It may proceed, holding a payment's lock if one is named.
    case execute(lock: String?)
    case replay(StripeAnswer)
    case refuse(StripeError)
  }

  /// Passes the idempotency layer and takes the payment's lock.
  func admit(
    _ visit: inout Visit, _ command: Result<StripeCommand, StripeError>, _ form: StripeForm
  ) -> Admission {
    let now = environment.now()
    return state.withLock { state in
      if let key = visit.key {
        switch state.keys.admit(
          key, path: String(visit.path), fingerprint: form.fingerprint, now: now)
        {
        case .execute: break
        case .replay(let answer): return .replay(answer)
        case .refuse(let error):
          return .refuse(error)
        }
      }
      guard case .success(let valid) = command, let intent = state.account.lockedIntent(valid)
      else { return .execute(lock: nil) }
      guard state.locked.insert(intent).inserted else {
        if let key = visit.key { state.keys.release(key) }
        return .refuse(.lockTimeout)
      }
      return .execute(lock: intent)
    }
  }

  /// Executes a call, keeps its answer, tells the outside, and makes the reply.
  func perform(
    _ command: Result<StripeCommand, StripeError>, _ visit: Visit, fault: StripeFault?,
    lock: String?
  ) async -> HTTPReply {
    var visit = visit
    let now = environment.now()
    let (answer, effects) = state.withLock { state in
      state.account.settle(now: now)
      visit.cause.requestID = state.account.ids.request(identity: visit.cause.identity)
      let outcome = state.account.outcome(of: command, visit, fault: fault, now: now)
      let answer = StripeAnswer(outcome, requestID: visit.cause.requestID ?? "", at: now)
      if let key = visit.key {
        switch outcome {
        case .failure(let error) where !error.isStored: state.keys.release(key)
        case .success, .failure: state.keys.finish(key, answer)
        }
      }
      if let lock { state.locked.remove(lock) }
      state.note(visit, status: answer.status, isReplay: false, at: now)
      return (answer, state.account.takeEffects())
    }
    // An event planned without delay reaches its endpoint before this reply leaves.
    for sent in publish(effects, now: now) { for await _ in sent {} }
    return StripeHeaders.reply(
      answer, requestID: answer.requestID, version: visit.version, key: visit.key, isReplay: false)
  }

  /// Replies with a stored answer under a new request id.
  func reply(_ answer: StripeAnswer, _ visit: Visit, isReplay: Bool) -> HTTPReply {
    let now = environment.now()
    var visit = visit
    let requestID = state.withLock { state in
      let requestID = state.account.ids.request(identity: visit.cause.identity)
      visit.cause.requestID = requestID
      state.note(visit, status: answer.status, isReplay: isReplay, at: now)
      return requestID
    }
    return StripeHeaders.reply(
      answer, requestID: requestID, version: visit.version, key: visit.key, isReplay: isReplay)
  }

  /// Replies with a refusal that nothing remembers but the request log.
  func refuse(_ error: StripeError, _ visit: inout Visit) -> HTTPReply {
    let now = environment.now()
    let requestID = state.withLock { state in
      let requestID = state.account.ids.request(identity: visit.cause.identity)
      visit.cause.requestID = requestID
      state.note(visit, status: error.status, isReplay: false, at: now)
      return requestID
    }
    let answer = StripeAnswer(.failure(error), requestID: requestID, at: now)
    return StripeHeaders.reply(
      answer, requestID: requestID, version: visit.version, key: visit.key, isReplay: false)
  }

  /// Works for a while.
  func sleep(_ duration: Duration) async throws {
    guard duration > .zero else { return try Task.checkCancellation() }
    try await environment.clock.sleep(for: duration)
  }
}

extension FakeStripe.State {
  /// Writes the request log.
  mutating func note(_ visit: FakeStripe.Visit, status: Int, isReplay: Bool, at now: Int64) {
    requests.append(
      StripeLedger.Request(
        id: visit.cause.requestID ?? "", operation: visit.operation, baggage: visit.cause.baggage,
        idempotencyKey: visit.key ?? "", status: status, replayed: isReplay, atMicroseconds: now))
  }
}

extension StripeAccount {
  /// Returns what a call comes to.
  mutating func outcome(
    of command: Result<StripeCommand, StripeError>, _ visit: FakeStripe.Visit, fault: StripeFault?,
    now: Int64
  ) -> Result<StripeBody, StripeError> {
    do throws(StripeError) {
      let command = try command.get()
      if case .lockTimeout = fault, visit.operation.isChanging { throw .lockTimeout }
      if case .internalError(effect: false) = fault { throw .internalError }
      let body = try execute(command, cause: visit.cause, fault: fault, now: now)
      if case .internalError = fault { throw .internalError }
      return .success(expanded(body, visit.expansion.paths, now: now))
    } catch {
      return .failure(error)
    }
  }
}

extension String {
  /// Whether the operation of this name is a POST.
  fileprivate var isChanging: Bool { StripeOperation(rawValue: self)?.isPost ?? false }
}
