/// An amount of money: whole minor units of an ISO 4217 currency.
public struct Money: Sendable, Hashable, Codable {
  /// Cents, yen, fils: the smallest unit of the currency.
  public var minorUnits: Int64
  /// The currency.
  public var currency: Currency

  /// Creates an amount.
  public init(minorUnits: Int64, currency: Currency) {
    self.minorUnits = minorUnits
    self.currency = currency
  }
}

extension Money {
  /// The amount as a decimal number with exactly the currency's digits: `12.50`, `1250`, `1.250`.
  public var decimalText: String {
    let exponent = currency.exponent
    let magnitude = String(minorUnits.magnitude)
    let sign = minorUnits < 0 ? "-" : ""
    guard exponent > 0 else { return sign + magnitude }
    let padded = String(repeating: "0", count: max(0, exponent + 1 - magnitude.count)) + magnitude
    return "\(sign)\(padded.dropLast(exponent)).\(padded.suffix(exponent))"
  }

  /// Reads a plain decimal number (`12.5`, `1250`, `-3`), exactly.
  ///
  /// Returns nil for anything else, for more digits than the currency has unless they are zeros, and
  /// for what does not fit 64 bits.
  public init?(decimalText text: String, currency: Currency) {
    var digits: Int64 = 0
    var fraction: Int?
    var sawDigit = false
    var rest = Substring(text)
    let negative = rest.first == "-"
    if negative { rest.removeFirst() }
    for character in rest.utf8 {
      switch character {
      case UInt8(ascii: "0")...UInt8(ascii: "9"):
        sawDigit = true
        let digit = Int64(character - UInt8(ascii: "0"))
        if let places = fraction {
          if places >= currency.exponent {
            guard digit == 0 else { return nil }
            continue
          }
          fraction = places + 1
        }
        let (product, overflow) = digits.multipliedReportingOverflow(by: 10)
        let (sum, carry) = product.addingReportingOverflow(digit)
        guard !overflow, !carry else { return nil }
        digits = sum
      case UInt8(ascii: "."):
        guard fraction == nil, sawDigit else { return nil }
        fraction = 0
      default:
        return nil
      }
    }
    guard sawDigit else { return nil }
    for _ in (fraction ?? 0)..<currency.exponent {
      let (product, overflow) = digits.multipliedReportingOverflow(by: 10)
      guard !overflow else { return nil }
      digits = product
    }
    self.init(minorUnits: negative ? -digits : digits, currency: currency)
  }
}

/// An ISO 4217 currency that the product sells in.
public struct Currency: Sendable, Hashable, Codable, CustomStringConvertible {
  /// The alphabetic code, upper case.
  public let code: String

  /// Finds a currency by its code, in either case; nil when it is not sold in.
  public init?(code: String) {
    let upper = code.uppercased()
    guard Self.exponents[upper] != nil else { return nil }
    self.code = upper
  }

  /// How many decimal digits the minor unit stands for (ISO 4217): JPY 0, USD 2, KWD 3.
  public var exponent: Int { Self.exponents[code] ?? 2 }

  public var description: String { code }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    guard let currency = Currency(code: text) else {
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "unknown currency '\(text)'")
    }
    self = currency
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(code)
  }

  /// Exponents of the currencies that are sold in. Source: ISO 4217, list one.
  private static let exponents: [String: Int] = [
    "AED": 2, "AUD": 2, "BHD": 3, "BRL": 2, "CAD": 2, "CHF": 2, "CLP": 0, "CNY": 2, "CZK": 2,
    "DKK": 2, "EUR": 2, "GBP": 2, "HKD": 2, "ILS": 2, "INR": 2, "JOD": 3, "JPY": 0, "KRW": 0,
    "KWD": 3, "MXN": 2, "NOK": 2, "NZD": 2, "OMR": 3, "PLN": 2, "SEK": 2, "SGD": 2, "THB": 2,
    "TND": 3, "USD": 2, "VND": 0, "ZAR": 2,
  ]
}
