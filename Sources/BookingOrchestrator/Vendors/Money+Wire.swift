extension Money {
  /// Reads a decimal number in a JSON text exactly.
  init?(wire text: String?, currencyCode code: String?) {
    guard let text, let code, let currency = Currency(code: code) else { return nil }
    self.init(decimalText: text, currency: currency)
  }
}
