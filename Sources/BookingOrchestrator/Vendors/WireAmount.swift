import Wire

/// A decimal number on the wire, or a text that spells one in its place.
///
/// The digits are the ones on the wire: no binary fraction comes between.
struct WireAmount: Decodable, Sendable {
  /// The number's digits, as ``Money`` reads them.
  var text: String

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let text = try? container.decode(String.self) {
      self.text = text
    } else {
      text = try container.decode(JSONNumber.self).plain ?? ""
    }
  }

  /// Whether it is a number at all.
  var isNumber: Bool {
    let digits = text.utf8.drop { $0 == UInt8(ascii: "-") }
    return !digits.isEmpty && digits.first != UInt8(ascii: ".")
      && digits.allSatisfy { (0x30...0x39).contains($0) || $0 == UInt8(ascii: ".") }
  }
}

extension Money {
  /// Reads an amount exactly; nil when the currency has fewer digits or it does not fit.
  init?(wire amount: WireAmount?, currencyCode code: String?) {
    self.init(wire: amount?.text, currencyCode: code)
  }
}

extension Rejection {
  /// The code of a price that was read and that nobody can pay: more digits than its currency has,
  /// more than fits, or a currency that is not sold in.
  static let unpayablePrice = "price_unpayable"

  /// The judgement of a price that is told but is no amount of money; nil when none is told.
  ///
  /// Asking again brings the same: it is another price than was offered, and no missing answer.
  init?(unpayable amount: WireAmount?, currencyCode code: String?, httpStatus: Int) {
    guard let amount, let code, amount.isNumber, Money(wire: amount, currencyCode: code) == nil
    else { return nil }
    self.init(
      code: Self.unpayablePrice, message: "now costs \(amount.text.prefix(40)) \(code.prefix(8))",
      httpStatus: httpStatus)
  }
}
