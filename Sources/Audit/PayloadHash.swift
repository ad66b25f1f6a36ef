import Crypto
import HTTPService
import HTTPTypes

extension HTTPCall {
  /// The lower-case hex SHA-256 over `"<METHOD> <path-with-query>\n"` and the body.
  var payloadHash: [UInt8] {
    var hasher = SHA256()
    var head = Array(request.method.rawValue.utf8)
    head.append(UInt8(ascii: " "))
    head.append(contentsOf: (request.path ?? "").utf8)
    head.append(UInt8(ascii: "\n"))
    hasher.update(data: head)
    hasher.update(data: body)
    return hexDigits(of: hasher.finalize())
  }

}

/// The lower-case hexadecimal digits of a digest.
func hexDigits(of digest: some Sequence<UInt8>) -> [UInt8] {
  let digits: StaticString = "0123456789abcdef"
  var text: [UInt8] = []
  text.reserveCapacity(64)
  for byte in digest {
    text.append(digits.utf8Start[Int(byte >> 4)])
    text.append(digits.utf8Start[Int(byte & 15)])
  }
  return text
}
