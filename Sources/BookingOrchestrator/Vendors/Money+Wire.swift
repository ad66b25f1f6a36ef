import FoundationEssentials

extension Money {
  /// Reads a JSON number exactly; nil when the currency has fewer digits or it does not fit.
  ///
  /// `JSONDecoder` parses a number's text straight into `Decimal`, without a binary fraction between.
  init?(wire number: Decimal?, currencyCode code: String?) {
    guard let number, let code, let currency = Currency(code: code) else { return nil }
    self.init(decimalText: number.description, currency: currency)
  }

  /// Reads a decimal number in a JSON text exactly.
  init?(wire text: String?, currencyCode code: String?) {
    guard let text, let code, let currency = Currency(code: code) else { return nil }
    self.init(decimalText: text, currency: currency)
  }
}
