/// Name-value pairs in the form `application/x-www-form-urlencoded`, in the order they were added.
///
/// Everything but RFC 3986's unreserved characters is percent-encoded, brackets and spaces
/// included, so that the same text is right in a body and in a query.
struct FormEncoding: Sendable {
  /// The encoded pairs.
  private(set) var bytes: [UInt8] = []

  /// The encoded pairs as text.
  var text: String { String(decoding: bytes, as: UTF8.self) }

  /// Adds a pair.
  mutating func append(_ name: String, _ value: String) {
    if !bytes.isEmpty { bytes.append(UInt8(ascii: "&")) }
    Self.append(name, to: &bytes)
    bytes.append(UInt8(ascii: "="))
    Self.append(value, to: &bytes)
  }

  /// Encodes text for use as one segment of a path.
  static func segment(_ text: String) -> String {
    var bytes: [UInt8] = []
    append(text, to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  private static func append(_ text: String, to bytes: inout [UInt8]) {
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
        UInt8(ascii: "_"), UInt8(ascii: "~"):
        bytes.append(byte)
      default:
        bytes.append(UInt8(ascii: "%"))
        bytes.append(hexDigits[Int(byte >> 4)])
        bytes.append(hexDigits[Int(byte & 15)])
      }
    }
  }

  private static let hexDigits = Array("0123456789ABCDEF".utf8)
}
