import GRDB
import Testing

@testable import Audit
@testable import FakeVendors
@testable import Worlds

/// Each invariant about links fires on the lie that it is there for, and on no truth beside it.
struct ShareInvariantTests {
  let rig: AuditRig
  init() throws {
    rig = try AuditRig { $0.contact.phone = "+15550199" }
    try rig.book()
    try rig.confirm()
    rig.tick()
  }

  @Test(arguments: [
    "mail a@example.com", "call +15550199", "booking bk_0", "option to_17.", "paid by pi_3abc",
    "card pm_card_visa", "link sl_0",
  ])
  func s1FindsWhatIsNobodysBusiness(_ words: String) {
    rig.makeLink()
    rig.open("page", AuditRig.shown + words)
    #expect(rig.violated == ["S1"])
  }

  @Test func s1FindsItInCalendarsWhoseLinesAreFolded() {
    rig.open("itinerary", AuditRig.shown + "a@exam\r\n ple.com")
    #expect(rig.violated == ["S1"])
  }

  @Test(arguments: [(true, ["S1"]), (false, [])])
  func s1FindsPricesWhereTheyAreHidden(_ hides: Bool, _ found: [String]) {
    rig.makeLink(rig.link(hidesPrices: hides))
    rig.open("page", AuditRig.shown + "USD 400.00", rig.link(hidesPrices: hides))
    #expect(rig.violated == found)
  }

  /// A token is any letters, and stands on its page in the links to the files.
  @Test func s1PassesOverTheTokenItself() {
    rig.makeLink(rig.link("pi_abc"))
    rig.open("page", AuditRig.shown + "/share/pi_abc.pdf", rig.link("pi_abc"))
    #expect(rig.violated == [])
  }

  @Test func s2FindsALinkThatIsShownThoughItWasTakenBack() {
    rig.makeLink()
    rig.revokeLink()
    rig.tick()
    rig.open("page", AuditRig.shown)
    #expect(rig.violated == ["S2"])
  }

  @Test func s2FindsALinkThatOutlivesItsTime() {
    rig.makeLink(rig.link(expires: rig.now + 60_000_000))
    rig.tick(60_000_000)
    rig.open("page", AuditRig.shown, rig.link(expires: rig.now))
    #expect(rig.violated == ["S2"])
  }

  @Test func s2FindsALinkThatNobodyMade() {
    rig.open("page", AuditRig.shown, rig.link("OTHER"))
    #expect(rig.violated == ["S2"])
  }

  @Test func s2FindsALinkThatStandsAndShowsNothing() {
    rig.makeLink()
    rig.open("page", "nothing", status: 404)
    #expect(rig.violated == ["S2"])
  }

  @Test func s2FindsRefusalsThatDiffer() {
    rig.makeLink()
    rig.revokeLink()
    rig.tick()
    rig.open("page", "nothing", status: 404)
    rig.open("page", "nothing", rig.link("OTHER"), status: 404)
    #expect(rig.violated == [])
    rig.open("page", "nothing any more", status: 404)
    #expect(rig.violated == ["S2"])
  }

  /// While its end is on the way, or its answer was lost, a link may show its trip or not.
  @Test func s2AllowsBothWhileAnEndIsNotKnown() {
    rig.makeLink()
    rig.revokeLink(result: .unknown)
    rig.tick()
    rig.open("page", AuditRig.shown)
    rig.open("page", "nothing", status: 404)
    rig.open("page", "", status: 502, result: .unknown)
    #expect(rig.violated == [])
  }

  @Test(arguments: ["flight-of-bk_0-1", "hotel-of-bk_0-1", "activity-1-of-bk_0-1"])
  func s3FindsAReferenceThatIsNotShown(_ reference: String) {
    rig.makeLink()
    rig.open("page", AuditRig.shown.replacing(reference, with: "none"))
    rig.conclude()
    #expect(rig.violated == ["S3"])
  }

  @Test func s4FindsATokenInAnyColumn() throws {
    rig.makeLink(rig.link("T0KEN-OF-LINK"))
    try rig.sql(
      "INSERT INTO inbox (source, kind, payload, received_us) VALUES ('x', 'cancel', ?, 0)",
      ["opened T0KEN-OF-LINK"])
    rig.conclude()
    #expect(rig.result(.s4).violations == 1)
    #expect(rig.auditor.violations.contains { $0.explanation.hasSuffix("inbox.payload") })
  }
}
