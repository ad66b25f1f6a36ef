import Testing

@testable import BookingOrchestrator

/// Which legs of a flight have moved, and how travellers are told.
struct DepartureTests {
  private func moved(_ booked: [[String]], _ seen: [String]) -> [String] {
    var plan = SagaPlan()
    for told in booked { plan.note(departures: told) }
    return plan.moved(departures: seen).map { "\($0.new.leg): \($0.old) > \($0.new.at)" }
  }

  @Test func everyLegIsCompared() {
    #expect(moved([["A", "B"]], ["A", "B"]) == [])
    #expect(moved([["A", "B"]], ["A", "C"]) == ["1: B > C"])
    #expect(moved([["A", "B"]], ["C", "D"]) == ["0: A > C", "1: B > D"])
  }

  @Test func whatWasNotToldHasNotMoved() {
    #expect(moved([], ["A", "B"]) == [])
    #expect(moved([["A", ""]], ["A", "B"]) == [])
    #expect(moved([["A", "B"]], ["", "B"]) == [])
    #expect(moved([["A", "B"]], []) == [])
  }

  @Test func whatWasLearntLaterIsNotForgotten() {
    #expect(moved([["A", ""], ["X", "B"]], ["A", "C"]) == ["1: B > C"])
    #expect(moved([[], ["A"]], ["B"]) == ["0: A > B"])
  }

  @Test func aWarningIsReadBackAsItWasWritten() {
    let changes: [(new: TripWarning.Departure, old: String)] = [
      (.init(leg: 0, at: "2027-01-01T08:00:00"), "2027-01-01T07:00:00"),
      (.init(leg: 1, at: "2027-01-08T12:00:00"), "2027-01-08T11:30:00"),
    ]
    let text = TripWarning.departs(changes)
    #expect(
      text == "now departs at 2027-01-01T08:00:00 instead of 2027-01-01T07:00:00; "
        + "now departs on leg 2 at 2027-01-08T12:00:00 instead of 2027-01-08T11:30:00")
    var warning = TripWarning(
      slot: "flight", code: TripWarning.scheduleChanged, message: "The flight \(text).")
    #expect(warning.newDepartures == changes.map(\.new))
    warning.code = TripWarning.activityFailed
    #expect(warning.newDepartures == [])
  }
}
