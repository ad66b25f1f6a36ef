import Testing

@testable import Audit
@testable import FakeVendors
@testable import Worlds

/// H1…H6 fire on the lies that they are there for.
struct HoldInvariantTests {
  let rig: AuditRig
  init() throws { rig = try AuditRig.held() }

  @Test func h1FindsASecondCapture() throws {
    try rig.hold()
    try rig.bookOnHold()
    try rig.take(70_000)
    try rig.step("bk_0", "capture", status: "REJECTED")
    try rig.take(70_000, generation: 2)
    #expect(rig.violated == ["H1"])
  }

  @Test func h1FindsMoreThanWasAuthorised() throws {
    try rig.hold()
    try rig.bookOnHold()
    try rig.take(75_001)
    #expect(rig.result(.h1).violations == 1)
  }

  @Test func h2FindsACaptureBeforeTheHotelStands() throws {
    try rig.hold()
    try rig.perform("bk_0", "flight", answer: 201, reference: "flight-of-bk_0-1") {
      rig.reserve(slot: "flight")
    }
    try rig.take(40_000)
    #expect(rig.violated == ["H2"])
  }

  @Test func h2FindsAPaymentThatWasNeverHeld() throws {
    try rig.charge()
    #expect(rig.violated == ["H2", "H3"])
  }

  @Test func h3FindsThatWhatFailedIsTaken() throws {
    try rig.hold()
    try rig.bookOnHold()
    try rig.take(75_000)
    #expect(rig.violated == ["H3"])
  }

  @Test func h4FindsAHoldThatIsLeftOpen() throws {
    try rig.rollBackHold(releasing: false)
    rig.conclude()
    #expect(rig.result(.h4).violations == 1)
  }

  @Test func h5FindsARefundOfWhatWasNeverTaken() throws {
    try rig.hold()
    try rig.perform("bk_0", "charge", "undo", cause: "rollback", answer: 400, finally: "REJECTED")
    #expect(rig.result(.h5).violations == 1)
  }

  @Test func aTripThatIsPaidAtOnceIsNotJudged() throws {
    let atOnce = try AuditRig()
    try atOnce.book()
    try atOnce.confirm()
    atOnce.conclude()
    for invariant in [Invariant.h1, .h2, .h3, .h4, .h5] {
      #expect(atOnce.result(invariant).exercised == 0)
    }
  }

  @Test func wordsAboutAHoldAreRead() {
    let held = ToldMoney(
      "Nothing has been charged so far; USD 12.50 is held on the card.", currency: "USD")
    #expect(held.held == 1_250 && held.isNothing)
    let released = ToldMoney(
      "Nothing was charged; the hold of USD 12.50 on the card was released.", currency: "USD")
    #expect(released.released == 1_250 && released.held == nil)
  }

  @Test func h6FindsATripConfirmedOnTooLittle() throws {
    try rig.hold()
    try rig.bookOnHold()
    try rig.take(69_999, byHand: true)
    try rig.write("bk_0", "CONFIRMED")
    rig.conclude()
    #expect(rig.result(.h6).violations == 1)
    #expect(rig.result(.h3).exercised == 0)
  }

  @Test(arguments: [Int64(70_000), 72_000])
  func whatIsTakenByHandMayBeMoreThanIsDue(taken: Int64) throws {
    try rig.hold()
    try rig.bookOnHold()
    try rig.take(taken, byHand: true)
    try rig.write("bk_0", "CONFIRMED")
    rig.conclude()
    #expect(rig.result(.h6).exercised == 1)
    #expect(rig.result(.h6).violations == 0)
    #expect(rig.result(.h3).violations == 0)
    #expect(rig.result(.m5).violations == 0)
    #expect(rig.result(.m9).violations == (taken == 70_000 ? 0 : 1))
  }
}
