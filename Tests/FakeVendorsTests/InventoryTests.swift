import Testing
import Wire

@testable import FakeVendors

struct InventoryTests {
  private func seats(_ total: Int) -> Inventory {
    var inventory = Inventory()
    inventory.setTotal(total, of: "AF1")
    return inventory
  }

  @Test func unknownItemHasNothingToSell() {
    var inventory = Inventory()
    let held = inventory.hold(1, of: "AF1")
    #expect(!held)
  }

  @Test func holdTakesOutOfSale() {
    var inventory = seats(3)
    let held = inventory.hold(2, of: "AF1")
    #expect(held)
    #expect(inventory.available("AF1") == 1)
    #expect(inventory.capacities[0].held == 2)
    expectConserved(inventory.capacities)
  }

  @Test func refusedHoldChangesNothing() {
    var inventory = seats(1)
    let before = inventory.capacities
    let held = inventory.hold(2, of: "AF1")
    #expect(!held)
    #expect(inventory.capacities == before)
  }

  @Test func everyMoveConserves() {
    var inventory = seats(4)
    let held = inventory.hold(3, of: "AF1")
    #expect(held)
    inventory.confirm(2, of: "AF1")
    inventory.releaseHeld(1, of: "AF1")
    inventory.releaseConfirmed(1, of: "AF1")
    #expect(inventory.available("AF1") == 3)
    #expect(inventory.capacities[0].confirmed == 1)
    expectConserved(inventory.capacities)
  }

  @Test func newTotalKeepsWhatIsTaken() {
    var inventory = seats(4)
    let held = inventory.hold(3, of: "AF1")
    #expect(held)
    inventory.setTotal(5, of: "AF1")
    #expect(inventory.available("AF1") == 2)
    expectConserved(inventory.capacities)
  }

  @Test func capacitiesKeepTheOrderOfRegistration() {
    var inventory = Inventory()
    for item in ["z", "a", "m"] { inventory.setTotal(1, of: item) }
    #expect(inventory.capacities.map(\.item) == ["z", "a", "m"])
  }

  @Test func releasingMoreThanHeldTraps() async {
    await #expect(processExitsWith: .failure) {
      var inventory = Inventory()
      inventory.setTotal(1, of: "AF1")
      inventory.releaseHeld(1, of: "AF1")
    }
  }
}

struct AgendaTests {
  @Test func entriesComeInOrderOfTimeThenOfAddition() {
    var agenda = Agenda()
    agenda.add(1, due: 20)
    agenda.add(2, due: 10)
    agenda.add(3, due: 20)
    agenda.add(4, due: 10)
    #expect(agenda.nextDue == 10)
    var order: [Int] = []
    while let entry = agenda.popDue(at: 20) { order.append(entry.reservation) }
    #expect(order == [2, 4, 1, 3])
  }

  @Test func nothingIsDueBeforeItsTime() {
    var agenda = Agenda()
    agenda.add(1, due: 20)
    let entry = agenda.popDue(at: 19)
    #expect(entry == nil)
  }
}

struct WireTests {
  @Test(
    arguments: [
      (12345, "USD", "123.45"), (5, "USD", "0.05"), (0, "EUR", "0.00"), (12345, "JPY", "12345"),
      (1234, "KWD", "1.234"), (-150, "USD", "-1.50"),
    ] as [(Int64, String, String)])
  func amountsArePrintedWithTheExponentOfTheCurrency(minor: Int64, currency: String, text: String) {
    #expect(WireMoney.text(minor, currency) == text)
    #expect(WireMoney.minor(text, currency) == minor)
  }

  @Test(arguments: [("123.4", 12340), ("123", 12300), ("123.450", 12345), ("0.1", 10)])
  func decimalsOfAnyLengthAreRead(text: String, minor: Int64) {
    #expect(WireMoney.minor(text, "USD") == minor)
  }

  @Test(arguments: ["", ".", "1.", "-", "1.005", "1e2", "1,00", " 1", "99999999999999999999"])
  func whatIsNoAmountIsRefused(text: String) {
    #expect(WireMoney.minor(text, "USD") == nil)
  }

  @Test(arguments: [(1, 50, 1), (3, 50, 2), (101, 50, 51), (9999, 33, 3300), (100, 0, 0)])
  func percentIsRoundedHalfUp(minor: Int64, percentage: Int, result: Int64) {
    #expect(WireMoney.percent(percentage, of: minor) == result)
  }

  @Test(
    arguments: [
      (0, "1970-01-01T00:00:00.000"), (vendorEpoch, "2027-01-15T10:00:00.000"),
      (951_782_400_000_000, "2000-02-29T00:00:00.000"), (-1_000, "1969-12-31T23:59:59.999"),
    ] as [(Int64, String)])
  func momentsAreWrittenAndReadBack(microseconds: Int64, text: String) {
    #expect(WireTime.milliseconds(microseconds) == text)
    #expect(WireTime.parse(text + "Z") == microseconds)
  }

  @Test(arguments: [
    "2027-01-15T10:00:00Z", "2027-01-15T11:00:00+01:00", "2027-01-15T04:30:00.000-05:30",
    "2027-01-15T10:00:00",
  ])
  func zonesAreUnderstood(text: String) {
    #expect(WireTime.parse(text) == vendorEpoch)
  }

  @Test(arguments: ["", "2027", "2027-13-01", "2027-01-15 10:00:00", "2027-01-15T25:00:00Z"])
  func whatIsNoMomentIsRefused(text: String) {
    #expect(WireTime.parse(text) == nil)
  }

  @Test func jsonKeepsDigitsAndOrder() throws {
    let source = #"{"b":80.10,"a":[1,-2.5e3,true,null,"x\"é😀\n"],"c":{}}"#
    let node = try #require(JSONValue(parsing: Array(source.utf8)))
    #expect(node["b"] == .number("80.10"))
    #expect(node["a"]?.array?[4] == .string("x\"é😀\n"))
    let written = JSONWriter.object { $0.field("v", node) }
    #expect(JSONValue(parsing: written)?["v"] == node)
  }

  @Test(arguments: [
    "", "{", "{\"a\":1,}", "[1 2]", "01", "1.", "nul", "\"\\x\"", "\"\\ud800\"", "{} x", "{a:1}",
    "\"a\nb\"",
  ])
  func malformedJSONIsRefused(source: String) {
    #expect(JSONValue(parsing: Array(source.utf8)) == nil)
  }

  @Test func deepNestingIsRefusedRatherThanOverflowingTheStack() {
    #expect(JSONValue(parsing: Array(repeating: UInt8(ascii: "["), count: 100_000)) == nil)
  }

  @Test func idsDependOnSeedAndKeyOnly() {
    func id(_ seed: UInt64, _ key: String, _ salt: Int = 0) -> String {
      var hash = KeyedHash(seed: seed, "test", key, salt: salt)
      return hash.digits(15)
    }
    #expect(id(1, "a") == id(1, "a"))
    var characters = KeyedHash(seed: 1, "test", "a")
    #expect(Set(characters.characters(200, of: KeyedHash.hexadecimal)).count == 16)
    #expect(Set([id(1, "a"), id(2, "a"), id(1, "b"), id(1, "a", 1)]).count == 4)
  }
}
