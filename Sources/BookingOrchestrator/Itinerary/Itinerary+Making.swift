extension Itinerary {
  /// What an itinerary is made of, as one committed state has it.
  struct Sources: Sendable {
    var view: BookingView
    var option: TripOption
    var travelers: [TripRequest.Traveler]
    /// The booking's version, and when it was written.
    var version: Int
    var changedAt: Timestamp
  }

  /// Makes the itinerary of a booking; nil when there is nothing to show: it is not decided, has
  /// failed, or was cancelled before anything was booked.
  ///
  /// Pure: the same sources give the same value.
  init?(_ sources: Sources, hiding hidden: Set<Hidden> = []) {
    let view = sources.view
    guard let standing = Standing(view), let reference = view.reference else { return nil }
    let showsPrices = !hidden.contains(.prices)
    // The flight first, as people travel.
    let components = view.components
      .compactMap { part in Slot(text: part.slot).map { (slot: $0, part: part) } }
      .sorted { $0.slot < $1.slot }.map(\.part)
    var parts = components.compactMap {
      Part($0, of: sources.option, in: view, showsPrices: showsPrices)
    }
    guard parts.contains(where: { $0.standing != .missing }) else { return nil }
    for change in view.warnings.flatMap(\.newDepartures) { parts.depart(change) }
    self.reference = reference
    self.standing = standing
    sentence = Self.sentence(standing, view)
    travelers = sources.travelers.map { "\($0.firstName) \($0.lastName)" }
    self.parts = parts
    warnings = view.warnings.map(\.message) + view.parkedParts
    advice = Self.advice(standing, reference)
    prices = showsPrices ? Prices(view, parts) : nil
    version = sources.version
    changedAt = sources.changedAt
  }

  private static func sentence(_ standing: Standing, _ view: BookingView) -> String {
    let state =
      switch standing {
      case .confirmed where view.warnings.isEmpty: "The trip is confirmed."
      case .confirmed: "The trip is confirmed, with changes; see below."
      case .cancelling: "The trip is being cancelled."
      case .cancelled: "The trip is cancelled."
      }
    return view.needsAttention
      ? "\(state) Something is still being settled by our staff." : state
  }

  private static func advice(_ standing: Standing, _ reference: String) -> [String] {
    var advice = [
      "Whatever is wrong: ask the agency that booked the trip, and name booking \(reference)."
    ]
    guard standing == .confirmed else { return advice }
    advice += [
      "Flight late or cancelled: go to the airline's counter with the record locator; if you will"
        + " arrive late at the hotel, tell it, so that your room is kept.",
      "Hotel or activity does not know you: show its confirmation number, and ask the agency"
        + " before you pay anything again.",
      "Times are those of the places' own clocks. Be at the airport two hours before departure,"
        + " with a passport or identity card in the name above.",
    ]
    return advice
  }
}

extension Itinerary.Standing {
  fileprivate init?(_ view: BookingView) {
    switch view.state {
    case .confirmed: self = .confirmed
    case .cancelling: self = .cancelling
    case .cancelled: self = .cancelled
    case .pending, .validating, .processing, .failed: return nil
    }
  }
}

extension Itinerary.Prices {
  /// Sums, each only where there is something to say.
  fileprivate init(_ view: BookingView, _ parts: [Itinerary.Part]) {
    var sums = [Itinerary.Label(name: "Charged", value: view.text(view.charged))]
    if view.refunded > 0 { sums.append(.init(name: "Refunded", value: view.text(view.refunded))) }
    if view.chargedBack > 0 {
      sums.append(.init(name: "Given back by your bank", value: view.text(view.chargedBack)))
    }
    for part in parts {
      guard let fee = view.penalties[part.key], fee > 0 else { continue }
      sums.append(
        .init(name: "Cancellation fee, \(BookingView.name(part.key))", value: view.text(fee)))
    }
    self.sums = sums
    sentence = view.money
  }
}

extension BookingView {
  /// What is parked of the trip's parts; what is parked of money stands beside the prices.
  fileprivate var parkedParts: [String] {
    var parts = self
    parts.attention.removeAll { !$0.slot.isPart }
    return parts.attention.isEmpty ? [] : parts.parked
  }
}

extension String {
  /// Whether a slot is one of the trip's parts, not of its money.
  fileprivate var isPart: Bool {
    self == "flight" || self == "hotel" || utf8.starts(with: "activity-".utf8)
  }
}

extension [Itinerary.Part] {
  /// Has a leg of the flight leave at another time, as the airline told it; when it arrives it did not
  /// tell.
  fileprivate mutating func depart(_ new: TripWarning.Departure) {
    guard let index = firstIndex(where: { $0.kind == .flight }),
      self[index].legs.indices.contains(new.leg)
    else { return }
    let old = self[index].legs[new.leg].begin.moment
    guard var moment = LocalMoment(new.at, zone: old?.zone) else { return }
    if moment.offsetMinutes == nil, let offset = old?.offsetMinutes {
      moment = moment.ahead(ofUTC: offset)
    }
    self[index].legs[new.leg].begin.moment = moment
    self[index].legs[new.leg].end?.moment = nil
    self[index].note = "The airline changed its times; ask it for those that are missing here."
  }
}
