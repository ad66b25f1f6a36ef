/// What a modification keeps, books anew and gives up: the new option compared with what stands.
struct ModificationPlan: Sendable, Hashable {
  /// The new option's slots that are booked already, with the slot that each has in the trip as it stands.
  var kept: [String: String] = [:]
  /// The slots that stand and are no longer part, in the order of booking.
  var replaced: [String] = []
  /// What these cost, in minor units.
  var worth: Int64 = 0
  /// What the parts to be booked cost, in minor units.
  var new: Int64 = 0

  /// What the new trip costs more than what stands; below zero when it is cheaper.
  var difference: Int64 { new - worth }
  /// How many parts are to be booked.
  var added = 0
  /// Whether the new trip is what stands.
  var isNothing: Bool { added == 0 && replaced.isEmpty }

  /// Compares an option with what stands of another one.
  ///
  /// A part is kept when it is the same in both: the same offer at the same price, for the same days. An
  /// activity may stand in another place.
  /// - Parameters:
  ///   - standing: the slots of the old option that are booked, with their prices.
  ///   - isSameParty: whether the same people travel; what was booked for others is not kept.
  init(
    from old: TripOption, standing: [String: Int64], to new: TripOption, isSameParty: Bool
  ) {
    var left = standing
    func book(_ amount: Int64) {
      self.new += amount
      added += 1
    }
    func keep(_ slot: String, as own: String) {
      kept[slot] = own
      left[own] = nil
    }
    if isSameParty, left["flight"] != nil, old.flight.isSame(as: new.flight) {
      keep("flight", as: "flight")
    } else {
      book(new.flight.amount)
    }
    if isSameParty, left["hotel"] != nil, old.hotel.isSame(as: new.hotel) {
      keep("hotel", as: "hotel")
    } else {
      book(new.hotel.amount)
    }
    for (index, activity) in new.activities.enumerated() {
      let own = old.activities.indices.first { number in
        left["activity-\(number + 1)"] != nil && old.activities[number].isSame(as: activity)
      }
      if isSameParty, let own {
        keep("activity-\(index + 1)", as: "activity-\(own + 1)")
      } else {
        book(activity.amount)
      }
    }
    replaced = (["flight", "hotel"] + old.activities.indices.map { "activity-\($0 + 1)" })
      .filter { left[$0] != nil }
    worth = replaced.reduce(0) { $0 + (standing[$1] ?? 0) }
  }
}

extension TripOption.Flight {
  /// Whether it is the same offer at the same price; how long that is held does not matter.
  fileprivate func isSame(as other: Self) -> Bool {
    offerId == other.offerId && offer == other.offer && amount == other.amount
  }
}

extension TripOption.Hotel {
  /// Whether it is the same room for the same days and people, at the same price.
  fileprivate func isSame(as other: Self) -> Bool {
    accommodationId == other.accommodationId && productId == other.productId
      && checkin == other.checkin && checkout == other.checkout && adults == other.adults
      && amount == other.amount
  }
}

extension TripOption.Activity {
  /// Whether it is the same product on the same day for as many people, at the same price.
  fileprivate func isSame(as other: Self) -> Bool {
    productCode == other.productCode && travelDate == other.travelDate
      && travelers == other.travelers && amount == other.amount
  }
}
