public import FakeVendors
public import Simulation

extension NetworkFault: DeclaredFault {
  /// What the network does to calls.
  public static let table: [FaultRow<NetworkFault>] = [
    FaultRow("refused", .every, "the connection is refused", .refused),
    FaultRow(
      "request-lost", .every, "the request vanishes, nothing happens and no answer comes",
      [silence]
    ) { _ in .requestLost },
    FaultRow(
      "reset-before", .every, "the connection breaks before the request arrives", .resetBefore),
    FaultRow(
      "response-lost", .every, "the service acts, its answer vanishes", [silence]
    ) { _ in .responseLost },
    FaultRow(
      "reset-after", .every, "the service acts, the connection breaks as it answers", .resetAfter),
    FaultRow(
      "late-effect", .every,
      "the connection breaks, the request arrives this much later all the same",
      [.after(.uniform(low: 30, high: 480), ordered: 30)]
    ) { .lateEffect($0.time("after")) },
    FaultRow(
      "delivered-twice", .every, "the request arrives a second time, this much later",
      [.after(.uniform(low: 0.1, high: 120), ordered: 1)]
    ) { .deliveredTwice($0.time("after")) },
    FaultRow("truncated", .every, "the answer's body is cut short", .truncated),
    FaultRow(
      "garbled", .every, "the answer's body is not what its content type says", .garbled),
    FaultRow(
      "bad-gateway", .every, "a proxy answers 502 with an HTML page, before the effect or after it",
      [.effect]
    ) { .badGateway(effect: $0.bool("effect")) },
    FaultRow(
      "half-open", .every,
      "the connection is dead and nobody knows: this request and all that follow on it vanish, for this long",
      [.after(.uniform(low: 5, high: 120)), silence]
    ) { .halfOpen($0.time("after")) },
    FaultRow(
      "foreign-page", .every,
      "somebody in between answers with a page of its own, before the effect or after it",
      [status, .effect]
    ) { .foreignPage(status: Int($0.text("status") ?? "") ?? 404, effect: $0.bool("effect")) },
  ]

  /// What filters, caches and proxies say of themselves.
  private static let status = FaultParameter(
    "status", .word(["400", "401", "403", "404", "410", "503", "504"]), member: "status",
    usual: .text("404"), words: .value(unit: ""))
  /// How long a client on a socket waits in vain before its connection is closed.
  private static let silence = FaultParameter("silence", .wait, member: "seconds")
}
