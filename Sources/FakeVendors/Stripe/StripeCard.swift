/// One of Stripe's test cards and what it does when it is charged.
///
/// Source: Stripe documentation, Testing; the delays of later changes are not published and chosen
/// here.
struct StripeCard: Sendable, Hashable {
  /// What happens to payments with a card.
  enum Behaviour: Sendable, Hashable {
    case succeeds
    case declines(code: String, declineCode: String?)
    /// Needs the customer's authentication at every payment.
    case needsAuthentication
    /// Refunds are `pending` first, then succeed.
    case pendingRefund
    /// Refunds succeed first, then fail.
    case failingRefund
    /// The charge succeeds and is disputed at once.
    case disputed
  }

  let brand: String
  let number: String
  let behaviour: Behaviour

  /// The card's last four digits.
  var last4: String { String(number.suffix(4)) }

  /// Returns the card behind a `pm_card_…` token.
  static func token(_ token: String) -> StripeCard? { byToken[token] }

  /// Returns the card with a number; nil for a number that is no test card.
  static func number(_ number: String) -> StripeCard? {
    let digits = number.filter { $0 != " " }
    return all.first { $0.card.number == digits }?.card
  }

  private static let byToken: [String: StripeCard] = {
    var result: [String: StripeCard] = [:]
    for (tokens, card) in all {
      for token in tokens { result[token] = card }
    }
    return result
  }()

  private static func visa(_ number: String, _ behaviour: Behaviour) -> StripeCard {
    StripeCard(brand: "visa", number: number, behaviour: behaviour)
  }

  private static func declined(_ declineCode: String) -> Behaviour {
    .declines(code: "card_declined", declineCode: declineCode)
  }

  /// Tokens are accepted with and without the brand, as Stripe's own examples use both.
  private static let all: [(tokens: [String], card: StripeCard)] = [
    (["pm_card_visa"], visa("4242424242424242", .succeeds)),
    (
      ["pm_card_mastercard"],
      StripeCard(brand: "mastercard", number: "5555555555554444", behaviour: .succeeds)
    ),
    (
      ["pm_card_amex"],
      StripeCard(brand: "amex", number: "378282246310005", behaviour: .succeeds)
    ),
    (["pm_card_bypassPending"], visa("4000000000000077", .succeeds)),
    (
      ["pm_card_visa_chargeDeclined", "pm_card_chargeDeclined"],
      visa("4000000000000002", declined("generic_decline"))
    ),
    (
      [
        "pm_card_visa_chargeDeclinedInsufficientFunds", "pm_card_chargeDeclinedInsufficientFunds",
      ], visa("4000000000009995", declined("insufficient_funds"))
    ),
    (
      ["pm_card_visa_chargeDeclinedLostCard", "pm_card_chargeDeclinedLostCard"],
      visa("4000000000009987", declined("lost_card"))
    ),
    (
      ["pm_card_visa_chargeDeclinedStolenCard", "pm_card_chargeDeclinedStolenCard"],
      visa("4000000000009979", declined("stolen_card"))
    ),
    (
      [
        "pm_card_visa_chargeDeclinedVelocityLimitExceeded",
        "pm_card_chargeDeclinedVelocityLimitExceeded",
      ], visa("4000000000006975", declined("card_velocity_exceeded"))
    ),
    (
      ["pm_card_visa_chargeDeclinedFraudulent", "pm_card_chargeDeclinedFraudulent"],
      visa("4100000000000019", declined("fraudulent"))
    ),
    (
      ["pm_card_chargeDeclinedExpiredCard", "pm_card_visa_chargeDeclinedExpiredCard"],
      visa("4000000000000069", .declines(code: "expired_card", declineCode: nil))
    ),
    (
      ["pm_card_chargeDeclinedIncorrectCvc", "pm_card_visa_chargeDeclinedIncorrectCvc"],
      visa("4000000000000127", .declines(code: "incorrect_cvc", declineCode: nil))
    ),
    (
      ["pm_card_chargeDeclinedProcessingError", "pm_card_visa_chargeDeclinedProcessingError"],
      visa("4000000000000119", .declines(code: "processing_error", declineCode: nil))
    ),
    (["pm_card_chargeCustomerFail"], visa("4000000000000341", declined("generic_decline"))),
    (["pm_card_authenticationRequired"], visa("4000002500003155", .needsAuthentication)),
    (["pm_card_threeDSecure2Required"], visa("4000000000003220", .needsAuthentication)),
    (["pm_card_pendingRefund"], visa("4000000000007726", .pendingRefund)),
    (["pm_card_refundFail"], visa("4000000000005126", .failingRefund)),
    (["pm_card_createDispute"], visa("4000000000000259", .disputed)),
  ]
}
