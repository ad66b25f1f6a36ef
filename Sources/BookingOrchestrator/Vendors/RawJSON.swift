/// JSON text in which values are found, not decoded.
///
/// An offer must go back to Amadeus byte for byte as it came: its numbers, its order of keys and the
/// fields that nobody here knows. The text must be valid JSON (decode it first); in anything else the
/// searches may find nonsense, but never read outside of it.
struct RawJSON {
  private let bytes: [UInt8]
  private var position = 0

  /// Returns the bytes of the first element of the array that a path of keys leads to.
  static func firstElement(ofArrayAt path: [StaticString], in bytes: [UInt8]) -> [UInt8]? {
    var json = RawJSON(bytes: bytes)
    for key in path {
      guard json.enterMember(key) else { return nil }
    }
    guard json.take(UInt8(ascii: "[")) else { return nil }
    json.skipSpace()
    let start = json.position
    guard json.peek != UInt8(ascii: "]"), json.skipValue() else { return nil }
    return Array(bytes[start..<json.position])
  }

  private init(bytes: [UInt8]) {
    self.bytes = bytes
  }

  private var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

  /// Moves from the start of an object to the start of a member's value.
  private mutating func enterMember(_ key: StaticString) -> Bool {
    guard take(UInt8(ascii: "{")) else { return false }
    while true {
      skipSpace()
      let start = position
      guard skipString() else { return false }
      let found = bytes[(start + 1)..<(position - 1)].elementsEqual(
        UnsafeBufferPointer(start: key.utf8Start, count: key.utf8CodeUnitCount))
      guard take(UInt8(ascii: ":")) else { return false }
      if found { return true }
      guard skipValue(), take(UInt8(ascii: ",")) else { return false }
    }
  }

  /// Moves behind `byte` when it comes next.
  private mutating func take(_ byte: UInt8) -> Bool {
    skipSpace()
    guard peek == byte else { return false }
    position += 1
    return true
  }

  private mutating func skipSpace() {
    while let byte = peek, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 {
      position += 1
    }
  }

  private mutating func skipString() -> Bool {
    guard peek == UInt8(ascii: "\"") else { return false }
    position += 1
    while let byte = peek {
      switch byte {
      case UInt8(ascii: "\""):
        position += 1
        return true
      case UInt8(ascii: "\\"): position += 2
      default: position += 1
      }
    }
    return false
  }

  private mutating func skipValue() -> Bool {
    skipSpace()
    var depth = 0
    while let byte = peek {
      switch byte {
      case UInt8(ascii: "\""):
        guard skipString() else { return false }
        if depth == 0 { return true }
      case UInt8(ascii: "{"), UInt8(ascii: "["):
        depth += 1
        position += 1
      case UInt8(ascii: "}"), UInt8(ascii: "]"):
        // At depth zero it closes what the value is in: a bare number or word ends here.
        if depth == 0 { return true }
        depth -= 1
        position += 1
        if depth == 0 { return true }
      case UInt8(ascii: ","), 0x20, 0x0A, 0x0D, 0x09:
        if depth == 0 { return true }
        position += 1
      default:
        position += 1
      }
    }
    return false
  }
}
