/// What is wrong with a request that no vendor could serve.
///
/// Drawn by the trip generator, so that the auditor knows of each request whether it may have any
/// effect, and where a refusal must point to.
package enum RequestFlaw: String, Sendable, Hashable, CaseIterable {
  // Another party or price than what was offered.
  case oneTravelerMore = "one-traveler-more"
  case oneTravelerLess = "one-traveler-less"
  case tenTravelers = "ten-travelers"
  case amountBelow = "amount-below"
  case amountAbove = "amount-above"
  case otherCurrency = "other-currency"
  // People whom no vendor could carry.
  case nameOfSpaces = "name-of-spaces"
  case nameWithControl = "name-with-control"
  case nameWithLineBreak = "name-with-line-break"
  case nameWithEmoji = "name-with-emoji"
  case nameTurned = "name-turned"
  case nameWithoutEnd = "name-without-end"
  case nameInHan = "name-in-han"
  case nameInCyrillic = "name-in-cyrillic"
  case bornOnNoDay = "born-on-no-day"
  case bornTomorrow = "born-tomorrow"
  // Addresses and numbers that reach nobody.
  case emailOfNobody = "email-of-nobody"
  case emailWithHeader = "email-with-header"
  case cardEmailOfNobody = "card-email-of-nobody"
  case phoneOfNobody = "phone-of-nobody"
  case countryInWords = "country-in-words"
  case bookerWithHeader = "booker-with-header"
  case bookerOfApostrophes = "booker-of-apostrophes"
  case bookerWithoutEnd = "booker-without-end"
  case bookerInHan = "booker-in-han"

  /// Those of another party or price.
  package static let ofParty: [RequestFlaw] = [
    .oneTravelerMore, .oneTravelerLess, .tenTravelers, .amountBelow, .amountAbove, .otherCurrency,
  ]
  /// Those of people.
  package static let ofPeople = allCases.filter { !ofParty.contains($0) }

  /// Whether the party is wrong, which the option may hold as well as the request.
  package var isOfTravelers: Bool { member.hasPrefix("/travelers") }

  /// Where the fault is, as a JSON Pointer into the request (RFC 6901).
  package var member: String {
    switch self {
    case .oneTravelerMore, .oneTravelerLess, .tenTravelers: "/travelers"
    case .amountBelow, .amountAbove: "/paymentInfo/amount"
    case .otherCurrency: "/paymentInfo/currency"
    case .nameOfSpaces, .nameWithControl, .nameWithEmoji, .nameWithoutEnd, .nameInHan:
      "/travelers/0/lastName"
    case .nameWithLineBreak, .nameTurned, .nameInCyrillic: "/travelers/0/firstName"
    case .bornOnNoDay, .bornTomorrow: "/travelers/0/dateOfBirth"
    case .emailOfNobody, .emailWithHeader: "/userContact/email"
    case .cardEmailOfNobody: "/paymentInfo/billingDetails/email"
    case .phoneOfNobody: "/userContact/phone"
    case .countryInWords: "/paymentInfo/billingDetails/address/country"
    case .bookerWithHeader, .bookerOfApostrophes, .bookerWithoutEnd, .bookerInHan:
      "/paymentInfo/billingDetails/name"
    }
  }

  /// Whether a refusal that points there tells a client what to mend.
  package func isMeant(by pointer: String) -> Bool {
    // A price is an amount and its currency: a refusal may name either.
    if self == .otherCurrency, pointer == RequestFlaw.amountBelow.member { return true }
    return pointer == member
  }
}
