import Audit
import BookingOrchestrator
import HTTPTypes

/// A client that changes its trip.
extension Client {
  /// Changes a trip that stands, once or more often, and waits each time for what becomes of that.
  func modify(after delay: Duration) async throws {
    let waits = [delay] + plan.laterChanges
    for (change, wait) in zip(trip.changes, waits) {
      try await desk.pause(wait)
      guard memory.state == "CONFIRMED" else { return }
      guard try await registerChange(change) else { return }
      let isLast = change.number == min(waits.count, trip.changes.count)
      try await ask(for: change, isLast: isLast)
    }
  }

  private func ask(for change: TripGenerator.Change, isLast: Bool) async throws {
    let id = memory.bookingID ?? "bk_\(number)"
    let body = Array(
      "{\"bookingId\":\"\(id)\",\"tripOptionId\":\"\(change.option.tripOptionId)\"}".utf8)
    try await withThrowingTaskGroup(of: Void.self) { group in
      if isLast, let gap = plan.modifyTwice {
        group.addTask {
          try await desk.pause(gap)
          _ = try await askToModify(body, change, key: "modify-again-", attempt: 1, click: 2)
        }
      }
      if isLast, let moment = plan.cancelAfterModify {
        group.addTask { try await cancel(after: moment) }
      }
      try await insist(body, change)
      try await group.waitForAll()
    }
  }

  private func insist(_ body: [UInt8], _ change: TripGenerator.Change) async throws {
    // Each change has a key of its own, which ends with the client's number.
    let key = change.number == 1 ? "modify-" : "modify-\(change.number)-"
    var backoff = Backoff(first: .seconds(1), most: .seconds(30))
    var attempt = 0
    while true {
      attempt += 1
      let answer = try await askToModify(body, change, key: key, attempt: attempt, click: 1)
      switch answer.result {
      case .ok:
        memory.state = answer.view.state
        if !answer.isChangeDecided { _ = try await poll(until: \.isChangeDecided) }
        return
      case .fail where answer.status != 429: return
      case .fail, .unknown: try await desk.pause(backoff.next())
      }
    }
  }

  private func askToModify(
    _ body: [UInt8], _ change: TripGenerator.Change, key: String, attempt: Int, click: Int
  ) async throws -> ClientAnswer {
    try await desk.ask(
      .modify, .post, "/booking/modify", key: "\(key)\(desk.identity(number).number)", body: body,
      client: number, attempt: attempt, click: click + 2 * (change.number - 1),
      patience: plan.patience)
  }

  private func registerChange(_ change: TripGenerator.Change) async throws -> Bool {
    let option = try desk.encode(change.option)
    var backoff = Backoff(first: .seconds(1), most: .seconds(30))
    var attempt = 0
    while true {
      attempt += 1
      let answer = try await desk.ask(
        .registerChange, .post, "/trip/options", body: option, client: number, attempt: attempt,
        click: change.number, patience: plan.patience)
      switch answer.result {
      case .ok: return true
      case .fail where answer.status != 429: return false
      case .fail, .unknown: try await desk.pause(backoff.next())
      }
    }
  }
}
