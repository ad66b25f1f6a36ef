import Wire

/// JSON text of which parts are passed on as they came.
///
/// An offer must go back to Amadeus byte for byte: its numbers, its order of keys and the fields that
/// nobody here knows.
enum RawJSON {
  /// Returns the bytes of the first element of the array that a path of keys leads to; nil when
  /// there is none, or the text is no JSON up to there.
  static func firstElement(ofArrayAt path: [String], in bytes: [UInt8]) -> [UInt8]? {
    var json = JSONReader(bytes, .lenient)
    do throws(JSONError) {
      for key in path {
        guard try json.enter(key) else { return nil }
      }
      guard try json.peek() == .array else { return nil }
      try json.beginArray()
      return try json.nextElement() ? Array(json.raw()) : nil
    } catch {
      return nil
    }
  }
}

extension JSONReader {
  /// Enters an object and stops before a member's value; false when it is no object or has no such
  /// member.
  fileprivate mutating func enter(_ key: String) throws(JSONError) -> Bool {
    guard try peek() == .object else { return false }
    try beginObject()
    while let name = try nextMember() {
      if name == key { return true }
      try skip()
    }
    return false
  }
}
