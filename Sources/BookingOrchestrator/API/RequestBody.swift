import FoundationEssentials
import HTTPService

/// Reads JSON bodies, and says where one is wrong.
enum RequestBody {
  /// Decodes a body.
  /// - Throws: ``Problem`` with a place: `malformed-json`, `currency-unknown`, `request-invalid`.
  static func decode<Value: Decodable>(
    _ type: Value.Type, from body: [UInt8], _ decoder: JSONDecoder
  ) throws(Problem) -> Value {
    do {
      return try decoder.decode(type, from: Data(body))
    } catch let error as DecodingError {
      throw problem(error)
    } catch {
      throw .malformedJSON("\(error)")
    }
  }

  private static func problem(_ error: DecodingError) -> Problem {
    switch error {
    case .keyNotFound(let key, let context):
      return .invalid(
        pointer(context.codingPath + [key]), "The member '\(key.stringValue)' is missing.")
    case .valueNotFound(_, let context), .typeMismatch(_, let context):
      return .invalid(pointer(context.codingPath), "\(context.debugDescription)")
    case .dataCorrupted(let context):
      if context.codingPath.isEmpty {
        let place = context.underlyingError.map { "\($0)" } ?? context.debugDescription
        return .malformedJSON(place)
      }
      let pointer = pointer(context.codingPath)
      if context.codingPath.last?.stringValue == "currency" { return .currencyUnknown(pointer) }
      return .invalid(pointer, context.debugDescription)
    @unknown default:
      return .malformedJSON("\(error)")
    }
  }

  /// The place as a JSON Pointer (RFC 6901).
  private static func pointer(_ path: [any CodingKey]) -> String {
    path.map { key in
      let name = key.intValue.map(String.init) ?? key.stringValue
      return "/" + name.replacing("~", with: "~0").replacing("/", with: "~1")
    }.joined()
  }
}
