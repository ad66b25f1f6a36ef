import Testing

@testable import Audit
@testable import FakeVendors

/// C1 to C6: trips that are changed.
struct ModificationInvariantTests {
  /// Cheaper and dearer, with a penalty that something is left over for and one that is ours.
  @Test(arguments: [(25_000, 0, 5_000), (25_000, 2_000, 3_000), (36_000, 0, 0), (36_000, 2_000, 0)])
  func aTripThatIsChangedViolatesNothing(
    _ price: Int64, _ penalty: Int64, _ refund: Int64
  ) throws {
    let rig = try AuditRig.changed(price: price, penalty: penalty, refund: refund)
    rig.conclude()
    #expect(rig.auditor.violations == [])
    for invariant in [Invariant.c1, .c2, .c3, .c4, .c5] {
      #expect(rig.result(invariant).exercised > 0, "\(invariant)")
    }
  }

  @Test func aChangeThatComesToNothingViolatesNothing() throws {
    let rig = try AuditRig.unchanged()
    rig.conclude()
    #expect(rig.auditor.violations == [])
    #expect(rig.result(.c6).exercised == 1)
  }

  @Test func c1FindsBothHotelsStanding() throws {
    let rig = try AuditRig.changed(price: 25_000, refund: 5_000, keepsOld: true)
    rig.conclude()
    #expect(rig.violated == ["V2", "C1"])
  }

  @Test func c1FindsAPartOfAChangeThatCameToNothing() throws {
    let rig = try AuditRig()
    try rig.book()
    try rig.confirm()
    try rig.acceptChange()
    try rig.bookChange(price: 30_000)
    rig.refuse("hotel", "create", of: "md_0")
    rig.replaced = ["hotel-of-md_0-1"]
    try rig.write("md_0", "FAILED")
    rig.conclude()
    #expect(rig.violated.contains("C1"))
  }

  @Test func c2FindsABedGivenUpTooEarly() throws {
    let rig = try AuditRig(into: { $0.hotel.item = "room-2" })
    try rig.book()
    try rig.confirm()
    try rig.acceptChange()
    try rig.giveUpOldHotel()
    #expect(rig.violated.contains("C2"))
    #expect(rig.violated.contains("V6"))
  }

  @Test func c3FindsWhatIsTheSameBookedAnew() throws {
    let rig = try AuditRig(into: { $0.hotel.item = "room-2" })
    try rig.book()
    try rig.confirm()
    try rig.acceptChange(kept: "{}", replaced: #"["flight","hotel","activity-1"]"#)
    try rig.write("md_0", "VALIDATING")
    try rig.write("md_0", "PROCESSING")
    try rig.perform("md_0", "flight", answer: 201, reference: "flight-of-md_0-1") {
      rig.reserve("md_0", slot: "flight")
    }
    #expect(rig.violated == ["C3"])
  }

  @Test func c3FindsWhatIsKeptCancelled() throws {
    let rig = try AuditRig.changed(price: 25_000, refund: 5_000)
    try rig.perform("bk_0", "flight", "undo", cause: "change", target: "flight-of-bk_0-1") {
      rig.release(slot: "flight")
    }
    #expect(rig.violated.contains("C3"))
  }

  @Test func c4FindsTwoChangesAtOnce() throws {
    let rig = try AuditRig()
    try rig.book()
    try rig.confirm()
    try rig.acceptChange("md_0")
    try rig.acceptChange("md_0-2")
    #expect(rig.violated == ["C4"])
  }

  @Test func c4FindsACancellationThatDoesNotWait() throws {
    let rig = try AuditRig()
    try rig.book()
    try rig.confirm()
    try rig.acceptChange()
    try rig.askCancel("bk_0")
    try rig.write("bk_0", "CANCELLING")
    #expect(rig.violated == ["C4"])
  }

  @Test(arguments: [(25_000, 2_000, 5_000), (25_000, 2_000, 2_999), (36_000, 0, 6_000)])
  func c5FindsAnotherSum(_ price: Int64, _ penalty: Int64, _ refund: Int64) throws {
    let rig = try AuditRig.changed(price: price, penalty: penalty, refund: refund)
    rig.conclude()
    #expect(rig.violated == ["M9", "C5"])
  }

  @Test(arguments: ["change-under-way", "booking-not-confirmed", "booking-changed-before"])
  func c6FindsARefusalOfATripThatStands(_ problem: String) throws {
    let rig = try AuditRig.unchanged()
    rig.tick(5_000_000)
    rig.told(.modify, "", id: "", result: .fail, status: 409, problem: problem)
    #expect(rig.violated == ["C6"])
  }

  @Test func c6FindsAnOptionThatIsNotTaken() throws {
    let rig = try AuditRig.unchanged()
    rig.told(.registerChange, "", id: "", result: .fail, status: 422, problem: "request-invalid")
    #expect(rig.violated == ["C6"])
  }

  // MARK: Changed again

  @Test(arguments: [(25_000, 0), (25_000, 3_000), (36_000, 1_000)])
  func aTripThatIsChangedTwiceViolatesNothing(_ price: Int64, _ penalty: Int64) throws {
    let rig = try AuditRig.changedTwice(price: price, penalty: penalty)
    rig.conclude()
    #expect(rig.auditor.violations == [])
    #expect(rig.auditor.marks["change-replaced-change"] == 1)
    #expect(
      rig.auditor.tripRows(rig.history).map(\.expectedNetMinor).reduce(0, +) == 67_000 + penalty)
  }

  @Test func c1FindsWhatAnEarlierChangeHadBookedStanding() throws {
    let rig = try AuditRig.changedTwice(price: 25_000, penalty: 0, keepsOld: true)
    rig.conclude()
    #expect(rig.violated == ["V2", "C1"])
  }

  @Test func c5FindsThatALaterChangeIsNotPaidBack() throws {
    let rig = try AuditRig.changedTwice(price: 25_000, penalty: 0, paysBack: false)
    rig.conclude()
    #expect(rig.violated == ["M9", "C5"])
  }
}
