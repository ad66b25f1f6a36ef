import Foundation
import GRDB
import HTTPTypes
import Testing

@testable import BookingOrchestrator

struct ListRouteTests {
  private let bed: APITestBed
  init() throws { bed = try APITestBed(saga: Sagas.confirm) }

  /// Books trips of a client, a second apart; the later has the higher number.
  private func book(_ numbers: ClosedRange<Int>, client: String = "ann") async throws {
    for number in numbers {
      let id = TripOptionID("\(client)-\(number)")
      try await bed.register(.sample.with { $0.tripOptionId = id })
      let answer = try await bed.call(
        .post, "/booking/book", encoded(BookRequestBody.sample.with { $0.tripOptionId = id }),
        key: "k\(number)", headers: [ClientName.field: client])
      try bed.write(
        "UPDATE trip_booking SET created_us = ? WHERE id = ?",
        [APITestBed.start.microseconds + Int64(number) * 1_000_000, answer["bookingId"]])
    }
  }

  private func list(_ query: String = "", client: String = "ann") async throws -> Answer {
    try await bed.call(.get, "/bookings\(query)", headers: [ClientName.field: client])
  }

  private func options(_ answer: Answer) -> [String] {
    (answer.json["bookings"] as? [[String: Any]] ?? []).compactMap { $0["tripOptionId"] as? String }
  }

  @Test func newestComeFirstAndEachAsItIsShownAlone() async throws {
    try await book(1...3)
    let page = try await list()
    #expect(page.status == 200)
    #expect(options(page) == ["ann-3", "ann-2", "ann-1"])
    #expect(page.json["next"] is NSNull)
    let first = try #require((page.json["bookings"] as? [[String: Any]])?.first)
    let alone = try await bed.call(
      .get, "/booking/\(first["bookingId"] as? String ?? "")", headers: [ClientName.field: "ann"])
    #expect(NSDictionary(dictionary: first) == NSDictionary(dictionary: alone.json))
  }

  @Test func nothingOfOthersIsListed() async throws {
    try await book(1...2)
    try await book(3...3, client: "bob")
    #expect(try await options(list(client: "bob")) == ["bob-3"])
    #expect(try await options(list(client: "cleo")) == [])
    // Nor under a cursor that another client was given.
    let cursor = try #require(try await list("?limit=1")["next"])
    #expect(try await options(list("?cursor=\(cursor)", client: "bob")) == [])
  }

  @Test func pagesMeetWhateverIsBookedMeanwhile() async throws {
    try await book(1...5)
    var page = try await list("?limit=2")
    var seen = options(page)
    #expect(seen == ["ann-5", "ann-4"])
    try await book(6...7)
    while let cursor = page["next"] {
      page = try await list("?limit=2&cursor=\(cursor)")
      seen += options(page)
    }
    #expect(seen == ["ann-5", "ann-4", "ann-3", "ann-2", "ann-1"])
  }

  /// A page that is just full is the last one when there is nothing behind it.
  @Test func fullLastPageHasNoNext() async throws {
    try await book(1...2)
    #expect(try await list("?limit=2").json["next"] is NSNull)
    #expect(try await list("?limit=1")["next"] != nil)
  }

  @Test func bookingsOfOneMomentAreNeitherLostNorTwice() async throws {
    try await book(1...7)
    try bed.write("UPDATE trip_booking SET created_us = 1000")
    var seen: [String] = []
    var page = try await list("?limit=3")
    seen += options(page)
    while let cursor = page["next"] {
      page = try await list("?limit=3&cursor=\(cursor)")
      seen += options(page)
    }
    #expect(seen.count == 7)
    #expect(Set(seen).count == 7)
  }

  @Test func statesAndTimesAreChosen() async throws {
    try await book(1...4)
    try bed.write("UPDATE trip_booking SET state = 'FAILED' WHERE trip_option_id = 'ann-2'")
    #expect(try await options(list("?state=FAILED")) == ["ann-2"])
    #expect(try await options(list("?state=CANCELLED")) == [])
    let second = Timestamp(microseconds: APITestBed.start.microseconds + 2_000_000).iso8601
    let fourth = Timestamp(microseconds: APITestBed.start.microseconds + 4_000_000).iso8601
    #expect(try await options(list("?from=\(second)&to=\(fourth)")) == ["ann-3", "ann-2"])
    #expect(try await options(list("?from=\(second)&to=\(fourth)&state=CONFIRMED")) == ["ann-3"])
    #expect(try await options(list("?to=1971-01-01")) == [])
    #expect(try await options(list("?from=1971-01-01")).count == 4)
    // A page of what was chosen goes on in what was chosen.
    let cursor = try #require(try await list("?from=\(second)&to=\(fourth)&limit=1")["next"])
    let rest = try await list("?from=\(second)&to=\(fourth)&limit=1&cursor=\(cursor)")
    #expect(options(rest) == ["ann-2"])
    #expect(rest.json["next"] is NSNull)
  }

  @Test(
    arguments: [
      ("limit=0", "limit"), ("limit=101", "limit"), ("limit=-1", "limit"), ("limit=1.0", "limit"),
      ("limit=", "limit"), ("limit=+1", "limit"), ("state=confirmed", "state"),
      ("state=", "state"), ("state", "state"), ("from=yesterday", "from"),
      ("from=2026-13-01", "from"), ("to=2026-11-23T10:00:00", "to"),
      ("to=2026-11-23T10:00:00%2B01:00", "to"), ("to=2026-11-23T10:00:00.1234567Z", "to"),
      ("cursor=", "cursor"), ("cursor=zz", "cursor"), ("cursor=3", "cursor"),
      ("cursor=3120", "cursor"), ("cursor=312062FF", "cursor"), ("cursor=ff20", "cursor"),
      ("limit=1&limit=1", "limit"), ("sate=FAILED", "sate"), ("limit%3D1", "limit=1"),
    ])
  func queryIsReadStrictly(_ query: String, _ parameter: String) async throws {
    let answer = try await list("?\(query)")
    #expect(answer.status == 422)
    #expect(answer.code == "request-invalid")
    #expect(answer["parameter"] == parameter)
    #expect(answer.json["pointer"] == nil)
  }

  @Test func emptyQueriesAreNone() async throws {
    try await book(1...1)
    for query in ["?", "?&", "?limit=20&"] { #expect(try await list(query).status == 200) }
  }

  @Test func cursorsAreReadBackAsTheyWereWritten() {
    for place in [
      BookingList.Place(created: 0, id: "bk_1"), .init(created: -5, id: "a b"),
      .init(created: .max, id: "bk_019ab2e4c7707e10a1b2c3d4e5f60718"),
    ] {
      #expect(BookingCursor.place(BookingCursor.text(place)) == place)
    }
  }

  /// The whole list is walked in its index, and the table itself is not read.
  @Test(arguments: [false, true])
  func indexIsUsed(hasState: Bool) throws {
    var arguments: StatementArguments = ["ann", 0, Int64.max, ""]
    if hasState { arguments += ["FAILED"] }
    arguments += [21]
    let plan = try bed.queue.read { db in
      try Row.fetchAll(
        db, sql: "EXPLAIN QUERY PLAN \(BookingList.sql(hasState: hasState))", arguments: arguments
      ).map { $0["detail"] as String }
    }
    // The second is the list of modifications, which are no bookings.
    #expect(plan.count == 2)
    #expect(
      plan.first?.hasPrefix(
        "SEARCH trip_booking USING COVERING INDEX trip_booking_list (client=? AND created_us>? AND"
      ) == true, "\(plan)")
  }
}
