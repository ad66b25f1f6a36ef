import Audit
import BookingOrchestrator
import HTTPTypes

/// A client that changes its trip.
extension Client {
  /// Changes a trip that stands, once, and waits for what becomes of that.
  func modify(after delay: Duration) async throws {
    guard let change = trip.change else { return }
    try await desk.pause(delay)
    guard try await registerChange(try desk.encode(change.option)) else { return }
    let id = memory.bookingID ?? "bk_\(number)"
    let body = Array(
      "{\"bookingId\":\"\(id)\",\"tripOptionId\":\"\(change.option.tripOptionId)\"}".utf8)
    try await withThrowingTaskGroup(of: Void.self) { group in
      if let gap = plan.modifyAgain {
        group.addTask {
          try await desk.pause(gap)
          _ = try await askToModify(body, key: "modify-again-", attempt: 1, click: 2)
        }
      }
      if let moment = plan.cancelAfterModify {
        group.addTask { try await cancel(after: moment) }
      }
      try await insist(body)
      try await group.waitForAll()
    }
  }

  private func insist(_ body: [UInt8]) async throws {
    var backoff = Backoff(first: .seconds(1), most: .seconds(30))
    var attempt = 0
    while true {
      attempt += 1
      let answer = try await askToModify(body, key: "modify-", attempt: attempt)
      switch answer.result {
      case .ok:
        if !answer.isChangeDecided { _ = try await poll(until: \.isChangeDecided) }
        return
      case .fail where answer.status != 429: return
      case .fail, .unknown: try await desk.pause(backoff.next())
      }
    }
  }

  private func askToModify(
    _ body: [UInt8], key: String, attempt: Int, click: Int = 1
  ) async throws -> ClientAnswer {
    try await desk.ask(
      .modify, .post, "/booking/modify", key: "\(key)\(desk.identity(number).number)", body: body,
      client: number, attempt: attempt, click: click, patience: plan.patience)
  }

  private func registerChange(_ option: [UInt8]) async throws -> Bool {
    var backoff = Backoff(first: .seconds(1), most: .seconds(30))
    var attempt = 0
    while true {
      attempt += 1
      let answer = try await desk.ask(
        .registerChange, .post, "/trip/options", body: option, client: number, attempt: attempt,
        patience: plan.patience)
      switch answer.result {
      case .ok: return true
      case .fail where answer.status != 429: return false
      case .fail, .unknown: try await desk.pause(backoff.next())
      }
    }
  }
}
