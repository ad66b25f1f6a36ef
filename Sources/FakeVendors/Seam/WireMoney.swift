/// Decimal amounts as the travel vendors write them, to and from minor units, exactly.
enum WireMoney {
  /// Returns how many digits follow the point in a currency (ISO 4217, table A.1).
  static func exponent(_ currency: String) -> Int {
    switch currency {
    case "USD", "EUR", "GBP": 2
    case "JPY", "KRW", "VND", "CLP", "ISK", "XAF", "XOF", "XPF", "PYG", "RWF", "UGX", "UYI", "BIF",
      "DJF", "GNF", "KMF", "VUV":
      0
    case "KWD", "BHD", "JOD", "TND", "OMR", "IQD", "LYD": 3
    case "CLF", "UYW": 4
    default: 2
    }
  }

  /// Returns another currency with as many digits, for what is told in the wrong one.
  static func another(than currency: String) -> String {
    switch exponent(currency) {
    case 0: currency == "KRW" ? "JPY" : "KRW"
    case 3: currency == "BHD" ? "KWD" : "BHD"
    default: currency == "THB" ? "USD" : "THB"
    }
  }

  /// Returns the decimal of an amount with the currency's number of digits: 12345 USD is `123.45`.
  static func text(_ minor: Int64, _ currency: String) -> String {
    let exponent = exponent(currency)
    guard exponent > 0 else { return String(minor) }
    var digits = String(minor.magnitude)
    if digits.utf8.count <= exponent {
      digits = String(repeating: "0", count: exponent + 1 - digits.utf8.count) + digits
    }
    let whole = digits.dropLast(exponent)
    return "\(minor < 0 ? "-" : "")\(whole).\(digits.suffix(exponent))"
  }

  /// Returns the minor units of a decimal; nil when it is none or has a fraction of a minor unit.
  static func minor(_ text: String, _ currency: String) -> Int64? {
    let exponent = exponent(currency)
    var value: Int64 = 0
    var fraction = -1
    var seen = false
    var negative = false
    for (position, byte) in text.utf8.enumerated() {
      switch byte {
      case UInt8(ascii: "-") where position == 0: negative = true
      case UInt8(ascii: ".") where fraction < 0 && seen: fraction = 0
      case 0x30...0x39:
        seen = true
        if fraction >= 0 { fraction += 1 }
        if fraction > exponent {
          guard byte == 0x30 else { return nil }
          continue
        }
        let (tenfold, overflowed) = value.multipliedReportingOverflow(by: 10)
        let (next, exceeded) = tenfold.addingReportingOverflow(Int64(byte - 0x30))
        guard !overflowed, !exceeded else { return nil }
        value = next
      default: return nil
      }
    }
    guard seen, fraction != 0 else { return nil }
    for _ in 0..<max(0, exponent - max(0, fraction)) {
      let (tenfold, overflowed) = value.multipliedReportingOverflow(by: 10)
      guard !overflowed else { return nil }
      value = tenfold
    }
    return negative ? -value : value
  }

  /// Returns so many percent of an amount, rounded half up, without overflow.
  static func percent(_ percentage: Int, of minor: Int64) -> Int64 {
    minor / 100 * Int64(percentage) + (minor % 100 * Int64(percentage) + 50) / 100
  }
}
