/// A JSON number, exactly as it was written.
package struct JSONNumber: Sendable, Hashable, Codable, CustomStringConvertible {
  /// The number's text (RFC 8259 section 6).
  package let text: String

  /// Creates a number from its text; nil when that is no JSON number.
  package init?(_ text: String) {
    var reader = JSONReader(Array(text.utf8))
    guard let range = try? reader.numberRange(), range == 0..<text.utf8.count else {
      return nil  // It is no number; where it goes wrong does not matter.
    }
    self.text = text
  }

  init(checked text: String) { self.text = text }

  /// The whole number; nil when it is not whole or does not fit.
  package var int64: Int64? { scaled(to: 0) }

  /// Returns how many units of the `scale`th decimal it is, exactly; nil when it has a part of one
  /// left over or does not fit.
  package func scaled(to scale: Int) -> Int64? {
    var text = text
    return text.withUTF8 { Self.scaled($0, to: scale) }
  }

  /// The nearest binary fraction; infinite when it is too large.
  package var double: Double { Double(text) ?? .nan }

  /// The number without an exponent and needless zeros: `1.50e1` is `15`.
  ///
  /// Nil when it would have more than 1,000 digits.
  package var plain: String? {
    var text = text
    return text.withUTF8 { utf8 -> String? in
      let parts = Parts(utf8)
      var digits = utf8[parts.digits].filter { $0 != UInt8(ascii: ".") }
      // How many digits stand before the point.
      var point = digits.count - parts.fraction + parts.exponent
      guard digits.contains(where: { $0 != UInt8(ascii: "0") }) else { return "0" }
      guard digits.count <= 1_000, abs(point) <= 1_000 else { return nil }
      let zeros = repeatElement(UInt8(ascii: "0"), count: max(1 - point, point - digits.count, 0))
      if point < 1 {
        digits.insert(contentsOf: zeros, at: 0)
        point = 1
      } else {
        digits.append(contentsOf: zeros)
      }
      var whole = digits[..<point].drop { $0 == UInt8(ascii: "0") }
      if whole.isEmpty { whole = [UInt8(ascii: "0")] }
      var fraction = digits[point...]
      while fraction.last == UInt8(ascii: "0") { fraction.removeLast() }
      return (parts.isNegative ? "-" : "") + String(decoding: whole, as: UTF8.self)
        + (fraction.isEmpty ? "" : "." + String(decoding: fraction, as: UTF8.self))
    }
  }

  package var description: String { text }

  /// Writes it as text, to encoders that do not know numbers of any length.
  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(text)
  }

  /// Reads it from text; ``JSONTextDecoder`` hands out the number itself.
  package init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    guard let number = JSONNumber(try container.decode(String.self)) else {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: "not a number")
    }
    self = number
  }

  /// What a number's text consists of.
  private struct Parts {
    var isNegative = false
    /// The digits with their point.
    var digits: Range<Int>
    /// How many digits follow the point.
    var fraction = 0
    /// At most a thousand million, so that sums cannot overflow.
    var exponent = 0

    init(_ text: UnsafeBufferPointer<UInt8>) {
      isNegative = text[0] == UInt8(ascii: "-")
      let end = text.firstIndex { $0 | 0x20 == UInt8(ascii: "e") } ?? text.count
      digits = (isNegative ? 1 : 0)..<end
      if let point = text[digits].firstIndex(of: UInt8(ascii: ".")) { fraction = end - point - 1 }
      guard end < text.count else { return }
      for byte in text[(end + 1)...] where byte >= UInt8(ascii: "0") {
        exponent = min(exponent * 10 + Int(byte - UInt8(ascii: "0")), 1_000_000_000)
      }
      if text[end + 1] == UInt8(ascii: "-") { exponent = -exponent }
    }
  }

  /// Returns how many units of the `scale`th decimal a well-formed number is.
  static func scaled(_ text: UnsafeBufferPointer<UInt8>, to scale: Int) -> Int64? {
    let parts = Parts(text)
    // How many digits are still to be taken (or zeros added) behind the last one.
    var shift = parts.exponent - parts.fraction + scale
    var value: Int64 = 0
    var digits = text[parts.digits]
    while shift < 0, let last = digits.last {
      digits.removeLast()
      if last == UInt8(ascii: ".") { continue }
      guard last == UInt8(ascii: "0") else { return nil }
      shift += 1
    }
    for byte in digits where byte != UInt8(ascii: ".") {
      // Counted downwards, for there is one negative number more than positive ones.
      let (tenfold, overflows) = value.multipliedReportingOverflow(by: 10)
      let (next, exceeds) = tenfold.subtractingReportingOverflow(Int64(byte - UInt8(ascii: "0")))
      guard !overflows, !exceeds else { return nil }
      value = next
    }
    while shift > 0, value != 0 {
      let (tenfold, overflows) = value.multipliedReportingOverflow(by: 10)
      guard !overflows else { return nil }
      value = tenfold
      shift -= 1
    }
    if parts.isNegative { return value }
    return value == .min ? nil : -value
  }
}
