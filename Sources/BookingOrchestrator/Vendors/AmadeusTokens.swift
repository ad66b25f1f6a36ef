// swift-format-ignore-file: AlwaysUseLowerCamelCase
// Property names are those on the wire.

import HTTPService
import HTTPTypes
import Synchronization
import Wire

/// The OAuth2 token of one Amadeus client, fetched when it is needed and shared by all callers.
///
/// One caller fetches; the others wait for its result in continuations that it resumes, so that no
/// task is started behind anybody's back. A fetcher that is cancelled or dies hands over to one of
/// those who wait.
final class AmadeusTokens: Sendable {
  /// A token, or why there is none.
  enum Answer: Sendable {
    case token(String)
    case failed(Retry)
  }

  private struct State {
    var token: String?
    var expires = Timestamp(microseconds: 0)
    var isFetching = false
    var waiters: [CheckedContinuation<Answer?, Never>] = []
  }

  private let state = Mutex(State())
  private let exchange: VendorExchange
  private let wallClock: any WallClock
  private let form: [UInt8]

  /// Amadeus' own library renews a token this long before it expires.
  /// Source: amadeus-python, `AccessToken`, `TOKEN_BUFFER`.
  private static let margin: Duration = .seconds(10)

  /// Source: Amadeus for Developers, Authorization guide: a token lives 30 minutes.
  private static let usualLife: Duration = .seconds(1_799)
  /// What is said to live longer is asked for anew all the same; keeps the sum within its range.
  private static let longestLife: Duration = .seconds(86_400)

  /// Creates an empty cache.
  init(
    exchange: VendorExchange, wallClock: any WallClock, clientID: String, clientSecret: String
  ) {
    self.exchange = exchange
    self.wallClock = wallClock
    var form = FormText()
    form.append("grant_type", "client_credentials")
    form.append("client_id", clientID)
    form.append("client_secret", clientSecret)
    self.form = form.bytes
  }

  /// Returns a token that is good for a while, fetching one when there is none.
  func token(_ context: CallContext) async throws -> Answer {
    let now = wallClock.now()
    state.withLock { state in
      if state.token != nil, now + Self.margin >= state.expires { state.token = nil }
    }
    while true {
      let (token, isOurs) = state.withLock { state -> (String?, Bool) in
        if let token = state.token { return (token, false) }
        defer { state.isFetching = true }
        return (nil, !state.isFetching)
      }
      if let token { return .token(token) }
      if isOurs {
        var answer: Answer?
        defer { finish(with: answer) }
        let fetched = try await fetch(context)
        answer = fetched
        return fetched
      }
      if let answer = await result() { return answer }
    }
  }

  /// Notes that Amadeus no longer takes a token: it is never returned again.
  func forget(_ refused: String) {
    state.withLock { state in
      if state.token == refused { state.token = nil }
    }
  }

  /// Waits for the fetch under way; nil when it ended without a result.
  private func result() async -> Answer? {
    await withCheckedContinuation { continuation in
      let isOver = state.withLock { state in
        if state.isFetching { state.waiters.append(continuation) }
        return !state.isFetching
      }
      if isOver { continuation.resume(returning: nil) }
    }
  }

  private func finish(with answer: Answer?) {
    let waiters = state.withLock { state in
      state.isFetching = false
      defer { state.waiters = [] }
      return state.waiters
    }
    for waiter in waiters { waiter.resume(returning: answer) }
  }

  /// Fetches a token. Whatever goes wrong, nothing was ordered: the caller may try again.
  private func fetch(_ context: CallContext) async throws -> Answer {
    // The lifetime counts from before the request: the answer's way is unknown.
    let asked = wallClock.now()
    let answer = try await exchange.answer(
      .post, "/v1/security/oauth2/token", body: form, context)
    switch answer {
    case .reply(let reply):
      guard reply.isSuccess, let grant = exchange.decode(WireGrant.self, from: reply) else {
        return .failed(
          Retry(reason: "no token from Amadeus: \(reply.status)", after: reply.retryAfter))
      }
      state.withLock { state in
        state.token = grant.access_token
        let life = grant.expires_in.map { Duration.seconds($0.wrappedValue) } ?? Self.usualLife
        state.expires = asked + min(max(life, .zero), Self.longestLife)
      }
      return .token(grant.access_token)
    case .notSent(var retry), .unknown(var retry):
      retry.reason = "no token from \(retry.reason)"
      return .failed(retry)
    }
  }
}

/// Only the token decides: its lifetime is recommended, and need not be told (RFC 6749, section 5.1).
private struct WireGrant: Decodable {
  @Identity var access_token: String
  @Decoration var expires_in: WholeNumber?
}
