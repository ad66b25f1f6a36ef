import Foundation
import GRDB
import HTTPService
import HTTPTypes
import Testing

@testable import BookingOrchestrator

struct ShareRouteTests {
  private func bed() async throws -> APITestBed {
    let bed = try APITestBed(saga: Sagas.confirm)
    try await bed.register()
    _ = try await bed.book()
    return bed
  }

  private func share(_ bed: APITestBed, _ body: String = "") async throws -> (
    id: String, path: String
  ) {
    let answer = try await bed.call(.post, "/booking/bk_1/share", body)
    try #require(answer.status == 201)
    return (try #require(answer["id"]), try #require(answer["url"]))
  }

  @Test func aLinkIsMadeAndShowsTheTrip() async throws {
    let bed = try await bed()
    let answer = try await bed.call(.post, "/booking/bk_1/share", #"{"expiresIn":3600}"#)
    #expect(answer.status == 201)
    #expect(answer.headers[.cacheControl] == "no-store")
    #expect(answer["expiresAt"] == (APITestBed.start + .seconds(3_600)).iso8601)
    let path = try #require(answer["url"])
    #expect(path.hasPrefix("/share/") && path.utf8.count == 7 + 32)
    let page = try await bed.reply(.get, path)
    #expect(page.response.status == .ok)
    #expect(page.response.headerFields[.contentType] == "text/html; charset=utf-8")
    let text = String(decoding: page.body, as: UTF8.self)
    #expect(text.contains("2ZYVAL") && text.contains("page \(path)"))
    for ending in ["pdf", "ics"] {
      #expect(try await bed.reply(.get, "\(path).\(ending)").response.status == .ok)
    }
  }

  @Test(arguments: ["", ".pdf", ".ics"])
  func whatALinkShowsIsForNobodyElse(_ ending: String) async throws {
    let bed = try await bed()
    let path = try await share(bed).path
    for shown in [path, "/share/\(String(repeating: "x", count: 32))"] {
      let fields = try await bed.reply(.get, shown + ending).response.headerFields
      #expect(fields[HTTPField.Name("X-Robots-Tag")!] == "noindex, nofollow")  // A legal token.
      #expect(fields[HTTPField.Name("Referrer-Policy")!] == "no-referrer")  // A legal token.
      #expect(fields[.cacheControl] == "private, no-store")
      #expect(fields[.xContentTypeOptions] == "nosniff")
    }
  }

  @Test func aPublicURLStandsBeforeTheLink() async throws {
    let bed = try await bed()
    var configuration = bed.api.configuration
    configuration.publicURL = "https://trips.example.com"
    let api = BookingAPI(
      configuration: configuration, database: QueueAccess(queue: bed.queue), ids: CountedIDs(),
      wallClock: bed.clock, engine: bed.host, secrets: CountedSecrets(),
      renderer: NamedDocuments())
    let request = HTTPRequest(
      method: .post, scheme: "http", authority: "a", path: "/booking/bk_1/share")
    let answer = try Answer(try await api.respond(to: HTTPCall(request)))
    #expect(answer["url"]?.hasPrefix("https://trips.example.com/share/") == true)
  }

  /// Whoever tries links learns nothing: what was never there, what is over and what was taken back
  /// are answered with the same bytes.
  @Test func linksThatShowNothingAreAnsweredAlike() async throws {
    let bed = try await bed()
    let brief = try await share(bed, #"{"expiresIn":60}"#).path
    let revoked = try await share(bed)
    let kept = try await share(bed).path
    #expect(
      try await bed.reply(.delete, "/booking/bk_1/share/\(revoked.id)").response.status
        == .noContent)
    bed.clock.advance(by: .seconds(60))
    let unknown = try await bed.reply(.get, "/share/\(String(repeating: "x", count: 32))")
    #expect(unknown.response.status == .notFound)
    for path in [brief, revoked.path, "/share/short", "/share/\(kept.dropFirst(7).reversed())z"] {
      for ending in ["", ".pdf", ".ics"] {
        #expect(try await bed.reply(.get, path + ending) == unknown)
      }
    }
    #expect(try await bed.reply(.get, kept).response.status == .ok)
  }

  @Test func aLinkWorksUntilItsLastMoment() async throws {
    let bed = try await bed()
    let path = try await share(bed, #"{"expiresIn":60}"#).path
    bed.clock.advance(by: .microseconds(59_999_999))
    #expect(try await bed.reply(.get, path).response.status == .ok)
    bed.clock.advance(by: .microseconds(1))
    #expect(try await bed.reply(.get, path).response.status == .notFound)
  }

  @Test func linksAreListedWithoutTheirTokensAndWithTheirViews() async throws {
    let bed = try await bed()
    let link = try await share(bed, #"{"hide":["prices"]}"#)
    for _ in 0..<2 { _ = try await bed.reply(.get, link.path) }
    _ = try await bed.reply(.get, link.path + ".pdf")
    _ = try await bed.reply(.head, link.path)
    _ = try await bed.reply(.delete, "/booking/bk_1/share/\(link.id)")
    _ = try await bed.reply(.get, link.path)
    let reply = try await bed.reply(.get, "/booking/bk_1/share")
    let text = String(decoding: reply.body, as: UTF8.self)
    #expect(!text.contains(link.path.dropFirst(7)))
    let links = try #require(try Answer(reply).json["links"] as? [[String: Any]])
    #expect(links.map { $0["id"] as? String } == [link.id])
    #expect(links[0]["views"] as? Int == 3)
    #expect(links[0]["hide"] as? [String] == ["prices"])
    #expect(links[0]["revokedAt"] as? String == APITestBed.start.iso8601)
  }

  @Test func hiddenPricesAreOnNoPageAndInNoFile() async throws {
    let bed = try await bed()
    let shown = try await share(bed).path
    let hidden = try await share(bed, #"{"hide":["prices"]}"#).path
    for ending in ["", ".pdf"] {
      let text = String(decoding: try await bed.reply(.get, shown + ending).body, as: UTF8.self)
      #expect(text.contains("EUR"))
      let less = String(decoding: try await bed.reply(.get, hidden + ending).body, as: UTF8.self)
      #expect(!less.contains("EUR"))
    }
  }

  /// Who steals the database can open nothing.
  @Test func theDatabaseHasOnlyTheHash() async throws {
    let bed = try await bed()
    let token = String(try await share(bed).path.dropFirst("/share/".count))
    let row = try #require(try bed.rows("SELECT * FROM shareable_link").first)
    #expect("\(row)".contains(ContentHash.hex(of: Array(token.utf8))))
    #expect(!"\(row)".contains(token))
  }

  @Test(arguments: [
    (#"{"expiresIn":59}"#, "/expiresIn"), (#"{"expiresIn":31536001}"#, "/expiresIn"),
    (#"{"expiresIn":"1h"}"#, "/expiresIn"), (#"{"hide":["names"]}"#, "/hide/0"),
    (#"{"expires":60}"#, "/expires"),
  ])
  func whatCannotBeIsRefusedWithItsPlace(_ body: String, _ pointer: String) async throws {
    let answer = try await bed().call(.post, "/booking/bk_1/share", body)
    #expect(answer.status == 422)
    #expect(answer["pointer"] == pointer)
  }

  @Test func linksAreTheirOwnClients() async throws {
    let bed = try await bed()
    let link = try await share(bed)
    let other: HTTPFields = [ClientName.field: "globex"]
    for (method, path) in [
      (HTTPRequest.Method.post, "/booking/bk_1/share"), (.get, "/booking/bk_1/share"),
      (.delete, "/booking/bk_1/share/\(link.id)"),
    ] {
      let answer = try await bed.call(method, path, headers: other)
      #expect(answer.status == 404)
      #expect(answer.code == "booking-unknown")
    }
    #expect(try await bed.reply(.get, link.path).response.status == .ok)
    #expect(try await bed.call(.delete, "/booking/bk_1/share/sl_9").code == "link-unknown")
  }

  @Test func aBookingHasSoManyLinksThatWork() async throws {
    let bed = try await bed()
    var last = ""
    for _ in 0..<ShareStore.most { last = try await share(bed).id }
    #expect(try await bed.call(.post, "/booking/bk_1/share").code == "links-exhausted")
    _ = try await bed.reply(.delete, "/booking/bk_1/share/\(last)")
    _ = try await share(bed)
  }

  @Test func whatALaterVersionHidesIsNotShown() async throws {
    let bed = try await bed()
    let path = try await share(bed).path
    try bed.write(#"UPDATE shareable_link SET hide = '["names"]'"#)
    #expect(try await bed.call(.get, path).status == 500)
  }

  @Test func aDocumentThatCannotBeDrawnIsSaidSo() async throws {
    struct Broken: ItineraryRenderer {
      func pdf(_ itinerary: Itinerary) throws(RenderingFailed) -> [UInt8] {
        throw RenderingFailed("no fonts")
      }
      func page(_ itinerary: Itinerary, path: String) throws(RenderingFailed) -> [UInt8] { [] }
      func missingPage() throws(RenderingFailed) -> [UInt8] { [] }
    }
    let bed = try await bed()
    let api = BookingAPI(
      configuration: bed.api.configuration, database: QueueAccess(queue: bed.queue),
      ids: CountedIDs(), wallClock: bed.clock, engine: bed.host, secrets: CountedSecrets(),
      renderer: Broken())
    let request = HTTPRequest(
      method: .get, scheme: "http", authority: "a", path: "/booking/bk_1/itinerary.pdf")
    let answer = try Answer(try await api.respond(to: HTTPCall(request)))
    #expect(answer.status == 500)
    #expect(answer.code == "itinerary-not-drawn")
  }
}
