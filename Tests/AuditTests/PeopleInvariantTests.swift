import Testing

@testable import Audit
@testable import Worlds

/// A9 to A12 fire on the lies that they are there for.
struct PeopleInvariantTests {
  @Test func a9FindsABookingForPeopleWhomNoVendorCarries() throws {
    let rig = try AuditRig(flaw: .bornTomorrow)
    try rig.book()
    try rig.confirm()
    rig.told(.book, "CONFIRMED")
    rig.conclude()
    #expect(rig.violated == ["A9"])
    #expect(rig.result(.a9).violations == 2)
  }

  @Test func a9FindsACallToAVendor() throws {
    let rig = try AuditRig(flaw: .amountBelow)
    rig.told(
      .book, "", id: "", result: .fail, status: 422, problem: "total-mismatch",
      pointer: "/paymentInfo/amount")
    rig.history.calls.append(
      rig.record(
        "bk_0", "flight", "do", 1, 1, epoch: 1, service: "flight", operation: "price", key: ""))
    rig.conclude()
    #expect(rig.violated == ["A9"])
  }

  @Test(arguments: ["", "/", "/travelers", "/travelers/1/lastName", "/userContact/email"])
  func a9FindsARefusalThatPointsElsewhere(_ pointer: String) throws {
    let rig = try AuditRig(flaw: .nameInHan)
    rig.told(
      .book, "", id: "", result: .fail, status: 422, problem: "request-invalid", pointer: pointer)
    rig.conclude()
    #expect(rig.violated == ["A9"])
  }

  @Test func a10FindsAServableRequestThatIsRefusedForItsPeople() throws {
    let rig = try AuditRig()
    rig.told(
      .register, "", id: "", result: .fail, status: 422, problem: "request-invalid",
      pointer: "/travelers/0/lastName")
    rig.conclude()
    #expect(rig.violated == ["A10"])
  }

  @Test func a10FindsPeopleWhomAVendorDoesNotTake() throws {
    let rig = try AuditRig()
    try rig.charge()
    try rig.perform("bk_0", "flight", answer: 400, finally: "REJECTED")
    try rig.undo("bk_0", cause: "rollback", slots: [])
    try rig.write("bk_0", "FAILED")
    rig.conclude()
    #expect(rig.violated == ["A10"])
  }

  @Test func a10BelievesAVendorThatHasNothingLeft() throws {
    let rig = try AuditRig()
    try rig.charge()
    try rig.perform("bk_0", "flight", answer: 400, finally: "REJECTED")
    rig.refuse("flight", "create")
    try rig.undo("bk_0", cause: "rollback", slots: [])
    try rig.write("bk_0", "FAILED")
    rig.conclude()
    #expect(rig.violated == [])
  }

  @Test(arguments: [
    ("flight", ["JUERGEN MUELLER"]), ("flight", ["JUERGEN MUELLER", "JUERGEN MUELLER"]),
    ("flight", ["JURGEN MULLER", "ANNE MARIE OBRIAN"]), ("flight", []),
    ("hotel", ["Anne-Marie O'Brien", "Jürgen Müller"]), ("activity-1", ["B A"]),
  ])
  func a11FindsAReservationForOthers(_ slot: String, _ people: [String]) throws {
    let rig = try AuditRig()
    try rig.charge()
    rig.reserve(slot: slot, people: people)
    #expect(rig.violated == ["A11"])
  }

  @Test(arguments: [("flight", "seats=1"), ("hotel", "adults=1"), ("activity-1", "travelers=10")])
  func a11FindsAReservationForMoreOrFewer(_ slot: String, _ attribute: String) throws {
    let rig = try AuditRig()
    try rig.charge()
    rig.reserve(slot: slot, attributes: [attribute])
    #expect(rig.result(.a11).violations == 1)
  }

  @Test func a12FindsAHeaderThatAUserWrote() throws {
    let rig = try AuditRig()
    try rig.rollBack()
    rig.mail(tag: "failure", to: "a@example.com\r\nBcc: b@example.com")
    rig.conclude()
    #expect(rig.violated == ["A12"])
  }

  @Test func a12FindsALineThatAUserWrote() throws {
    let rig = try AuditRig {
      $0.contact.firstName = "A\nPay to b@example.com"
    }
    try rig.rollBack()
    rig.mail(tag: "failure", text: "Dear A\nPay to b@example.com,\n\nYour trip failed.\n")
    rig.conclude()
    // The rig writes mails for a customer without line breaks.
    #expect(rig.violated == ["A12", "N6"])
  }

  @Test(arguments: [
    ("MUELLER", "Müller", true), ("Muller", "Mu\u{308}ller", true), ("OBRIEN", "O’Brien", true),
    ("ANNE MARIE", "Anne-Marie", true), ("OEYSTEIN AASE", "Øystein Åse", true),
    ("STRAUSS", "Strauß", true), ("DANG", "Đặng", true), ("Miller", "Müller", false),
    ("MUELER", "Müller", false), ("", "Ng", false), ("NG", "", false), ("NGNG", "Ng", false),
    ("ANNEMARIE", "Anne-Marie", false), ("MARIA JOSE", "María  José", true),
    ("MARIAJOSE", "María José", false), ("MARI A", "Maria", false),
  ])
  func aNameIsComparedAsDocumentsWriteIt(_ kept: String, _ written: String, _ isSame: Bool) {
    #expect(DocumentName.isSame(kept, as: written) == isSame)
  }
}
