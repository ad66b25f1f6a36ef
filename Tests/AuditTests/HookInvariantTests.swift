import Testing

@testable import Audit
@testable import Worlds

/// Each invariant about events for clients fires on the lie that it is there for, and on no truth beside it.
struct HookInvariantTests {
  private static let hour: Int64 = 3_600_000_000
  let rig: AuditRig
  init() throws {
    rig = try AuditRig.hooked()
    try rig.book()
    try rig.confirm()
  }

  private func writeAndTake() throws {
    try rig.writeEvent()
    rig.sendEvent()
    try rig.endEvent()
  }

  @Test func whatIsToldAsItShouldBeIsFine() throws {
    try writeAndTake()
    rig.conclude()
    for invariant in [Invariant.k1, .k2, .k3, .k4, .k5, .k6] {
      #expect(rig.result(invariant).violations == 0)
      #expect(rig.result(invariant).exercised > 0)
    }
  }

  // MARK: K1

  @Test func k1FindsAnEndThatIsNotTold() {
    rig.auditor.observe(.committed, at: rig.now)
    rig.conclude()
    #expect(rig.result(.k1).violations == 1)
  }

  @Test func k1FindsAParkedItemThatIsNotTold() throws {
    try writeAndTake()
    try rig.park("bk_0", "hotel", "undo-refused")
    rig.conclude()
    #expect(rig.result(.k1).violations == 1)
  }

  @Test(arguments: [
    ("booking.failed", "CONFIRMED"), ("booking.changed", "CONFIRMED"),
    ("booking.needs_attention", "CONFIRMED"), ("booking.odd", "CONFIRMED"),
  ])
  func k1FindsAnEventWithoutACause(_ kind: String, _ state: String) throws {
    try rig.writeEvent(kind)
    #expect(rig.result(.k1).violations == 1)
  }

  @Test func k1FindsTheSameEndToldTwice() throws {
    try writeAndTake()
    rig.tick(5_000_000)
    try rig.writeEvent("booking.confirmed", 2)
    #expect(rig.violated == ["K1"])
  }

  // MARK: K2

  @Test func k2FindsAnEventThatNobodyTook() throws {
    try rig.writeEvent()
    rig.sendEvent(answer: 500)
    try rig.endEvent()
    rig.conclude()
    #expect(rig.result(.k2).violations == 1)
  }

  @Test func k2FindsAnEventThatIsLeftBehind() throws {
    try rig.writeEvent()
    rig.sendEvent(answer: 500)
    rig.conclude()
    #expect(rig.result(.k2).violations == 1)
  }

  /// After a day of tries an event is given up, and its reason is kept.
  @Test(
    arguments: [
      (24, 4, "answered 500", 0), (23, 0, "answered 500", 1), (24, 4, nil, 1), (24, 40, "x", 1),
    ] as [(Int64, Int64, String?, Int)])
  func k2FindsAnEventThatIsGivenUpTooSoonOrInSecretOrUntried(
    _ hours: Int64, _ idleMinutes: Int64, _ reason: String?, _ found: Int
  ) throws {
    try rig.writeEvent()
    let end = rig.now + hours * Self.hour
    rig.sendEvent(answer: 500)
    while rig.now + 900_000_000 < end - idleMinutes * 60_000_000 {
      rig.tick(900_000_000)
      rig.sendEvent(answer: 500)
    }
    rig.now = end
    try rig.endEvent("given-up", result: reason)
    rig.conclude()
    #expect(rig.result(.k2).violations == found)
    #expect(rig.result(.k6).violations == 0)
  }

  /// Whoever asks not to be called for two days is not called, and the event is given up all the same.
  @Test func k2AllowsAWaitThatStretchesOverTheDay() throws {
    try rig.writeEvent()
    let start = rig.now
    rig.sendEvent(answer: 503, retryAfter: 172_800)
    rig.now = start + 24 * Self.hour
    try rig.endEvent("given-up", result: "answered 503")
    rig.conclude()
    #expect(rig.result(.k2).violations == 0)
  }

  @Test func k2GivesAnEventThatIsSentAgainAnotherDay() throws {
    try rig.writeEvent()
    rig.sendEvent(answer: 500)
    rig.tick(24 * Self.hour)
    rig.auditor.observe(.hookResent(event: "evt_bk_0_1"), at: rig.now)
    rig.sendEvent(answer: 500)
    try rig.endEvent("given-up", result: "answered 500")
    rig.conclude()
    #expect(rig.result(.k2).violations == 1)
  }

  // MARK: K3

  @Test func k3FindsAnEventAtSomebodyElses() throws {
    try rig.writeEvent()
    rig.sendEvent(to: "hooks-1.test")
    #expect(rig.violated == ["K3"])
  }

  @Test func k3FindsAWrongSignature() throws {
    try rig.writeEvent()
    rig.sendEvent(isSigned: false)
    #expect(rig.violated == ["K3"])
  }

  @Test func k3FindsATimeThatIsNotThatOfTheSending() throws {
    try rig.writeEvent()
    rig.sendEvent(signedAt: AuditRig.epoch / 1_000_000 - 60)
    #expect(rig.violated == ["K3"])
  }

  @Test func k3FindsOtherBytesThanWereWritten() throws {
    try rig.writeEvent()
    rig.sendEvent(body: AuditRig.payload("booking.confirmed") + " ")
    #expect(rig.violated == ["K3"])
  }

  @Test func k3FindsAnIdThatWasNeverWritten() throws {
    try rig.writeEvent()
    rig.sendEvent(body: AuditRig.payload("booking.confirmed", 7))
    #expect(rig.violated == ["K3"])
  }

  @Test func k3FindsFieldsThatAreNobodysBusiness() throws {
    try rig.writeEvent()
    rig.sendEvent(field: "baggage")
    #expect(rig.violated == ["K3"])
  }

  // MARK: K4

  @Test(arguments: [
    ",\"charged\":75001", ",\"refunded\":1", ",\"currency\":\"EUR\"", ",\"amount\":1",
    ",\"flight\":{\"status\":\"BOOKED\",\"reference\":\"nowhere\"}",
    ",\"note\":\"a@example.com\"", ",\"note\":\"+15550199\"", ",\"card\":\"pm_card_visa\"",
    ",\"note\":\"beside bk_7\"",
  ])
  func k4FindsWhatIsNotSoOrNobodysBusiness(_ member: String) throws {
    try rig.writeEvent(payload: AuditRig.payload("booking.confirmed", more: member))
    #expect(rig.violated == ["K4"])
  }

  @Test(arguments: [
    AuditRig.payload("booking.confirmed", state: "CANCELLED"),
    AuditRig.payload("booking.confirmed", 2), AuditRig.payload("booking.failed"),
    AuditRig.payload("booking.confirmed", of: "bk_1"), "{}",
  ])
  func k4FindsAnEventThatIsAboutSomethingElse(_ payload: String) throws {
    try rig.writeEvent(payload: payload)
    #expect(rig.violated == ["K4"])
  }

  /// Whom to pay is part of the advice about a refund that failed, which the API shows as well.
  @Test func k4AllowsTheAdviceThatTheAPIShows() throws {
    let item = "{\"slot\":\"charge\",\"reason\":\"x\",\"advice\":\"Owed to a@example.com.\"}"
    try rig.writeEvent(
      payload: AuditRig.payload("booking.confirmed", more: ",\"attention\":[\(item)]"))
    #expect(rig.violated == [])
  }

  @Test func k4AllowsWhatTheBooksSay() throws {
    try rig.writeEvent(
      payload: AuditRig.payload(
        "booking.confirmed",
        more: ",\"charged\":75000,\"currency\":\"USD\",\"note\":\"bk_0\""))
    #expect(rig.violated == [])
  }

  // MARK: K5

  @Test func k5FindsAnEventBeforeTheOneBefore() throws {
    try rig.writeEvent()
    try rig.park("bk_0", "hotel", "undo-refused")
    try rig.writeEvent(
      "booking.needs_attention", 2,
      payload: AuditRig.payload("booking.needs_attention", 2, attention: true))
    rig.sendEvent(2)
    #expect(rig.violated == ["K5"])
  }

  @Test func k5FindsAnEventThatWasTaken() throws {
    try rig.writeEvent()
    rig.sendEvent()
    rig.tick(60_000_000)
    rig.sendEvent()
    #expect(rig.violated == ["K5"])
  }

  /// What a process that died had not written down it cannot know.
  @Test func k5AllowsAnotherCopyAfterADeath() throws {
    try rig.writeEvent()
    rig.sendEvent()
    rig.die()
    rig.auditor.observe(.started(node: "orchestrator-1", incarnation: 2), at: rig.now)
    rig.tick(60_000_000)
    rig.sendEvent()
    #expect(rig.violated == [])
  }

  @Test(
    arguments: [
      (2_000_000, nil, ["K5"]), (2_600_000, nil, []), (59_000_000, 60, ["K5"]),
      (60_000_000, 60, []),
    ]
      as [(Int64, Int?, [String])])
  func k5FindsTriesThatComeTooSoon(_ pause: Int64, _ asked: Int?, _ found: [String]) throws {
    try rig.writeEvent()
    rig.sendEvent(answer: 503, retryAfter: asked)
    rig.tick(pause)
    rig.sendEvent()
    #expect(rig.violated == found)
  }

  @Test func k5FindsPausesThatDoNotGrow() throws {
    try rig.writeEvent()
    for _ in 0..<14 {
      rig.sendEvent(answer: 500)
      rig.tick(100_000_000)
    }
    #expect(rig.violated == ["K5"])
  }

  @Test func k5FindsAnEventThatHasEnded() throws {
    try rig.writeEvent()
    try rig.endEvent("given-up", result: "x")
    rig.sendEvent()
    #expect(rig.violated == ["K5"])
  }

  // MARK: K6

  @Test(arguments: [(59_000_000, []), (62_000_000, ["K6"])] as [(Int64, [String])])
  func k6FindsANewEventThatIsLate(_ wait: Int64, _ found: [String]) throws {
    try rig.writeEvent()
    rig.tick(wait)
    rig.sendEvent()
    #expect(rig.violated == found)
  }

  @Test(arguments: [(1_190_000_000, []), (1_210_000_000, ["K6"])] as [(Int64, [String])])
  func k6FindsATryThatIsLate(_ wait: Int64, _ found: [String]) throws {
    try rig.writeEvent()
    rig.sendEvent(answer: 500)
    rig.tick(wait)
    rig.sendEvent()
    #expect(rig.violated == found)
  }

  @Test(arguments: [(59_000_000, []), (95_000_000, ["K6"])] as [(Int64, [String])])
  func k6FindsAnEventThatIsSentAgainTooLate(_ wait: Int64, _ found: [String]) throws {
    try rig.writeEvent()
    rig.sendEvent(answer: 500)
    rig.tick(5_000_000)
    rig.auditor.observe(.hookResent(event: "evt_bk_0_1"), at: rig.now)
    rig.tick(wait)
    rig.sendEvent()
    #expect(rig.violated == found)
  }

  /// Time begins when the event before has ended, a process lives, and a place of the receiver's own is free.
  @Test func k6CountsFromWhenNothingStoodInTheWay() throws {
    try rig.writeEvent()
    rig.sendEvent()
    try rig.park("bk_0", "hotel", "undo-refused")
    try rig.writeEvent(
      "booking.needs_attention", 2,
      payload: AuditRig.payload("booking.needs_attention", 2, attention: true))
    rig.tick(600_000_000)
    try rig.endEvent()
    rig.tick(50_000_000)
    rig.sendEvent(2)
    #expect(rig.violated == [])
  }
}
