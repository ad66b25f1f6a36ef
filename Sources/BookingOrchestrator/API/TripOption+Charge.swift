/// Whether Stripe can charge what an option costs, and refund any part of it.
extension TripOption {
  /// Checks the prices of an option that is sound otherwise.
  ///
  /// Every price by itself, because an activity that is gone is left out of the charge, and one that
  /// fails is refunded by itself.
  /// - Throws: ``Problem`` `request-invalid` with the member that is wrong.
  func checkCharge(of total: Money) throws(Problem) {
    let rules = ChargeRules(currency)
    try Self.check(flight.amount, rules, currency, at: "/flight/amount")
    try Self.check(hotel.amount, rules, currency, at: "/hotel/amount")
    for (index, activity) in activities.enumerated() {
      try Self.check(activity.amount, rules, currency, at: "/activities/\(index)/amount")
    }
    let least = Money(minorUnits: flight.amount + hotel.amount, currency: currency)
    guard least.minorUnits >= rules.least else {
      throw .invalid(
        "",
        "Flight and hotel together cost \(least.decimalText) \(currency); the card is charged "
          + "\(Money(minorUnits: rules.least, currency: currency).decimalText) \(currency) at least."
      )
    }
    guard total.minorUnits <= rules.most else {
      throw .invalid(
        "",
        "The trip costs \(total.decimalText) \(currency); the card is charged "
          + "\(Money(minorUnits: rules.most, currency: currency).decimalText) \(currency) at most.")
    }
  }

  private static func check(
    _ amount: Int64, _ rules: ChargeRules, _ currency: Currency, at pointer: String
  ) throws(Problem) {
    guard amount.isMultiple(of: rules.step) else {
      throw .invalid(
        pointer,
        "Prices in \(currency) are multiples of \(rules.step) minor units, as cards can be charged; "
          + "\(amount) is none.")
    }
  }
}
