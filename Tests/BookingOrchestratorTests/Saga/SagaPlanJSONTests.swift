import Foundation
import Testing

@testable import BookingOrchestrator

struct SagaPlanJSONTests {
  private static var full: SagaPlan {
    var plan = SagaPlan()
    plan.phase = .awaitingRefunds
    plan.cause = .cancel
    plan.leftOut = [1, 3]
    plan.failed = [2]
    plan.paymentIntent = "pi_\"1\"\n\\"
    plan.hotelReservation = "hôtel-7"
    plan.penalties = ["hotel": 1_200, "activity-2": 0, "flight": .max]
    plan.finalPenalties = ["activity-2", "hotel"]
    plan.activitiesUntil = 17
    plan.departure = "2027-01-02T03:04:05"
    plan.inspectAt = 18
    plan.flightInspected = true
    plan.hotelInspected = true
    plan.hotelGone = true
    plan.gone = SagaPlan.Gone(flight: true, inspected: [1, 2], activities: [2])
    plan.cancelAsked = true
    plan.refunds = [
      SagaPlan.Refund(id: "re_1", slot: "hotel", amount: 5, status: "pending"),
      SagaPlan.Refund(id: "re_2", slot: "flight", amount: 6, status: "succeeded"),
      SagaPlan.Refund(id: "re_3", slot: "elsewhere", amount: 7, status: "failed", left: 8),
    ]
    plan.closedRefused = 9
    plan.refundsInDoubt = 21
    plan.rounded = 22
    plan.disputesInDoubt = 23
    plan.hold = SagaPlan.Hold(captured: 24, released: [2], isInDoubt: true, hasEnded: true)
    plan.modifies = .init(base: "bk_1", kept: ["flight": "flight"], worth: 24, told: 25)
    plan.modifications = [
      .init(
        id: "md_1", stage: .done, replaced: ["hotel"], worth: 26, credit: 27, released: 28,
        left: 29, borne: 30, penalties: 31, posted: ["hotel"])
    ]
    plan.tries[.priceFlight] = .init(failures: 2, notBefore: Timestamp(microseconds: 19))
    plan.tries[.checkActivity(2)] = .init(failures: 1, notBefore: Timestamp(microseconds: 20))
    return plan
  }

  private static var lent: SagaPlan {
    var plan = full
    plan.modifies?.lenders = [.init(id: "bk_1", worth: 32), .init(id: "md_1", worth: 33)]
    return plan
  }

  @Test(arguments: [SagaPlan(), full, lent])
  func codableReadsItBackAsItWas(plan: SagaPlan) throws {
    #expect(try JSONDecoder().decode(SagaPlan.self, from: Data(plan.json.utf8)) == plan)
  }

  @Test func noPropertyIsLeftOut() throws {
    let object = try #require(
      try JSONSerialization.jsonObject(with: Data(SagaPlan().json.utf8)) as? [String: Any])
    #expect(Set(object.keys) == Set(Mirror(reflecting: SagaPlan()).children.compactMap(\.label)))
  }
}
