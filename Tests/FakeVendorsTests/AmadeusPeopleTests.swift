import FakeVendors
import Foundation
import HTTPService
import HTTPTypes
import Testing

struct AmadeusPeopleTests {
  @Test(arguments: [1, 3, 10])
  func anotherNumberOfTravellersThanPricedIsRefused(count: Int) async throws {
    let shop = try await AmadeusShop()
    let reply = try await shop.order(
      try await shop.found(), travelers: AmadeusShop.people(count))
    #expect(reply.status == 400)
    #expect(reply.integer("errors.0.code") == 4926)
    #expect(reply.text("errors.0.source.pointer") == "/data/travelers")
    #expect(shop.fake.reservations.isEmpty)
    #expect(shop.fake.capacities[0].available == 9)
  }

  /// Orders for two, the second of whom is given.
  private func order(second: String) async throws -> HTTPReply {
    let shop = try await AmadeusShop()
    return try await shop.order(
      try await shop.found(), travelers: AmadeusShop.people(1) + "," + second)
  }

  private func traveler(_ last: String, _ more: String = "") -> String {
    #"{"id":"2","name":{"firstName":"Ada","lastName":"\#(last)"}\#(more)}"#
  }

  @Test(arguments: ["MUELLER", "OBrien", "Anne-Marie", "van der Berg", "Lucja", "D"])
  func namesOfLettersAreTaken(name: String) async throws {
    #expect(try await order(second: traveler(name)).status == 201)
  }

  @Test(arguments: [
    "", " ", "  Berg", "R2D2", "a\\u0007b", "\u{1F600}", "\u{202E}gnal", "山田", "a\\r\\nb", "a@b",
    "-", "Müller", "Mu\u{308}ller", "Łucja", "Dvořák", "Weiß", "O'Brien", "O\u{2019}Brien",
    "Berg Jr.",
  ])
  func otherNamesAreInvalidFormat(name: String) async throws {
    let reply = try await order(second: traveler(name))
    #expect(reply.status == 400)
    #expect(reply.integer("errors.0.code") == 477)
    #expect(reply.text("errors.0.title") == "INVALID FORMAT")
    #expect(reply.text("errors.0.source.pointer") == "/data/travelers[1]/name/lastName")
  }

  @Test func whatIsBadlyWrittenIsNotedAsTheCallersMistake() async throws {
    let shop = try await AmadeusShop()
    let offer = try await shop.found()
    _ = try await shop.order(
      offer, travelers: AmadeusShop.people(1) + "," + traveler("Müller"))
    let refusal = try #require(shop.fake.availabilityRefusals.first)
    #expect(refusal.reason == .malformed)
    #expect(refusal.operation == "create")
    // One that is refused for what it asks is not one that is badly written.
    shop.script.next("create", .sellFailure)
    _ = try await shop.order(offer, travelers: AmadeusShop.people(2))
    #expect(shop.fake.availabilityRefusals.map(\.reason) == [.malformed, .unavailable])
  }

  @Test func namesHaveALength() async throws {
    let longest = String(repeating: "a", count: 56)
    #expect(try await order(second: traveler(longest)).status == 201)
    let reply = try await order(second: traveler(longest + "a"))
    #expect(reply.integer("errors.0.code") == 2781)
    #expect(reply.text("errors.0.source.pointer") == "/data/travelers[1]/name/lastName")
  }

  @Test(arguments: [
    (#","dateOfBirth":"1982-1-16""#, 477, "/dateOfBirth"),
    (#","dateOfBirth":"1982-02-30""#, 477, "/dateOfBirth"),
    (#","dateOfBirth":"2027-01-16""#, 4926, "/dateOfBirth"),
    (#","gender":"F""#, 477, "/gender"),
    (#","contact":{"phones":[{"number":"n/a"}]}"#, 477, "/contact/phones[0]/number"),
    (
      #","contact":{"phones":[{"number":"1234567890123456"}]}"#, 477, "/contact/phones[0]/number"
    ),
    (
      #","contact":{"phones":[{"countryCallingCode":"x"}]}"#, 477,
      "/contact/phones[0]/countryCallingCode"
    ),
    (#","contact":{"phones":[{},{},{},{}]}"#, 2781, "/contact/phones"),
    (#","contact":{"emailAddress":"@"}"#, 477, "/contact/emailAddress"),
    (#","contact":{"emailAddress":"a@b.c\r\nBcc: d@e.f"}"#, 477, "/contact/emailAddress"),
    (#","contact":{"address":{"countryCode":"Norway"}}"#, 477, "/contact/address/countryCode"),
    (#","documents":[{"expiryDate":"soon"}]"#, 477, "/documents[0]/expiryDate"),
  ])
  func otherMistakesAreToldByPointer(member: String, expected: Int, at place: String) async throws {
    let reply = try await order(second: traveler("Byron", member))
    #expect(reply.status == 400)
    #expect(reply.integer("errors.0.code") == expected)
    #expect(reply.text("errors.0.source.pointer") == "/data/travelers[1]" + place)
  }

  @Test(arguments: [
    (#"{"name":{"firstName":"A","lastName":"B"}}"#, 32171, "/data/travelers[1]/id"),
    (#"{"id":"2"}"#, 32171, "/data/travelers[1]/name"),
    (#"{"id":"2","name":{"firstName":"A"}}"#, 32171, "/data/travelers[1]/name/lastName"),
    (#"{"id":"1","name":{"firstName":"A","lastName":"B"}}"#, 477, "/data/travelers[1]/id"),
    (#"{"id":"3","name":{"firstName":"A","lastName":"B"}}"#, 4926, "/data/travelers"),
  ])
  func travellersAreThoseOfTheOffer(second: String, expected: Int, pointer: String) async throws {
    let reply = try await order(second: second)
    #expect(reply.integer("errors.0.code") == expected)
    #expect(reply.text("errors.0.source.pointer") == pointer)
  }

  @Test func aFullTravellerOfTheGuidesIsTaken() async throws {
    let reply = try await order(
      second: traveler(
        "Gonzales",
        #","dateOfBirth":"1982-01-16","gender":"MALE","contact":{"emailAddress":"#
          + #""jorge@example.test","phones":[{"deviceType":"MOBILE","countryCallingCode":"34","#
          + #""number":"480080076"}]},"documents":[{"documentType":"PASSPORT","number":"00000000","#
          + #""expiryDate":"2035-04-14","issuanceCountry":"ES","nationality":"ES","holder":true}]"#
      ))
    #expect(reply.status == 201)
  }
}
