import FoundationEssentials
import HTTPService

/// Reads JSON bodies, and says where one is wrong.
enum RequestBody {
  /// Decodes a body.
  ///
  /// A member that is not among the `known` ones is refused: one that was meant to say who travels
  /// and is passed over would book a trip for others.
  /// - Throws: ``Problem`` with a place: `malformed-json`, `currency-unknown`, `request-invalid`.
  static func decode<Value: Decodable>(
    _ type: Value.Type, from body: [UInt8], _ decoder: JSONDecoder, known: Set<String>? = nil
  ) throws(Problem) -> Value {
    // The decoder would also take UTF-16, which the database's JSON functions cannot read; in UTF-8
    // no JSON text has a zero byte.
    guard !body.contains(0), body.first != 0xEF else {
      throw .malformedJSON("it is not UTF-8 without a byte order mark, from line 1, column 1 on")
    }
    let fault = JSONFault.first(in: body, known: known)
    // The decoder says better what is missing, and only it knows where a number has to be whole.
    if let fault, fault.numberPointer == nil, fault.unknownPointer == nil { throw problem(fault) }
    let value: Value
    do {
      value = try decoder.decode(type, from: Data(body))
    } catch let error as DecodingError {
      throw problem(error, body)
    } catch {
      throw .malformedJSON("\(error)")
    }
    if let fault, fault.unknownPointer != nil { throw problem(fault) }
    return value
  }

  private static func problem(_ error: DecodingError, _ body: [UInt8]) -> Problem {
    switch error {
    case .keyNotFound(let key, let context):
      return .invalid(
        pointer(context.codingPath + [key]), "The member '\(key.stringValue)' is missing.")
    case .valueNotFound(_, let context), .typeMismatch(_, let context):
      return .invalid(pointer(context.codingPath), "\(context.debugDescription)")
    case .dataCorrupted(let context):
      if context.codingPath.isEmpty {
        guard let fault = JSONFault.first(in: body) else {
          // What the scan above takes and the decoder does not: say at least that much.
          return .malformedJSON(
            "it is not a JSON text (RFC 8259) that can be read, from line 1, column 1")
        }
        return problem(fault)
      }
      let pointer = pointer(context.codingPath)
      if context.codingPath.last?.stringValue == "currency" { return .currencyUnknown(pointer) }
      return .invalid(pointer, context.debugDescription)
    @unknown default:
      return .malformedJSON("\(error)")
    }
  }

  private static func problem(_ fault: JSONFault) -> Problem {
    if let pointer = fault.numberPointer { return .invalid(pointer, "\(fault.reason).") }
    let place = "at line \(fault.line), column \(fault.column)"
    if let pointer = fault.duplicatePointer ?? fault.unknownPointer {
      return .invalid(pointer, "\(fault.reason), \(place).")
    }
    return .malformedJSON("\(fault.reason) \(place)")
  }

  /// The place as a JSON Pointer (RFC 6901).
  private static func pointer(_ path: [any CodingKey]) -> String {
    path.map { key in
      let name = key.intValue.map(String.init) ?? key.stringValue
      return "/" + name.replacing("~", with: "~0").replacing("/", with: "~1")
    }.joined()
  }
}
