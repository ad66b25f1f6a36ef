import Testing

@testable import Audit
@testable import Worlds

/// N6 to N8: what mails say, that they are what is sent, and how often they are.
struct MailInvariantTests {
  /// A confirmed trip whose confirmation says something else in one place.
  private func confirmed(_ truth: String, _ lie: String) throws -> AuditRig {
    let rig = try AuditRig()
    try rig.book()
    rig.bend = { $0.replacing(truth, with: lie) }
    try rig.confirm()
    rig.conclude()
    return rig
  }

  @Test(arguments: [
    ("Dear A,", "Dear B,"), ("is confirmed", "could not be booked"), ("USD 750.00", "USD 75.00"),
    ("USD 750.00", "EUR 750.00"), ("USD 750.00", "USD 750.000"), ("flight-of-bk_0-1", "X"),
    ("- hotel:", "- spa:"), ("USD 300.00", "USD 30.00"),
    ("USD 0.00 of it", "USD 50.00 of it"), ("(bk_0)", "(bk_1)"),
    ("USD 750.00 was charged", "Nothing was charged"), ("a@example.com", "b@example.com"),
    (" was charged", " will be"),
  ])
  func aMailThatLiesIsFound(_ truth: String, _ lie: String) throws {
    #expect(try confirmed(truth, lie).violated == ["N6"])
  }

  @Test func aTrueMailIsNone() throws {
    #expect(try confirmed("", "").violated == [])
  }

  @Test func anotherMailThanTheWrittenOneIsFound() throws {
    let rig = try AuditRig()
    try rig.rollBack()
    rig.mail(tag: "failure", text: "Your trip failed.")
    try rig.sql("UPDATE outbox SET payload = replace(payload, 'failed', 'is on')")
    rig.conclude()
    #expect(rig.violated == ["N7"])
  }

  private func sent(_ story: (AuditRig) -> Void) throws -> [String] {
    let rig = try AuditRig()
    try rig.book()
    try rig.confirm()
    // Taken in spite of its answer.
    rig.mail(tag: "confirmation", text: rig.text(of: "confirmation", "bk_0"))
    rig.send("confirmation", version: 4, answer: 500)
    story(rig)
    rig.conclude()
    return rig.violated
  }

  /// The reason of a refusal may speak of charges too.
  @Test func moneyIsReadWhereAnAmountStands() {
    let told = ToldMoney(
      "The vendors could not be reached in time; nothing was charged.\n\nEUR 1474.02 was charged.",
      currency: "EUR")
    #expect(told.charged == 147_402)
    #expect(told.unreadable == [])
  }

  @Test func n7FindsAMailThatCountsAsSentAndWasNeverTaken() throws {
    let rig = try AuditRig()
    try rig.book()
    try rig.confirm()
    rig.send("confirmation", version: 4, answer: 0)
    rig.conclude()
    #expect(rig.violated == ["N7"])
  }

  /// Only the service's own 422 refuses a mail for good.
  @Test(arguments: [(422, false), (429, true), (500, true)])
  func aMailThatWasNotRefusedIsNotRefused(_ answer: Int, _ isWrong: Bool) throws {
    let rig = try AuditRig()
    try rig.book()
    try rig.confirm()
    let version = rig.rewrite("bk_0", "update", text: "news", to: "a@example.com")
    try rig.sql("UPDATE outbox SET status = 'refused' WHERE kind = 'update'")
    rig.auditor.observe(.committed, at: rig.now)
    rig.send("update", version: version, answer: answer)
    rig.conclude()
    let said = rig.auditor.violations.filter { $0.invariant == "N4" }
    #expect(said.contains { $0.explanation.contains("has not refused it") } == isWrong)
  }

  /// A bell that nobody heard: the mailer sleeps on.
  @Test(arguments: [(59, false), (61, true)])
  func aNewMailIsSentSoon(_ later: Int64, _ isWrong: Bool) throws {
    let rig = try AuditRig()
    try rig.book()
    try rig.confirm()
    let version = rig.rewrite("bk_0", "update", text: "news", to: "a@example.com")
    rig.auditor.observe(.committed, at: rig.now)
    rig.tick(later * 1_000_000)
    rig.send("update", version: version)
    #expect(rig.violated.contains("N8") == isWrong)
  }

  @Test func aMailIsSentAgainUntilItIsTaken() throws {
    #expect(
      try sent { rig in
        for _ in 0..<20 {
          rig.tick(600_000_000)
          rig.send("confirmation", version: 4, answer: 500)
        }
        rig.tick()
        rig.send("confirmation", version: 4)
      } == [])
  }

  @Test(arguments: [200, 422])
  func whatIsAnsweredIsNotSentAgain(_ status: Int) throws {
    func story(_ rig: AuditRig, dies: Bool) {
      rig.tick()
      rig.send("confirmation", version: 4, answer: status)
      if dies { rig.die() }
      rig.tick()
      rig.send("confirmation", version: 4)
    }
    #expect(try sent { story($0, dies: false) } == ["N8"])
    #expect(try sent { story($0, dies: true) } == [])
  }

  @Test func aWishToWaitIsHonoured() throws {
    #expect(
      try sent { rig in
        rig.send("confirmation", version: 4, answer: 429, retryAfter: 30)
        rig.tick(20_000_000)
        rig.send("confirmation", version: 4)
      } == ["N8"])
  }

  @Test func aHotLoopAndTooLongAPauseAreFound() throws {
    #expect(
      try sent { rig in
        for _ in 0..<50 {
          rig.tick(10_000_000)
          rig.send("confirmation", version: 4, answer: 500)
        }
      } == ["N8"])
    #expect(
      try sent { rig in
        rig.tick(3_600_000_000)
        rig.send("confirmation", version: 4)
      } == ["N8"])
  }

  @Test func aMailThatNobodyWroteIsFound() throws {
    #expect(try sent { $0.send("failure", version: 9) } == ["N8"])
  }
}
