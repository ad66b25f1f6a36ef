import Testing

@testable import Audit
@testable import Worlds

/// A18: what answers carry beside their bodies.
struct FormInvariantTests {
  private func violated(
    _ request: ClientRecord.Request, _ status: Int, retryAfter: Int? = nil, allow: String? = nil,
    location: String? = nil, problem: String = ""
  ) throws -> Bool {
    let rig = try AuditRig()
    try rig.book()
    var record = ClientRecord(
      client: 0, request: request, key: "", trueBody: true, askedMicroseconds: rig.now,
      toldMicroseconds: rig.now, result: status < 300 ? .unknown : .fail, httpStatus: status,
      bookingID: "", state: "", needsAttention: false, warnings: [], problem: problem)
    record.retryAfter = retryAfter
    record.allow = allow
    record.location = location
    rig.history.clients.append(record)
    rig.conclude()
    return rig.result(.a18).violations > 0
  }

  @Test func whoWaitsIsToldHowLongAndWhere() throws {
    let place = "/booking/bk_0"
    #expect(try !violated(.book, 202, retryAfter: 2, location: place))
    #expect(try violated(.book, 202, retryAfter: 2000, location: place))
    #expect(try violated(.book, 202, location: place))
    #expect(try violated(.cancel, 202, retryAfter: 2))
  }

  @Test func whoIsTurnedAwayIsToldWhenToComeAgain() throws {
    #expect(try violated(.look, 503, problem: "busy"))
    #expect(try !violated(.look, 503, retryAfter: 1, problem: "busy"))
    #expect(try !violated(.look, 503))
  }

  @Test func aWrongMethodIsToldTheRightOnes() throws {
    let problem = "method-not-allowed"
    #expect(try !violated(.otherMethod, 405, allow: "POST, OPTIONS", problem: problem))
    #expect(try violated(.otherMethod, 405, problem: problem))
    #expect(try violated(.otherMethod, 200))
    #expect(try violated(.head, 405))
    #expect(try !violated(.head, 404))
  }
}
