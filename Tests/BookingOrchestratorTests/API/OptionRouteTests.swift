import Foundation
import GRDB
import HTTPTypes
import Testing

@testable import BookingOrchestrator

struct OptionRouteTests {
  @Test func anOptionIsRegisteredWithItsTotal() async throws {
    let bed = try APITestBed()
    let answer = try await bed.call(.post, "/trip/options", encoded(TripOption.sample))
    #expect(answer.status == 201)
    #expect(answer["tripOptionId"] == "opt_1")
    #expect(answer.json["total"] as? Int == 17_100)
    #expect(answer["currency"] == "EUR")
    let slots = try bed.rows("SELECT kind, amount_minor FROM trip_option_component")
    #expect(slots.map { $0[0] as String } == ["FLIGHT", "HOTEL", "ACTIVITY", "ACTIVITY"])
    #expect(slots.map { $0[1] as Int } == [10_000, 5_000, 1_200, 900])
  }

  @Test func theSameOptionInOtherLayoutIsTheSame() async throws {
    let bed = try APITestBed()
    try await bed.register()
    let text = try encoded(TripOption.sample).replacingOccurrences(of: ":", with: " :  ")
      .replacingOccurrences(of: #"{\"id\" :  \"1\"}"#, with: #"{\"id\":\"1\"}"#)
    let answer = try await bed.call(.post, "/trip/options", text)
    #expect(answer.status == 200)
    #expect(answer.json["total"] as? Int == 17_100)
    #expect(try bed.count("trip_option") == 1)
  }

  @Test func anOptionNeverChanges() async throws {
    let bed = try APITestBed()
    try await bed.register()
    let other = TripOption.sample.with { $0.hotel.amount += 1 }
    let answer = try await bed.call(.post, "/trip/options", encoded(other))
    #expect(answer.status == 409)
    #expect(answer.code == "trip-option-exists")
    #expect(try bed.rows("SELECT total_minor FROM trip_option").map { $0[0] as Int } == [17_100])
  }

  struct Wrong: Sendable, CustomTestStringConvertible {
    var pointer: String
    var change: @Sendable (inout TripOption) -> Void
    var testDescription: String { pointer }
  }

  @Test(arguments: [
    Wrong(pointer: "/tripOptionId") { $0.tripOptionId = TripOptionID("") },
    Wrong(pointer: "/flight/componentId") { $0.flight.componentId = "" },
    Wrong(pointer: "/flight/amount") { $0.flight.amount = 0 },
    Wrong(pointer: "/hotel/amount") { $0.hotel.amount = -1 },
    Wrong(pointer: "/hotel/adults") { $0.hotel.adults = 0 },
    Wrong(pointer: "/hotel/checkin") { $0.hotel.checkin = "2027-02-29" },
    Wrong(pointer: "/hotel/checkout") { $0.hotel.checkout = $0.hotel.checkin },
    Wrong(pointer: "/activities/1/amount") { $0.activities[1].amount = -1 },
    Wrong(pointer: "/activities/0/travelDate") { $0.activities[0].travelDate = "tomorrow" },
    Wrong(pointer: "/activities/0/travelers") { $0.activities[0].travelers = 0 },
    Wrong(pointer: "/activities") { $0.activities[0].componentId = "f1" },
    Wrong(pointer: "/activities") { option in
      option.activities = (1...11).map { n in
        var activity = option.activities[0]
        activity.componentId = "a\(n)"
        return activity
      }
    },
    Wrong(pointer: "") { $0.flight.amount = .max },
    Wrong(pointer: "") { $0.flight.amount = 100_000_000 },
    Wrong(pointer: "") { option in
      option.flight.amount = 30
      option.hotel.amount = 19
    },
    Wrong(pointer: "/flight/amount") { option in
      option.currency = Currency(code: "KWD")!
      option.flight.amount = 155_015
    },
    Wrong(pointer: "/hotel/amount") { option in
      option.currency = Currency(code: "TND")!
      option.hotel.amount = 5_001
    },
    Wrong(pointer: "/activities/1/amount") { option in
      option.currency = Currency(code: "BHD")!
      option.activities[1].amount = 909
    },
  ])
  func anImpossibleOptionIsRefusedWithItsPlace(_ wrong: Wrong) async throws {
    let bed = try APITestBed()
    let answer = try await bed.call(
      .post, "/trip/options", encoded(TripOption.sample.with(wrong.change)))
    #expect(answer.status == 422)
    #expect(answer.code == "request-invalid")
    #expect(answer["pointer"] == wrong.pointer)
    #expect(try bed.count("trip_option") == 0)
  }

  @Test func aFreeActivityAndTenOfThemAreFine() async throws {
    let bed = try APITestBed()
    let option = TripOption.sample.with { option in
      option.activities = (1...10).map { n in
        var activity = option.activities[0]
        activity.componentId = "a\(n)"
        activity.amount = 0
        return activity
      }
    }
    try await bed.register(option)
    let answer = try await bed.book(.sample.with { $0.paymentInfo.amount = 15_000 })
    let activities = try #require(answer.json["activities"] as? [[String: Any]])
    #expect(activities.map { $0["slot"] as? String } == (1...10).map { "activity-\($0)" })
  }

  @Test(arguments: ["KWD", "JPY", "USD"])
  func whatStripeCanChargeIsRegistered(_ code: String) async throws {
    let bed = try APITestBed()
    try await bed.register(
      TripOption.sample.with { option in
        option.currency = Currency(code: code)!
        option.flight.amount = 155_010
      })
  }

  @Test func aPriceWithAFractionIsRefused() async throws {
    let bed = try APITestBed()
    let text = try encoded(TripOption.sample)
      .replacingOccurrences(of: "\"amount\":5000", with: "\"amount\":50.5")
    let answer = try await bed.call(.post, "/trip/options", text)
    #expect(answer.status == 422)
    #expect(answer["pointer"] == "/hotel/amount")
  }

  @Test func anUnknownCurrencyIsNamed() async throws {
    let bed = try APITestBed()
    let text = try encoded(TripOption.sample)
      .replacingOccurrences(of: "\"EUR\"", with: "\"XXX\"")
    let answer = try await bed.call(.post, "/trip/options", text)
    #expect(answer.status == 422)
    #expect(answer.code == "currency-unknown")
    #expect(answer["pointer"] == "/currency")
  }
}
