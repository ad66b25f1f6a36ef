import Testing

@testable import BookingOrchestrator

struct ItineraryTests {
  /// The sample trip as it stands once it is booked.
  private func sources(_ change: (inout Itinerary.Sources) -> Void = { _ in }) -> Itinerary.Sources
  {
    let currency = TripOption.sample.currency
    let view = BookingView(
      id: BookingID("bk_1"), reference: "7K2QPX9D", option: TripOptionID("opt_1"),
      state: .confirmed, needsAttention: false,
      total: Money(minorUnits: 17_100, currency: currency),
      charged: 17_100, refunded: 0,
      payment: .init(paymentIntent: "pi_1", status: "SUCCEEDED", amount: 17_100),
      components: [
        .init(
          slot: "hotel", status: "BOOKED", reference: "ord_1", confirmation: "502", amount: 5_000),
        .init(slot: "flight", status: "BOOKED", reference: "eJz%3d", pnr: "2ZYVAL", amount: 10_000),
        .init(slot: "activity-1", status: "BOOKED", reference: "BR-1", amount: 1_200),
        .init(slot: "activity-2", status: "BOOKED", reference: "BR-2", amount: 900),
      ], warnings: [], failure: nil, attention: [], open: [],
      createdAt: APITestBed.start, finishedAt: APITestBed.start)
    var sources = Itinerary.Sources(
      view: view, option: .sample, travelers: TripRequest.couple, version: 7,
      changedAt: APITestBed.start)
    change(&sources)
    return sources
  }

  private func part(_ key: String, _ sources: Itinerary.Sources) throws -> Itinerary.Part {
    try #require(Itinerary(sources)?.parts.first { $0.key == key })
  }

  @Test(arguments: [
    (TripState.confirmed, true), (.cancelling, true), (.cancelled, true), (.failed, false),
    (.pending, false), (.validating, false), (.processing, false),
  ])
  func onlyWhatWasDecidedHasOne(_ state: TripState, _ hasOne: Bool) {
    #expect((Itinerary(sources { $0.view.state = state }) != nil) == hasOne)
  }

  @Test func aTripThatNeverHadAnythingHasNone() {
    let empty = sources {
      $0.view.state = .cancelled
      for index in $0.view.components.indices { $0.view.components[index].status = "PENDING" }
    }
    #expect(Itinerary(empty) == nil)
  }

  @Test func partsComeAsPeopleTravel() throws {
    #expect(
      Itinerary(sources())?.parts.map(\.key) == ["flight", "hotel", "activity-1", "activity-2"])
  }

  @Test func referencesAreThoseThatCountersKnow() throws {
    let trip = sources()
    #expect(try part("flight", trip).references.map(\.value) == ["2ZYVAL"])
    #expect(try part("hotel", trip).references.map(\.value) == ["502"])
    #expect(try part("activity-2", trip).references.map(\.value) == ["BR-2"])
    // The airline's order has a name of its own, which is for machines.
    #expect(try part("flight", sources { $0.view.components[1].pnr = nil }).references == [])
  }

  @Test func timesAreTheOptionsAndElseTheOffers() throws {
    let offered = sources {
      $0.option.flight.offer = """
        {"id":"1","itineraries":[{"segments":[{"departure":{"iataCode":"MAD","at":\
        "2027-02-27T10:30:00"},"arrival":{"iataCode":"BCN","at":"2027-02-27T11:45:00"},\
        "carrierCode":"IB","number":"3166"}]}]}
        """
    }
    let leg = try #require(try part("flight", offered).legs.first)
    #expect(leg.title == "IB 3166")
    #expect(leg.begin.place == "MAD")
    #expect(leg.begin.moment?.text == "Sat 27 Feb 2027, 10:30")
    let told = sources {
      $0.option.flight.offer = offered.option.flight.offer
      $0.option.flight.segments = [
        .init(
          departure: .init(
            code: "MAD", name: "Madrid", at: "2027-02-27T10:30:00+01:00", zone: "Europe/Madrid"),
          arrival: .init(code: "BCN"))
      ]
    }
    let better = try #require(try part("flight", told).legs.first)
    #expect(better.begin.place == "Madrid (MAD)")
    #expect(better.begin.moment?.text == "Sat 27 Feb 2027, 10:30 (Europe/Madrid, UTC+1)")
    #expect(better.end?.moment == nil)
    #expect(try part("hotel", sources()).legs[0].begin.moment?.text == "Sat 27 Feb 2027")
  }

  /// A calendar with the old hour would have people miss the plane.
  @Test func aChangedDepartureIsTheOneShown() throws {
    let moved = sources {
      $0.option.flight.segments = [
        .init(
          departure: .init(code: "MAD", at: "2027-02-27T10:30:00+01:00", zone: "Europe/Madrid"),
          arrival: .init(code: "BCN", at: "2027-02-27T11:45:00+01:00"))
      ]
      $0.view.warnings = [
        TripWarning(
          slot: "flight", code: TripWarning.scheduleChanged,
          message: "The flight "
            + TripWarning.departs([
              (.init(leg: 0, at: "2027-02-27T08:05:00"), "2027-02-27T10:30:00")
            ]) + "."
        )
      ]
    }
    let flight = try part("flight", moved)
    #expect(
      flight.legs[0].begin.moment?.text == "Sat 27 Feb 2027, 08:05 (Europe/Madrid, UTC+1)")
    #expect(flight.legs[0].end?.moment == nil)
    #expect(flight.note != nil)
  }

  @Test func aWayBackThatMovesLeavesTheWayThereAsItIs() throws {
    let moved = sources {
      $0.option.flight.segments = ["2027-02-27T10:30:00", "2027-03-06T18:00:00"].map {
        .init(departure: .init(code: "MAD", at: $0), arrival: .init(code: "BCN", at: $0))
      }
      $0.view.warnings = [
        TripWarning(
          slot: "flight", code: TripWarning.scheduleChanged,
          message: "The flight "
            + TripWarning.departs([
              (.init(leg: 1, at: "2027-03-06T20:15:00"), "2027-03-06T18:00:00")
            ]) + ".")
      ]
    }
    let flight = try part("flight", moved)
    #expect(flight.legs.map { $0.begin.moment?.text.suffix(5) } == ["10:30", "20:15"])
    #expect(flight.legs.map { $0.end?.moment == nil } == [false, true])
  }

  @Test(arguments: [
    ("BOOKED", Itinerary.Part.Standing.booked), ("CANCELLED", .cancelled), ("FAILED", .missing),
    ("PENDING", .missing), ("UNKNOWN", .open), ("NEEDS_ATTENTION", .open),
  ])
  func aPartStandsAsItsRowSays(_ status: String, _ standing: Itinerary.Part.Standing) throws {
    let trip = sources { $0.view.components[2].status = status }
    #expect(try part("activity-1", trip).standing == standing)
  }

  @Test func whatItsVendorCancelledIsCancelledThoughTheRowIsNot() throws {
    let gone = sources {
      $0.view.warnings = [
        TripWarning(
          slot: "hotel", code: "hotel-cancelled-by-property",
          message: "The hotel was cancelled by the property; its price is refunded.")
      ]
    }
    #expect(try part("hotel", gone).standing == .cancelled)
    #expect(Itinerary(gone)?.warnings.count == 1)
    #expect(Itinerary(gone)?.sentence.contains("with changes") == true)
  }

  @Test func hiddenPricesAreNowhereInTheValue() throws {
    let trip = sources {
      $0.view.refunded = 900
      $0.view.state = .cancelled
      $0.view.penalties = ["hotel": 1_500]
      $0.view.needsAttention = true
      $0.view.attention = [.init(slot: "refund", reason: "refund-failed", advice: "Pay EUR 9.00")]
    }
    let shown = try #require(Itinerary(trip))
    #expect(shown.prices?.sums.map(\.value) == ["EUR 171.00", "EUR 9.00", "EUR 15.00"])
    #expect("\(shown)".contains("EUR"))
    let hidden = try #require(Itinerary(trip, hiding: [.prices]))
    #expect(!"\(hidden)".contains("EUR"))
    #expect(hidden.prices == nil)
  }

  /// The value is what every renderer has: what is not in it cannot be shown.
  @Test func nothingOfOursOrOfTheCardIsInTheValue() throws {
    let text = "\(try #require(Itinerary(sources())))"
    for secret in ["bk_1", "opt_1", "pi_1", "eJz", "f1", "@", "+1"] {
      #expect(!text.contains(secret), "\(secret)")
    }
  }

  @Test func whatIsParkedOfAPartIsTold() throws {
    let parked = sources {
      $0.view.needsAttention = true
      $0.view.attention = [
        .init(slot: "flight", reason: "flight-order-lost", advice: "Ask the airline."),
        .init(slot: "refund", reason: "refund-failed", advice: "Pay."),
      ]
    }
    let itinerary = try #require(Itinerary(parked))
    #expect(itinerary.warnings.count == 1)
    #expect(itinerary.warnings[0].contains("flight order"))
    #expect(itinerary.sentence.hasSuffix("Something is still being settled by our staff."))
  }
}
