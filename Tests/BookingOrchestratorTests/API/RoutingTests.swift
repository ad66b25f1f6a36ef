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

  @Test(arguments: ["/", "/booking", "/booking/", "/booking/a/b", "/trip/options/1", "/nothing"])
  func anUnknownPathIsRefused(_ path: String) async throws {
    let answer = try await APITestBed().call(.get, path)
    #expect(answer.status == 404)
    #expect(answer.code == "route-unknown")
  }

  @Test(
    arguments: [
      ("/booking/book", .get, "POST"), ("/booking/cancel", .delete, "POST"),
      ("/trip/options", .put, "POST"), ("/webhooks/stripe", .get, "POST"),
      ("/booking/bk_1", .post, "GET"), ("/health", .post, "GET"),
    ] as [(String, HTTPRequest.Method, String)])
  func aWrongMethodIsToldTheRightOne(
    _ path: String, _ method: HTTPRequest.Method, _ allowed: String
  ) async throws {
    let answer = try await APITestBed().call(method, path)
    #expect(answer.status == 405)
    #expect(answer.headers[.allow] == allowed)
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
