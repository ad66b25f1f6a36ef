extension JSONReader {
  /// Reads a text to its end, and throws when it is not one or has a member that is not known.
  ///
  /// A member that was meant to say something and is passed over is worse than one that is refused.
  /// - Parameter known: the members that may be there, as JSON Pointers (RFC 6901) with `*` for any
  ///   position in an array.
  package static func check(
    _ bytes: [UInt8], _ policy: JSONPolicy = .strict, known: Set<String>
  ) throws(JSONError) {
    var reader = JSONReader(bytes, policy)
    try reader.check(known, "")
    try reader.end()
  }

  private mutating func check(_ known: Set<String>, _ shape: String) throws(JSONError) {
    switch try peek() {
    case .array:
      try beginArray()
      while try nextElement() { try check(known, shape + "/*") }
    case .object:
      try beginObject()
      while true {
        guard let text = try nextName() else { return }
        let name = text.string(in: bytes)
        let member = "\(shape)/\(JSONPointer.escaped(name))"
        guard known.contains(member) else {
          // Its first byte is the quote.
          throw error(
            .unknownMember, "the member '\(name)' is not known here", at: text.start - 1)
        }
        try check(known, member)
      }
    default: try skip()
    }
  }
}
