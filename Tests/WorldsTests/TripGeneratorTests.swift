import BookingOrchestrator
import FakeVendors
import Scenarios
import Simulation
import Testing

@testable import Audit
@testable import Worlds

struct TripGeneratorTests {
  private func generator(_ change: (inout Scenario) -> Void = { _ in }) -> TripGenerator {
    var scenario = Scenario(name: "test", bookings: 200)
    change(&scenario)
    return TripGenerator(scenario, streams: Streams(seed: 7))
  }

  @Test func sameSeedMakesTheSameTrips() {
    #expect(
      (0..<50).map { generator().trip($0, arrival: 5).offered.request }
        == (0..<50).map { generator().trip($0, arrival: 5).offered.request })
  }

  @Test func anotherSeedMakesOtherTrips() {
    let other = TripGenerator(Scenario(name: "test", bookings: 200), streams: Streams(seed: 8))
    #expect(
      generator().trip(3, arrival: 5).offered.request != other.trip(3, arrival: 5).offered.request)
  }

  /// Names use the same keys, and no name uses one twice.
  @Test(arguments: [1, 3, 7])
  func keysAreDistinctForEachName(_ names: Int) {
    let generator = generator { $0.clients.names = names }
    let keys = (0..<200).map { client in
      "\(ClientIdentity(client, names: names).name ?? "") "
        + generator.trip(client, arrival: 5).offered.key
    }
    #expect(Set(keys).count == 200)
    let first = (0..<names).map { generator.trip($0, arrival: 5).offered.key }
    #expect(Set(first) == ["key-0"])
  }

  @Test func tripsDoNotDependOnHowManyThereAre() {
    let many = generator { $0.bookings = 100_000 }
    #expect(generator().trip(17, arrival: 5).hotel == many.trip(17, arrival: 5).hotel)
    #expect(generator().arrivals() == Array(many.arrivals().prefix(200)))
  }

  @Test func aShareDoesNotShiftOtherDraws() {
    var gone = generator { $0.trips.gone = Share(partsPerMillion: 1_000_000) }
      .trip(17, arrival: 5).flight
    gone.gone = false
    #expect(gone == generator().trip(17, arrival: 5).flight)
  }

  @Test func aHabitShiftsNoOtherDraw() {
    let plain = generator()
    let spoilt = generator { $0.clients.badPerson = Share(partsPerMillion: 1_000_000) }
    for client in 0..<50 {
      let (a, b) = (plain.trip(client, arrival: 5), spoilt.trip(client, arrival: 5))
      #expect(a.offered.flaw == nil)
      #expect(b.offered.flaw != nil)
      #expect(a.offered.request != b.offered.request)
      #expect(a.offered.option.hotel == b.offered.option.hotel)
      #expect(a.flight == b.flight)
      #expect(a.hotel == b.hotel)
    }
  }

  @Test func everyFlawIsDrawn() {
    let party = generator { $0.clients.badParty = Share(partsPerMillion: 1_000_000) }
    let people = generator { $0.clients.badPerson = Share(partsPerMillion: 1_000_000) }
    let drawn = (0..<200).flatMap { client in
      [party, people].compactMap { $0.trip(client, arrival: 5).offered.flaw }
    }
    #expect(Set(drawn) == Set(RequestFlaw.allCases))
  }

  @Test func awkwardPeopleTravelAsTheTripWasPriced() {
    let generator = generator { $0.clients.awkwardPerson = Share(partsPerMillion: 1_000_000) }
    for client in 0..<50 {
      let offered = generator.trip(client, arrival: 5).offered
      #expect(offered.isAwkward)
      #expect(offered.flaw == nil)
      #expect(offered.request.travelers.count == offered.option.hotel.adults)
      // Also those whose option has a party, in whose place they come.
      #expect(offered.body.travelers?.count == offered.request.travelers.count)
      #expect(offered.option.travelers != offered.request.travelers)
    }
  }

  @Test func requestAmountIsTheSumOfTheComponents() {
    for client in 0..<100 {
      let trip = generator().trip(client, arrival: 5)
      let sum =
        trip.flight.totalMinor + trip.hotel.totalMinor
        + trip.activities.reduce(0) { $0 + $1.totalMinor }
      #expect(trip.offered.request.amount == sum)
    }
  }

  @Test func theAuditorIsToldWhatVendorsShowWhateverTheOptionSays() {
    var trip = generator().trip(1, arrival: 5)
    let honest = trip.audited
    trip.offered.option.flight.amount += 1
    trip.offered.option.hotel.productId = "another"
    for index in trip.activities.indices { trip.offered.option.activities[index].amount *= 2 }
    #expect(trip.audited.total == honest.total)
    #expect(trip.audited.flight.price == trip.flight.totalMinor)
    #expect(trip.audited.hotel.item == trip.hotel.id)
    #expect(trip.audited.activities.map(\.price) == trip.activities.map(\.totalMinor))
  }

  @Test(arguments: ["KWD", "BHD", "JOD", "OMR", "TND"])
  func threeDecimalPricesCanBeChargedAndTheirPartsNeedNot(_ code: String) {
    let generator = generator { $0.trips.currencies = [(code, 1)] }
    var uneven = 0
    for client in 0..<100 {
      let trip = generator.trip(client, arrival: 5)
      #expect(trip.flight.totalMinor % 10 == 0)
      #expect(trip.hotel.totalMinor % 10 == 0)
      #expect(trip.activities.allSatisfy { $0.totalMinor % 10 == 0 })
      uneven += trip.activities.count { $0.totalMinor % 20 != 0 }
    }
    #expect(uneven > 20, "half of a price is often no multiple of ten")
  }

  @Test(arguments: ["USD", "JPY", "VND", "KRW", "CLP", "INR", "TND", "CZK"])
  func amountsFitStripesEightDigits(_ code: String) {
    let generator = generator { $0.trips.currencies = [(code, 1)] }
    #expect(
      (0..<200).allSatisfy {
        (1_000...99_999_999).contains(generator.trip($0, arrival: 5).offered.request.amount)
      })
  }

  @Test func scarceSeatsAreFewerThanTheGroupAsksFor() {
    let generator = generator { $0.trips.seats = .scarce }
    let group = (20..<30).map { generator.trip($0, arrival: 5) }
    #expect(Set(group.map(\.flight.flight)) == ["flight-g2"])
    #expect(Set(group.map(\.seats)).count == 1)
    #expect(group[0].seats < group.reduce(0) { $0 + $1.flight.seats })
  }

  @Test func ampleSeatsAreEverybodysOwn() {
    let trips = (0..<10).map { generator().trip($0, arrival: 5) }
    #expect(Set(trips.map(\.flight.flight)).count == 10)
  }

  @Test func whatIsGoneIsNamed() {
    let trip = generator { $0.trips.gone = Share(partsPerMillion: 1_000_000) }
      .trip(1, arrival: 5)
    let activities = (0..<trip.activities.count).map { "activity-\($0 + 1)" }
    #expect(trip.offered.gone == ["flight", "hotel"] + activities)
  }

  @Test func offersOutliveTheDeadline() {
    let trip = generator().trip(1, arrival: 5_000_000)
    #expect(trip.flight.expiresMicroseconds >= World.epoch + 5_000_000 + 4 * 3_600_000_000)
  }

  @Test func burstsComeAtOnce() {
    #expect(generator { $0.arrivals = .burst }.arrivals() == Array(repeating: 0, count: 200))
  }

  @Test func arrivalsHaveTheirRate() {
    let last =
      generator {
        $0.bookings = 20_000
        $0.arrivals = .poisson(perSecond: 40)
      }.arrivals().last ?? 0
    #expect((480_000_000...520_000_000).contains(last))
  }

  @Test func clientPlansComeFromTheirShares() {
    var clients = Scenario.Clients()
    clients.cancel.share = Share(partsPerMillion: 500_000)
    let streams = Streams(seed: 1)
    let cancelling = (0..<1_000).filter {
      ClientPlan(clients, streams: streams, client: $0).cancelAfter != nil
    }
    #expect((400...600).contains(cancelling.count))
  }
}
