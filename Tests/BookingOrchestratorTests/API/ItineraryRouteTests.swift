import Foundation
import GRDB
import HTTPService
import HTTPTypes
import Testing

@testable import BookingOrchestrator

struct ItineraryRouteTests {
  private func bed() async throws -> APITestBed {
    let bed = try APITestBed(saga: Sagas.confirm)
    try await bed.register()
    _ = try await bed.book()
    return bed
  }

  @Test(arguments: [
    ("pdf", "application/pdf", "inline"), ("ics", "text/calendar; charset=utf-8", "attachment"),
  ])
  func aConfirmedTripIsAFileWithAName(
    _ ending: String, _ type: String, _ use: String
  ) async throws {
    let bed = try await bed()
    let reply = try await bed.reply(.get, "/booking/bk_1/itinerary.\(ending)")
    #expect(reply.response.status == .ok)
    #expect(reply.response.headerFields[.contentType] == type)
    let reference = try #require(
      try bed.rows("SELECT reference FROM trip_booking").first?[0] as String?)
    #expect(
      reply.response.headerFields[.contentDisposition]
        == #"\#(use); filename="itinerary-\#(reference).\#(ending)""#)
    #expect(String(decoding: reply.body, as: UTF8.self).contains("2ZYVAL") == (ending == "pdf"))
    #expect(try await bed.reply(.get, "/booking/bk_1/itinerary.\(ending)") == reply)
  }

  @Test func aTripWithNothingToShowIsAConflictInASentence() async throws {
    let bed = try APITestBed(saga: Sagas.fail)
    try await bed.register()
    _ = try await bed.book()
    for path in ["/booking/bk_1/itinerary.pdf", "/booking/bk_1/itinerary.ics"] {
      let answer = try await bed.call(.get, path)
      #expect(answer.status == 409)
      #expect(answer.code == "nothing-to-show")
    }
    #expect(try await bed.call(.post, "/booking/bk_1/share").code == "nothing-to-show")
  }

  @Test(arguments: ["/booking/bk_9/itinerary.pdf", "/booking/bk_1/itinerary.pdf"])
  func anotherClientsTripIsUnknown(_ path: String) async throws {
    let answer = try await bed().call(.get, path, headers: [ClientName.field: "globex"])
    #expect(answer.status == 404)
    #expect(answer.code == "booking-unknown")
  }

  @Test(arguments: [
    ("/flight/segments/0/departure/at", #""segments":[{"departure":{"at":"noon"},"arrival":{}}]"#),
    (
      "/flight/segments/0/arrival/name", #""segments":[{"departure":{},"arrival":{"name":"a\nb"}}]"#
    ),
    (
      "/flight/segments/0/arrival/at",
      #""segments":[{"departure":{"at":"2027-02-27T10:00Z"},"arrival":{"at":"2027-02-27T10:00+01:00"}}]"#
    ),
  ])
  func placesThatCannotBeShownAreRefused(_ pointer: String, _ segments: String) async throws {
    let option = try encoded(TripOption.sample)
      .replacing(#""offerId":"1""#, with: #""offerId":"1",\#(segments)"#)
    let answer = try await APITestBed().call(.post, "/trip/options", option)
    #expect(answer.status == 422)
    #expect(answer["pointer"] == pointer)
  }

  @Test func timesOnOtherDaysThanAreBookedAreRefused() async throws {
    let cases: [(String, (inout TripOption) -> Void)] = [
      ("/hotel/arrival/at", { $0.hotel.arrival = .init(at: "2027-02-28T15:00:00") }),
      ("/hotel/departure/at", { $0.hotel.departure = .init(at: "2027-02-28T11:00:00") }),
      ("/activities/1/meeting/at", { $0.activities[1].meeting = .init(at: "2027-03-01T09:00") }),
    ]
    for (pointer, change) in cases {
      let answer = try await APITestBed().call(
        .post, "/trip/options", encoded(TripOption.sample.with(change)))
      #expect(answer["pointer"] == pointer)
    }
  }
}
