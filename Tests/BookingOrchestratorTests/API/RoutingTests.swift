import HTTPService
import HTTPTypes
import Testing

@testable import BookingOrchestrator

struct RoutingTests {
  @Test func healthReadsTheDatabase() async throws {
    let bed = try APITestBed()
    #expect(try await bed.call(.get, "/health")["status"] == "ok")
    let call = HTTPCall(HTTPRequest(method: .get, scheme: "http", authority: "a", path: "/health"))
    let answer = try Answer(await bed.api(over: BrokenAccess()).respond(to: call))
    #expect(answer.status == 503)
    #expect(answer.headers[.retryAfter] == "2")
  }

  @Test(arguments: [
    "/", "/booking", "/booking/", "/booking/a/b", "/booking/a/itinerary.doc",
    "/booking/a/share/b/c", "/share/", "/share/a/b",
    "/trip/options/1", "/nothing", "/bookings/",
  ])
  func anUnknownPathIsRefused(_ path: String) async throws {
    let answer = try await APITestBed().call(.get, path)
    #expect(answer.status == 404)
    #expect(answer.code == "route-unknown")
  }

  @Test(
    arguments: [
      ("/booking/book", .get, "POST, OPTIONS"), ("/booking/cancel", .delete, "POST, OPTIONS"),
      ("/trip/options", .put, "POST, OPTIONS"), ("/webhooks/stripe", .get, "POST, OPTIONS"),
      ("/booking/bk_1", .post, "GET, HEAD, OPTIONS"), ("/health", .post, "GET, HEAD, OPTIONS"),
      ("/bookings", .post, "GET, HEAD, OPTIONS"),
      ("/booking/book", .head, "POST, OPTIONS"),
      ("/booking/bk_1/itinerary.pdf", .post, "GET, HEAD, OPTIONS"),
      ("/booking/bk_1/share", .put, "GET, HEAD, POST, OPTIONS"),
      ("/booking/bk_1/share/sl_1", .get, "DELETE, OPTIONS"),
      ("/share/abc", .post, "GET, HEAD, OPTIONS"),
    ] as [(String, HTTPRequest.Method, String)])
  func aWrongMethodIsToldTheRightOnes(
    _ path: String, _ method: HTTPRequest.Method, _ allowed: String
  ) async throws {
    let reply = try await APITestBed().reply(method, path)
    #expect(reply.response.status.code == 405)
    #expect(reply.response.headerFields[.allow] == allowed)
    #expect(reply.body.isEmpty == (method == .head))
    let asked = try await APITestBed().reply(.options, path)
    #expect(asked.response.status == .noContent)
    #expect(asked.response.headerFields[.allow] == allowed)
    #expect(asked.body.isEmpty)
  }

  @Test func theWholeServerSaysWhatItTakes() async throws {
    let reply = try await APITestBed().reply(.options, "*")
    #expect(reply.response.status == .noContent)
    #expect(reply.response.headerFields[.allow] == "GET, HEAD, POST, DELETE, OPTIONS")
    #expect(try await APITestBed().reply(.options, "/nothing").response.status == .notFound)
  }

  @Test(arguments: ["/health", "/booking/bk_1", "/booking/bk_9", "/bookings", "/nothing"])
  func headIsGetWithoutTheBody(_ path: String) async throws {
    let bed = try APITestBed(saga: Sagas.confirm)
    try await bed.register()
    _ = try await bed.book()
    var expected = try await bed.reply(.get, path)
    #expect(!expected.body.isEmpty)
    expected.response.headerFields[.contentLength] = String(expected.body.count)
    let reply = try await bed.reply(.head, path)
    #expect(reply.response == expected.response)
    #expect(reply.body.isEmpty)
  }

  @Test func aQueryChangesNothing() async throws {
    #expect(try await APITestBed().call(.get, "/health?verbose=1").status == 200)
  }

  @Test func anUnknownBookingIsRefused() async throws {
    let answer = try await APITestBed().call(.get, "/booking/bk_9")
    #expect(answer.status == 404)
    #expect(answer.code == "booking-unknown")
  }

  @Test func aBodyOverTheLimitIsNotEvenParsed() async throws {
    let bed = try APITestBed(bodyLimit: 100)
    let most = try await bed.call(
      .post, "/booking/book", String(repeating: "x", count: 100), key: "k")
    #expect(most.code == "malformed-json")
    let more = try await bed.call(
      .post, "/booking/book", String(repeating: "x", count: 101), key: "k")
    #expect(more.status == 413)
    #expect(more.code == "body-too-large")
  }

  @Test func aStateFromTheFutureIsRefusedLoudly() async throws {
    let bed = try APITestBed()
    try await bed.register()
    _ = try await bed.book()
    try bed.write("PRAGMA ignore_check_constraints = ON")
    try bed.write("UPDATE trip_booking SET state = 'POSTPONED'")
    let answer = try await bed.call(.get, "/booking/bk_1")
    #expect(answer.status == 500)
    #expect(answer.code == "internal-error")
  }

  @Test func aProblemHasTheMembersOfRFC9457() async throws {
    let answer = try await APITestBed().call(.get, "/nothing")
    #expect(answer.headers[.contentType] == "application/problem+json")
    #expect(answer["type"] == "urn:problem:booking:route-unknown")
    #expect(answer.json["status"] as? Int == 404)
    #expect(answer["title"]?.isEmpty == false)
    #expect(answer["detail"]?.isEmpty == false)
  }
}
