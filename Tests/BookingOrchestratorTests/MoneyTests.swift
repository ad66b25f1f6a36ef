import BookingOrchestrator
import Testing

struct MoneyTests {
  @Test(arguments: [
    (Int64(0), "USD", "0.00"), (5, "USD", "0.05"), (50, "USD", "0.50"), (1250, "USD", "12.50"),
    (-5, "USD", "-0.05"), (-1250, "USD", "-12.50"), (1250, "JPY", "1250"), (0, "JPY", "0"),
    (-7, "JPY", "-7"), (1250, "KWD", "1.250"), (1, "KWD", "0.001"), (999, "KWD", "0.999"),
    (.max, "USD", "92233720368547758.07"), (.min, "USD", "-92233720368547758.08"),
    (.min, "JPY", "-9223372036854775808"),
  ])
  func textHasExactlyTheCurrencysDigits(minor: Int64, code: String, text: String) throws {
    let money = Money(minorUnits: minor, currency: try #require(Currency(code: code)))
    #expect(money.decimalText == text)
  }

  @Test(arguments: [
    ("12.5", "USD", Int64(1250)), ("12.50", "USD", 1250), ("12.500", "USD", 1250),
    ("12", "USD", 1200),
    ("0.05", "USD", 5), ("007", "USD", 700), ("-3", "USD", -300), ("-0.01", "USD", -1),
    ("1250", "JPY", 1250), ("1250.00", "JPY", 1250), ("1.25", "KWD", 1250), ("1.001", "KWD", 1001),
    ("0", "KWD", 0), ("-0", "USD", 0), ("12.", "USD", 1200),
    ("92233720368547758.07", "USD", .max),
  ])
  func plainDecimalsAreReadExactly(text: String, code: String, minor: Int64) throws {
    let currency = try #require(Currency(code: code))
    #expect(Money(decimalText: text, currency: currency)?.minorUnits == minor)
  }

  @Test(arguments: [
    ("", "USD"), ("-", "USD"), (".", "USD"), (".5", "USD"), ("1.2.3", "USD"), ("1e3", "USD"),
    ("+1", "USD"), (" 1", "USD"), ("1 ", "USD"), ("1,000", "USD"), ("--1", "USD"), ("abc", "USD"),
    ("1.001", "USD"), ("1.5", "JPY"), ("1.0001", "KWD"), ("٣", "USD"),
    ("92233720368547758.08", "USD"), ("99999999999999999999", "JPY"),
    ("9223372036854775807", "KWD"),
  ])
  func anythingElseIsRefused(text: String, code: String) throws {
    let currency = try #require(Currency(code: code))
    #expect(Money(decimalText: text, currency: currency) == nil)
  }

  @Test(
    arguments: ["USD", "JPY", "KWD"], [Int64(0), 1, 9, 10, 99, 100, 999, 1000, 123_456_789, -1])
  func textIsReadBackAsTheSameAmount(code: String, minor: Int64) throws {
    let money = Money(minorUnits: minor, currency: try #require(Currency(code: code)))
    #expect(Money(decimalText: money.decimalText, currency: money.currency) == money)
  }

  @Test(arguments: [("usd", "USD"), ("Jpy", "JPY"), ("KWD", "KWD")])
  func currenciesAreFoundInEitherCase(code: String, expected: String) {
    #expect(Currency(code: code)?.code == expected)
  }

  @Test(arguments: ["XXX", "", "US", "USDX"])
  func currenciesNotSoldInAreNotFound(code: String) {
    #expect(Currency(code: code) == nil)
  }
}
