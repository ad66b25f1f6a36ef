import Foundation
import HTTPTypes
import Testing

@testable import BookingOrchestrator

struct PersonRulesTests {
  @Test(arguments: [
    ("Müller", "MUELLER"), ("Mu\u{308}ller", "MUELLER"), ("O'Brien", "OBRIEN"),
    ("O\u{2019}Brien", "OBRIEN"), ("Anne-Marie", "ANNE-MARIE"), ("Łucja", "LUCJA"),
    ("Dvořák", "DVORAK"), ("Weiß", "WEISS"), ("Øystein Åse", "OEYSTEIN AASE"),
    ("van der Berg Jr.", "VAN DER BERG JR"), ("Æthelþryð", "AETHELTHRYD"), ("Ng", "NG"),
  ])
  func aNameIsBookedInTheLettersOfAirlines(_ name: String, _ airline: String) {
    #expect(PersonRules.fault(inName: name) == nil)
    #expect(AirlineName.of(name) == airline)
  }

  @Test(arguments: [
    "", " ", "   ", " Ann", "Ann ", "Ann\u{0}", "Ann\r\nBcc: x@y.z", "Ann\tLee", "😀", "Ann ❤️",
    "Ann\u{202E}eeL", "Ann\u{200B}", "\u{FEFF}Ann", "Ann\u{2028}", "'", "-1-", "李",
    String(repeating: "a", count: 38), String(repeating: "ü", count: 19),
    String(repeating: "a", count: 5_000),
  ])
  func aNameThatNoAirlineTakesIsRefused(_ name: String) {
    #expect(PersonRules.fault(inName: name) != nil)
  }

  @Test(arguments: [
    "a@b.co", "ann.lee+trips@mail.example.com", "o'brien@example.com", "x_y@ex-ample.org",
    String(repeating: "a", count: 64) + "@example.com",
  ])
  func anAddressThatMailReachesIsTaken(_ email: String) {
    #expect(PersonRules.fault(inEmail: email) == nil)
  }

  @Test(arguments: [
    "", "@", "a@", "@b.co", "a@b", "a b@c.de", "a@b.c\r\nBcc: d@e.fg", "a@b.co\n", "a@@b.co",
    ".a@b.co", "a.@b.co", "a..b@c.de", "a@-b.co", "a@b-.co", "a@b..co", "a@b.co.", "a,b@c.de",
    "Ann <a@b.co>", String(repeating: "a", count: 65) + "@example.com",
    "a@" + String(repeating: "b", count: 64) + ".co",
    "a@" + String(repeating: "b.", count: 126) + "cc",
  ])
  func anAddressThatMailDoesNotReachIsRefused(_ email: String) {
    #expect(PersonRules.fault(inEmail: email) != nil)
  }

  @Test(arguments: ["+1234567890", "+47 22 33 44 55", "+1 (555) 010-0100", "+123456789012345"])
  func aTelephoneNumberIsTaken(_ phone: String) {
    #expect(PersonRules.fault(inPhone: phone) == nil)
  }

  @Test(arguments: [
    "", "n/a", "+", "22334455", "+0123456789", "+12", "+1234567890123456", "+1234567890\r\n",
    "+1234567890x12", "+١٢٣٤٥٦٧٨٩",
  ])
  func whatIsNoTelephoneNumberIsRefused(_ phone: String) {
    #expect(PersonRules.fault(inPhone: phone) != nil)
  }

  @Test(arguments: [("NO", true), ("us", true), ("Norway", false), ("XX", false), ("", false)])
  func aCountryHasTwoLetters(_ country: String, _ isOne: Bool) {
    #expect((PersonRules.fault(inCountry: country) == nil) == isOne)
  }

  struct Wrong: Sendable, CustomTestStringConvertible {
    var pointer: String
    var change: @Sendable (inout BookRequestBody) -> Void
    var testDescription: String { pointer }
  }

  @Test(arguments: [
    Wrong(pointer: "/travelers/1/lastName") { $0.travelers?[1].lastName = "   " },
    Wrong(pointer: "/travelers/0/firstName") { $0.travelers?[0].firstName = "A\u{202E}da" },
    Wrong(pointer: "/userContact/email") { $0.userContact.email = "@" },
    Wrong(pointer: "/userContact/phone") { $0.userContact.phone = "n/a" },
    Wrong(pointer: "/paymentInfo/billingDetails/name") {
      $0.paymentInfo.billingDetails.name = "Ada\r\nBcc: x"
    },
    Wrong(pointer: "/paymentInfo/billingDetails/email") {
      $0.paymentInfo.billingDetails.email = "a@b.c\r\nBcc: d@e.fg"
    },
    Wrong(pointer: "/paymentInfo/billingDetails/address/country") {
      $0.paymentInfo.billingDetails.address = .init(country: "Norway")
    },
    Wrong(pointer: "/paymentInfo/billingDetails/address/city") {
      $0.paymentInfo.billingDetails.address = .init(city: "Oslo\n")
    },
    Wrong(pointer: "/paymentInfo/billingDetails/name") {
      $0.paymentInfo.billingDetails.name = "' '"
    },
    Wrong(pointer: "/paymentInfo/billingDetails/name") {
      $0.paymentInfo.billingDetails.name = "Ada " + String(repeating: "a", count: 38)
    },
    Wrong(pointer: "/travelers/0/dateOfBirth") { $0.travelers?[0].dateOfBirth = "2190-01-01" },
    Wrong(pointer: "/paymentInfo/amount") { $0.paymentInfo.amount -= 1 },
    Wrong(pointer: "/travelers") { $0.travelers?.removeLast() },
    Wrong(pointer: "/travelers") {
      $0.travelers = (0..<10).map { _ in TripRequest.couple[0] }
    },
  ])
  func aWrongMemberIsNamedBeforeAnythingIsBooked(_ wrong: Wrong) async throws {
    let bed = try APITestBed()
    try await bed.register()
    let answer = try await bed.book(BookRequestBody.sample.with(wrong.change))
    #expect(answer.status == 422)
    #expect(
      answer.code == (wrong.pointer.hasSuffix("amount") ? "total-mismatch" : "request-invalid"))
    #expect(answer["pointer"] == wrong.pointer)
    #expect(try bed.count("trip_booking") == 0)
    #expect(bed.host.submitted.isEmpty)
  }

  @Test(arguments: ["李", "Кузнецов", "Παπαδόπουλος"])
  func aNameInAnotherScriptIsToldHowToBeWritten(_ name: String) {
    #expect(
      PersonRules.fault(inName: name)?.contains("machine-readable zone of the passport") == true)
  }

  @Test(arguments: [("We are ill.\n\tSorry 😢", true), ("\u{1B}[2J", false), ("a\u{202E}b", false)])
  func aReasonMayHaveLinesAndNothingThatSteers(_ reason: String, _ isTaken: Bool) {
    #expect((PersonRules.fault(inText: reason) == nil) == isTaken)
  }

  struct WrongOption: Sendable, CustomTestStringConvertible {
    var pointer: String
    var change: @Sendable (inout TripOption) -> Void
    var testDescription: String { pointer }
  }

  @Test(arguments: [
    WrongOption(pointer: "/flight/airline") { $0.flight.airline = "Air\r\nBcc: x" },
    WrongOption(pointer: "/hotel/hotelName") { $0.hotel.hotelName = "Ritz\u{0}" },
    WrongOption(pointer: "/activities/0/name") { $0.activities[0].name = "Boat\u{202E}" },
    WrongOption(pointer: "/activities/1/provider") { $0.activities[1].provider = "A\u{2028}B" },
    WrongOption(pointer: "/travelers") { $0.travelers = [TripRequest.couple[0]] },
    WrongOption(pointer: "/travelers/1/dateOfBirth") {
      $0.travelers = TripRequest.couple
      $0.travelers?[1].dateOfBirth = "2190-01-01"
    },
  ])
  func anOptionThatCannotBeBookedIsNotRegistered(_ wrong: WrongOption) async throws {
    let bed = try APITestBed()
    let answer = try await bed.call(
      .post, "/trip/options", encoded(TripOption.sample.with(wrong.change)))
    #expect(answer.status == 422)
    #expect(answer["pointer"] == wrong.pointer)
    #expect(try bed.count("trip_option") == 0)
  }

  @Test(arguments: [
    ("\"travelers\"", "\"travellers\"", "/travellers"),
    ("\"phone\"", "\"tel\"", "/userContact/tel"),
    ("\"firstName\"", "\"title\":\"Dr\",\"firstName\"", "/travelers/0/title"),
  ])
  func aMemberThatIsNotKnownIsRefused(
    _ known: String, _ unknown: String, _ pointer: String
  ) async throws {
    let bed = try APITestBed()
    try await bed.register()
    let body = try encoded(
      BookRequestBody.sample.with {
        $0.userContact.phone = "+4722334455"
        $0.paymentInfo.billingDetails.phone = nil
      })
    let answer = try await bed.call(
      .post, "/booking/book", body.replacing(known, with: unknown, maxReplacements: 1), key: "k1")
    #expect(answer.status == 422)
    #expect(answer["pointer"] == pointer)
    #expect(try bed.count("trip_booking") == 0)
  }

  @Test func anOfferPricedForOneIsNotSoldToTwo() async throws {
    let bed = try APITestBed()
    try await bed.register(
      .sample.with { $0.flight.offer = #"{"id":"1","travelerPricings":[{"travelerId":"1"}]}"# })
    let answer = try await bed.book()
    #expect(answer.status == 422)
    #expect(answer["pointer"] == "/travelers")
    #expect(
      answer["detail"]
        == "The trip is for 2 travellers, but the flight was priced for 1.")
    #expect(try bed.count("trip_booking") == 0)
  }
}
