import Wire

/// Reads JSON bodies, and says where one is wrong.
enum RequestBody {
  /// Decodes a body.
  ///
  /// A member that is not among the `known` ones is refused: one that was meant to say who travels
  /// and is passed over would book a trip for others.
  /// - Parameter known: the members that may be there, as JSON Pointers with `*` for any position in
  ///   an array; nil lets any member be there.
  /// - Throws: ``Problem`` with a place: `malformed-json`, `currency-unknown`, `request-invalid`.
  static func decode<Value: Decodable>(
    _ type: Value.Type, from body: [UInt8], _ decoder: JSONTextDecoder, known: Set<String>? = nil
  ) throws(Problem) -> Value {
    // In UTF-8 no JSON text has a zero byte; in UTF-16 almost any has.
    guard !body.contains(0), body.first != 0xEF else {
      throw .malformedJSON("it is not UTF-8 without a byte order mark, from line 1, column 1 on")
    }
    do {
      let value = try decoder.decode(type, from: body)
      if let known { try JSONReader.check(body, known: known) }
      return value
    } catch let error as JSONError {
      // What is no JSON text at all is told first, though a member be named twice before.
      if error.kind == .duplicateMember { try check(body) }
      throw problem(error)
    } catch let error as DecodingError {
      throw problem(error)
    } catch {
      throw .malformedJSON("\(error)")
    }
  }

  private static func check(_ body: [UInt8]) throws(Problem) {
    do { try JSONReader.check(body, .lenient) } catch { throw problem(error) }
  }

  private static func problem(_ error: JSONError) -> Problem {
    let place = "at line \(error.line), column \(error.column)"
    return switch error.kind {
    case .malformed, .tooDeep: .malformedJSON("\(error.reason) \(place)")
    default: .invalid(error.pointer, "\(error.reason), \(place).")
    }
  }

  private static func problem(_ error: DecodingError) -> Problem {
    switch error {
    case .keyNotFound(let key, let context):
      return .invalid(
        pointer(context.codingPath + [key]), "The member '\(key.stringValue)' is missing.")
    case .valueNotFound(_, let context), .typeMismatch(_, let context):
      return .invalid(pointer(context.codingPath), "\(context.debugDescription).")
    case .dataCorrupted(let context):
      let pointer = pointer(context.codingPath)
      if context.codingPath.last?.stringValue == "currency" { return .currencyUnknown(pointer) }
      return .invalid(pointer, "\(context.debugDescription).")
    @unknown default:
      return .malformedJSON("\(error)")
    }
  }

  /// The place as a JSON Pointer (RFC 6901).
  private static func pointer(_ path: [any CodingKey]) -> String {
    path.map { "/" + JSONPointer.escaped($0.intValue.map(String.init) ?? $0.stringValue) }.joined()
  }
}
