extension JSONReader {
  /// A string as it stands in a text, without its quotes; it was scanned, so its escapes are whole.
  struct Text: Sendable {
    var start = 0
    var end = 0
    var isEscaped = false

    /// What it says.
    func string(in bytes: [UInt8]) -> String {
      if isEscaped { return String(decoding: unescaped(in: bytes), as: UTF8.self) }
      return bytes.withUnsafeBufferPointer {
        String(decoding: UnsafeBufferPointer(rebasing: $0[start..<end]), as: UTF8.self)
      }
    }

    /// Its bytes with the escapes read.
    func unescaped(in bytes: [UInt8]) -> [UInt8] {
      guard isEscaped else { return Array(bytes[start..<end]) }
      var out: [UInt8] = []
      out.reserveCapacity(end - start)
      var at = start
      func unit(_ start: Int) -> UInt32 {
        bytes[start..<start + 4].reduce(0) { $0 << 4 | UInt32(Hexadecimal.digit($1) ?? 0) }
      }
      while at < end {
        let byte = bytes[at]
        guard byte == UInt8(ascii: "\\") else {
          out.append(byte)
          at += 1
          continue
        }
        let escape = bytes[at + 1]
        at += 2
        switch escape {
        case UInt8(ascii: "b"): out.append(0x08)
        case UInt8(ascii: "f"): out.append(0x0C)
        case UInt8(ascii: "n"): out.append(0x0A)
        case UInt8(ascii: "r"): out.append(0x0D)
        case UInt8(ascii: "t"): out.append(0x09)
        case UInt8(ascii: "u"):
          var code = unit(at)
          at += 4
          if (0xD800...0xDBFF).contains(code) {
            code = 0x10000 + ((code - 0xD800) << 10) + (unit(at + 2) - 0xDC00)
            at += 6
          }
          // The scan made sure that it is one.
          let scalar = Unicode.Scalar(code) ?? "\u{FFFD}"
          out.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
        default: out.append(escape)
        }
      }
      return out
    }

    /// Whether both say the same, byte for byte (RFC 8259 section 8.3).
    func isSame(as other: Text, in bytes: [UInt8]) -> Bool {
      if isEscaped || other.isEscaped { return unescaped(in: bytes) == other.unescaped(in: bytes) }
      return bytes[start..<end].elementsEqual(bytes[other.start..<other.end])
    }

    /// A quick hash of the first and last eight bytes and the length.
    func hash(in bytes: [UInt8]) -> UInt64 {
      if isEscaped {
        let text = unescaped(in: bytes)
        return Self.hash(text, 0, text.count)
      }
      return Self.hash(bytes, start, end)
    }

    @inline(__always)
    private static func hash(_ bytes: [UInt8], _ start: Int, _ end: Int) -> UInt64 {
      let count = end - start
      let first = word(bytes, start, min(count, 8))
      let last = word(bytes, max(start, end - 8), min(count, 8))
      // Multiplied again, so that all bytes reach the highest bits.
      return ((first ^ UInt64(count)) &* 0x9E37_79B9_7F4A_7C15 ^ last) &* 0xBF58_476D_1CE4_E5B9
    }

    /// Returns up to eight bytes as a word, the first one lowest.
    @inline(__always)
    private static func word(_ bytes: [UInt8], _ start: Int, _ count: Int) -> UInt64 {
      guard start + 8 > bytes.count else {
        let word = bytes.withUnsafeBytes {
          UInt64(littleEndian: $0.loadUnaligned(fromByteOffset: start, as: UInt64.self))
        }
        return count == 8 ? word : word & (1 << UInt64(count * 8) - 1)
      }
      var word: UInt64 = 0
      for offset in 0..<count { word |= UInt64(bytes[start + offset]) << UInt64(offset * 8) }
      return word
    }
  }
}
