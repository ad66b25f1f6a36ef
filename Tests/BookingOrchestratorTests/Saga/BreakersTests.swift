import Testing

@testable import BookingOrchestrator

struct BreakersTests {
  private let breakers = Breakers()
  private let start = Timestamp(microseconds: 0)

  private func fail(_ times: Int, at moment: Timestamp) {
    for _ in 0..<times { breakers.note(.hotel, worked: false, at: moment) }
  }

  /// Waits for the breaker, lets the probe through and has it end.
  private func probe(worked: Bool) throws {
    let until = try #require(breakers.openUntil(.hotel))
    #expect(breakers.admit(.hotel, at: until) == nil)
    breakers.note(.hotel, worked: worked, at: until)
  }

  @Test func tenFailuresInARowOpenOnlyTheirVendorsBreaker() {
    fail(9, at: start)
    #expect(breakers.admit(.hotel, at: start) == nil)
    fail(1, at: start)
    #expect(breakers.openUntil(.hotel) == start + .seconds(15))
    #expect(breakers.admit(.hotel, at: start + .seconds(14)) != nil)
    #expect(breakers.admit(.flight, at: start) == nil)
  }

  @Test func aSuccessInBetweenCounts() {
    fail(9, at: start)
    breakers.note(.hotel, worked: true, at: start)
    fail(9, at: start)
    #expect(breakers.openUntil(.hotel) == nil)
  }

  // Calls that were on their way when it opened: each once counted as a probe and doubled the pause.
  @Test func failuresOfCallsOnTheirWayDoNotLengthenThePause() {
    fail(10, at: start)
    fail(20, at: start + .seconds(10))
    #expect(breakers.openUntil(.hotel) == start + .seconds(15))
  }

  @Test func onlyOneProbeGoesThroughAndItsFailureDoublesThePause() throws {
    fail(10, at: start)
    let first = start + .seconds(15)
    #expect(breakers.admit(.hotel, at: first) == nil)
    #expect(breakers.admit(.hotel, at: first) != nil)
    fail(1, at: first)
    #expect(breakers.openUntil(.hotel) == first + .seconds(30))
    for _ in 0..<6 { try probe(worked: false) }
    let last = try #require(breakers.openUntil(.hotel))
    #expect(breakers.admit(.hotel, at: last) == nil)
    fail(1, at: last)
    #expect(breakers.openUntil(.hotel) == last + .seconds(300))
  }

  @Test func aProbeThatSucceedsClosesIt() throws {
    fail(10, at: start)
    try probe(worked: true)
    #expect(breakers.openUntil(.hotel) == nil)
    fail(10, at: start + .seconds(60))
    #expect(breakers.openUntil(.hotel) == start + .seconds(75))
  }

  // repaid, seed 46: trips were put off because Stripe was busy with their own requests.
  @Test func whoIsBusyWithThisVeryRequestWorks() {
    let busy = Retry(reason: "key in use", after: nil, vendorWorks: true)
    #expect(Outcome<Bool>.unknown(busy).showsVendorWorks == true)
    let refused = Rejection(code: "x", message: "", httpStatus: 400)
    #expect(Outcome<Bool>.rejected(refused).showsVendorWorks == true)
    #expect(Outcome<Bool>.retry(Retry(reason: "429", after: nil)).showsVendorWorks == false)
    let silence = Retry(reason: "no answer", after: nil)
    #expect(Outcome<Bool>.unknown(silence).showsVendorWorks == false)
  }
}
