import Audit
import BookingOrchestrator
import HTTPService
import HTTPTypes
import Scenarios
import Simulation
import Wire

/// One client of the booking service: registers its trip, books it, and does what people do.
///
/// Lives in one task on the node `clients`. A client that has no answer yet knows its booking by the
/// id that the world's identifiers give it (`bk_17` for client 17), as if it had read it on a page
/// that it closed; real clients would be told by mail.
struct Client: Sendable {
  let number: Int
  let plan: ClientPlan
  let trip: TripGenerator.Trip
  let desk: ClientConnection
  let memory = Memory()

  /// What a client's tasks know in common.
  final class Memory: @unchecked Sendable {
    // Unchecked: confined to the simulator's thread.
    /// As told; nil before the first answer that names it.
    var bookingID: String?
    /// The service refused the booking for good, or the client gave it up unanswered.
    var isOver = false
    /// A link that it has not taken back.
    var link: LinkRecord?
    /// The state that it was told last.
    var state: String?
  }

  /// Lives the client's life until it has its final answer or gives up.
  func live() async throws {
    let option = try desk.encode(trip.offered.option)
    guard try await register(option) else { return }
    let body = try desk.encode(trip.offered.body)
    try await withThrowingTaskGroup(of: Void.self) { group in
      if let delay = plan.cancelAfter {
        group.addTask { try await cancel(after: delay) }
      }
      if let delay = plan.pryAfter {
        group.addTask { try await pry(after: delay) }
      }
      if let delay = plan.probeAfter {
        group.addTask { try await probe(after: delay) }
      }
      if let delay = plan.rivalAfter {
        group.addTask { try await rival(after: delay, body) }
      }
      if let malformed = plan.malformed { try await askMalformed(malformed.applied(to: body)) }
      if let member = plan.lacking, let body = JSONValue(parsing: body)?.without(member) {
        try await askMalformed(body.written, lacking: member)
      }
      try await book(body)
      if let links = plan.links { try await share(links) }
      if let delay = plan.modifyAfter, memory.state == "CONFIRMED" {
        try await modify(after: delay)
      }
      try await group.waitForAll()
    }
  }

  /// Looks a last time, when the world is quiet.
  static func lastLook(_ number: Int, bookingID: String?, at desk: ClientConnection) async throws {
    let id = bookingID ?? "bk_\(number)"
    // 404 is an answer: the booking of a client that gave up may never have been accepted.
    for attempt in 1...5 {
      let answer = try await desk.ask(
        .look, .get, "/booking/\(id)", client: number, attempt: attempt, patience: .seconds(90),
        keepsBody: true)
      if answer.result != .unknown { return }
      try await desk.pause(.seconds(attempt))
    }
  }
}

extension Client {
  private func register(_ option: [UInt8]) async throws -> Bool {
    var backoff = Backoff(first: .seconds(1), most: .seconds(30))
    var attempt = 0
    while true {
      attempt += 1
      let answer = try await desk.ask(
        .register, .post, "/trip/options", body: option, client: number, attempt: attempt,
        patience: plan.patience)
      switch answer.result {
      case .ok: return true
      case .fail where answer.status != 429: return false
      case .fail, .unknown: try await desk.pause(backoff.next())
      }
    }
  }

  private func book(_ body: [UInt8]) async throws {
    var backoff = Backoff(first: .seconds(1), most: .seconds(30))
    var attempt = 0
    while true {
      attempt += 1
      let answer = try await attempt == 1 ? firstBooking(body) : askToBook(body, attempt)
      switch answer.result {
      case .ok:
        memory.bookingID = answer.view.bookingId ?? memory.bookingID
        if plan.otherBody {
          try await askWithOtherBody()
          try await registerOtherOption()
        }
        memory.state = answer.view.state
        if !answer.isTerminal { _ = try await poll(until: \.isTerminal) }
        return
      case .fail where answer.status != 429:
        memory.bookingID = answer.view.bookingId ?? memory.bookingID
        memory.isOver = true
        return
      case .fail:
        try await desk.pause(backoff.next())
      case .unknown:
        try await desk.pause(backoff.next())
        if plan.retries { continue }
        if try await poll(until: \.isTerminal) { return }
        // Not there, for longer than any request is under way: nothing was booked.
        memory.isOver = true
        return
      }
    }
  }

  /// The first request, with a second click or a change of mind where one was planned.
  private func firstBooking(_ body: [UInt8]) async throws -> ClientAnswer {
    if let moment = plan.hangUp {
      return try await withThrowingTaskGroup(of: ClientAnswer?.self) { group in
        group.addTask { try await askToBook(body, 1) }
        group.addTask {
          try await desk.pause(moment)
          return nil
        }
        let first = try await group.next() ?? nil
        group.cancelAll()
        while try await group.nextIgnoringCancellation() != nil {}
        return first ?? .none
      }
    }
    guard let gap = plan.doubleClick else { return try await askToBook(body, 1) }
    async let again = {
      try await desk.pause(gap)
      return try await askToBook(body, 1, click: 2)
    }()
    let first = try await askToBook(body, 1)
    let second = try await again
    if let id = first.view.bookingId, id == second.view.bookingId, first.result == .ok,
      second.result == .ok
    {
      desk.recorder.mark("double-click-joined")
    }
    return first.result == .unknown ? second : first
  }

  private func askToBook(_ body: [UInt8], _ attempt: Int, click: Int = 1) async throws
    -> ClientAnswer
  {
    try await desk.ask(
      .book, .post, "/booking/book", key: trip.offered.key, body: body, client: number,
      attempt: attempt, click: click, patience: plan.patience)
  }

  /// The same key with another body, after the true one was accepted: must change nothing.
  private func askWithOtherBody() async throws {
    var request = trip.offered.request
    request.customer.email = "other-\(number)@example.com"
    _ = try await desk.ask(
      .book, .post, "/booking/book", key: trip.offered.key,
      body: desk.encode(BookRequestBody(request)),
      trueBody: false, client: number, attempt: 1, click: 3, patience: plan.patience)
  }

  /// Its option with another price, after it was registered: must be refused and change nothing.
  private func registerOtherOption() async throws {
    var option = trip.offered.option
    option.hotel.amount += 1
    _ = try await desk.ask(
      .register, .post, "/trip/options", body: desk.encode(option), trueBody: false,
      client: number, attempt: 1, click: 5, patience: plan.patience)
  }

  /// The key of the booking with a body that is none, before the true one: must change nothing, and
  /// leave the key free.
  private func askMalformed(_ body: [UInt8], lacking: String = "") async throws {
    _ = try await desk.ask(
      .book, .post, "/booking/book", key: trip.offered.key, body: body, trueBody: false,
      client: number, attempt: 1, click: lacking.isEmpty ? 4 : 6, patience: plan.patience,
      lacking: lacking)
  }

  /// The same option under another key, as from another window: one of both gets it.
  private func rival(after delay: Duration, _ body: [UInt8]) async throws {
    try await desk.pause(delay)
    let key = "\(ProcessIdentifiers.rival)\(desk.identity(number).number)"
    for attempt in 1...5 {
      let answer = try await desk.ask(
        .rival, .post, "/booking/book", key: key, body: body, client: number, attempt: attempt,
        patience: plan.patience)
      if answer.result != .unknown, answer.status != 429 { return }
      try await desk.pause(.seconds(attempt))
    }
  }

  func cancel(after delay: Duration) async throws {
    try await desk.pause(delay)
    var backoff = Backoff(first: .seconds(2), most: .seconds(60))
    var attempt = 0
    while !memory.isOver {
      attempt += 1
      let id = memory.bookingID ?? "bk_\(number)"
      let answer = try await desk.ask(
        .cancel, .post, "/booking/cancel", key: "cancel-\(desk.identity(number).number)",
        body: Array("{\"bookingId\":\"\(id)\"}".utf8), client: number, attempt: attempt,
        patience: plan.patience)
      switch answer.result {
      case .ok:
        if answer.view.state == "CANCELLED" || answer.view.state == "FAILED" { return }
        _ = try await poll { $0.view.state == "CANCELLED" || $0.view.state == "FAILED" }
        return
      case .fail where answer.status == 404 || answer.status == 429:
        // Not accepted yet, or known by another id that the answer to the booking will tell.
        try await desk.pause(backoff.next())
      case .fail:
        return
      case .unknown:
        try await desk.pause(backoff.next())
      }
    }
  }

  /// Asks as monitors and mistaken programs do: by HEAD, and by a method that the path does not have.
  private func probe(after delay: Duration) async throws {
    try await desk.pause(delay)
    _ = try await desk.ask(
      .head, .head, "/booking/bk_\(number)", client: number, attempt: 1, patience: plan.patience)
    _ = try await desk.ask(
      .otherMethod, .delete, "/booking/book", client: number, attempt: 1, patience: plan.patience)
  }

  /// Looks at the booking of the client that came before, which has another name, and tries to cancel
  /// it.
  private func pry(after delay: Duration) async throws {
    try await desk.pause(delay)
    let booking = "bk_\(number == 0 ? 1 : number - 1)"
    _ = try await desk.ask(
      .foreignLook, .get, "/booking/\(booking)", client: number, attempt: 1,
      patience: plan.patience, foreignBooking: booking)
    if plan.links != nil {
      _ = try await desk.ask(
        .foreignShare, .post, "/booking/\(booking)/share", client: number, attempt: 1,
        patience: plan.patience, foreignBooking: booking)
    }
    _ = try await desk.ask(
      .foreignCancel, .post, "/booking/cancel", key: "cancel-\(desk.identity(number).number)",
      body: Array("{\"bookingId\":\"\(booking)\"}".utf8), client: number, attempt: 1,
      patience: plan.patience, foreignBooking: booking)
  }

  /// Looks at the booking, ever less often, until `condition` holds; false when there is none.
  func poll(until condition: (ClientAnswer) -> Bool) async throws -> Bool {
    var backoff = Backoff(first: .seconds(2), most: .seconds(300))
    var attempt = 0
    var missing: SimulatedInstant?
    while true {
      attempt += 1
      try await desk.pause(backoff.next())
      let id = memory.bookingID ?? "bk_\(number)"
      let answer = try await desk.ask(
        .look, .get, "/booking/\(id)", client: number, attempt: attempt, patience: plan.patience)
      if answer.result == .ok {
        memory.bookingID = answer.view.bookingId ?? memory.bookingID
        memory.state = answer.view.state
        if condition(answer) { return true }
        missing = nil
      } else if answer.status == 404 {
        let since = missing ?? desk.now
        if since.duration(to: desk.now) > FaultLimits.longestDelay * 2 { return false }
        missing = since
      }
    }
  }
}

/// Growing gaps between attempts.
struct Backoff {
  var first: Duration
  var most: Duration

  /// Returns the next gap; the one after is half as long again.
  mutating func next() -> Duration {
    defer { if first < most { first = min(most, first * 3 / 2) } }
    return first
  }
}

extension ThrowingTaskGroup where ChildTaskResult == ClientAnswer?, Failure == any Error {
  /// The next result; a child that was cancelled in its sleep counts as one without an answer.
  fileprivate mutating func nextIgnoringCancellation() async throws -> ClientAnswer?? {
    do { return try await next() } catch is CancellationError { return .some(nil) }
  }
}

extension JSONValue {
  /// Returns an object without one member, which a JSON Pointer names; nil when it has none of that name.
  fileprivate func without(_ pointer: String) -> JSONValue? {
    let path = pointer.split(separator: "/")
    guard let name = path.first, let members,
      let place = members.firstIndex(where: { $0.key == name })
    else { return nil }
    var rest = members
    if path.count == 1 {
      rest.remove(at: place)
    } else {
      let inner = members[place].value.without(path.dropFirst().map { "/\($0)" }.joined())
      guard let inner else { return nil }
      rest[place] = JSONValue.Member(key: members[place].key, value: inner)
    }
    return .object(rest)
  }
}
