/// Text in URLs and forms (RFC 3986 section 2; URL Standard, application/x-www-form-urlencoded).
package enum PercentCoding {
  /// Encodes text so that it can stand anywhere in a URL or form: all but the unreserved characters
  /// (RFC 3986 section 2.3), so brackets, slashes and blanks too.
  package static func encode(_ text: String) -> String {
    var bytes: [UInt8] = []
    append(text, to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Appends encoded text.
  package static func append(_ text: String, to bytes: inout [UInt8]) {
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
        UInt8(ascii: "_"), UInt8(ascii: "~"):
        bytes.append(byte)
      default:
        bytes.append(UInt8(ascii: "%"))
        bytes.append(Hexadecimal.upper(byte >> 4))
        bytes.append(Hexadecimal.upper(byte & 15))
      }
    }
  }

  /// Returns the text that an encoded one stands for; nil when it is malformed or not UTF-8.
  package static func decode(_ text: some StringProtocol, plusIsSpace: Bool = false) -> String? {
    guard let bytes = decode(Array(text.utf8)[...], plusIsSpace: plusIsSpace, isLenient: false)
    else { return nil }
    return String(validating: bytes, as: UTF8.self)
  }

  /// Returns the bytes that encoded ones stand for; nil when they are malformed.
  /// - Parameter isLenient: whether a broken escape stands for itself instead.
  static func decode(
    _ bytes: ArraySlice<UInt8>, plusIsSpace: Bool, isLenient: Bool
  ) -> [UInt8]? {
    var out: [UInt8] = []
    out.reserveCapacity(bytes.count)
    var at = bytes.startIndex
    while at < bytes.endIndex {
      switch bytes[at] {
      case UInt8(ascii: "%"):
        if at + 2 < bytes.endIndex, let high = Hexadecimal.digit(bytes[at + 1]),
          let low = Hexadecimal.digit(bytes[at + 2])
        {
          out.append(high << 4 | low)
          at += 2
        } else if isLenient {
          out.append(UInt8(ascii: "%"))
        } else {
          return nil
        }
      case UInt8(ascii: "+") where plusIsSpace: out.append(UInt8(ascii: " "))
      case let byte: out.append(byte)
      }
      at += 1
    }
    return out
  }
}
