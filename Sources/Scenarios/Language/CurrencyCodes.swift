/// The currencies that a scenario may sell trips in.
enum CurrencyCodes {
  /// Alphabetic codes, upper case: those that the booking product is sold in. Source: ISO 4217.
  static let all: Set<String> = [
    "AED", "AUD", "BHD", "BRL", "CAD", "CHF", "CLP", "CNY", "CZK", "DKK", "EUR", "GBP", "HKD",
    "ILS", "INR", "JOD", "JPY", "KRW", "KWD", "MXN", "NOK", "NZD", "OMR", "PLN", "SEK", "SGD",
    "THB", "TND", "USD", "VND", "ZAR",
  ]
}
