import Testing

@testable import BookingOrchestrator

/// What Stripe publishes of amounts: docs.stripe.com/currencies, as of 2026.
struct ChargeRulesTests {
  @Test(arguments: [
    ("USD", 50, 99_999_999), ("GBP", 30, 99_999_999), ("ILS", 50, 99_999_999),
    ("INR", 50, 999_999_999), ("KRW", 50, 99_999_999), ("ZAR", 50, 99_999_999),
    ("CZK", 1_500, 99_999_999), ("KWD", 10, 99_999_999), ("CLP", 1, 99_999_999),
  ])
  func chargesAreWithinWhatStripePublishes(code: String, least: Int64, most: Int64) throws {
    let rules = ChargeRules(try #require(Currency(code: code)))
    #expect(rules.least == least)
    #expect(rules.most == most)
  }
}
