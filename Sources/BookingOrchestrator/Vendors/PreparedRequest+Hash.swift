import Crypto

extension PreparedRequest {
  /// Lower-case hexadecimal SHA-256 of `"<METHOD> <path-with-query>\n"` and the body.
  ///
  /// Written down with the intent: what is sent again must have the same hash.
  var payloadHash: String {
    var hash = SHA256()
    hash.update(data: Array("\(method) \(path)\n".utf8))
    hash.update(data: body)
    let digest = hash.finalize()
    return String(unsafeUninitializedCapacity: 2 * SHA256.byteCount) { text in
      var index = 0
      for byte in digest {
        text[index] = Self.hexDigit(byte >> 4)
        text[index + 1] = Self.hexDigit(byte & 15)
        index += 2
      }
      return index
    }
  }

  private static func hexDigit(_ value: UInt8) -> UInt8 {
    value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") - 10 + value
  }
}
