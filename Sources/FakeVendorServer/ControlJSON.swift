import FoundationEssentials
import HTTPService
import HTTPTypes

/// JSON of the control endpoints, as it comes in.
enum ControlJSON: Decodable, Sendable, Hashable {
  case null
  case bool(Bool)
  case whole(Int64)
  case number(Double)
  case text(String)
  case list([ControlJSON])
  case object([String: ControlJSON])

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      self = .null
    } else if let value = try? container.decode(Bool.self) {  // nil: it is something else
      self = .bool(value)
    } else if let value = try? container.decode(Int64.self) {  // nil: it is something else
      self = .whole(value)
    } else if let value = try? container.decode(Double.self) {  // nil: it is something else
      self = .number(value)
    } else if let value = try? container.decode(String.self) {  // nil: it is something else
      self = .text(value)
    } else if let value = try? container.decode([ControlJSON].self) {  // nil: it is an object
      self = .list(value)
    } else {
      self = .object(try container.decode([String: ControlJSON].self))
    }
  }

  /// Reads a request's body.
  static func read(_ body: [UInt8]) throws(ControlError) -> ControlJSON {
    do { return try JSONDecoder().decode(ControlJSON.self, from: Data(body)) } catch {
      throw ControlError("the body is not JSON")
    }
  }

  var double: Double? {
    switch self {
    case .whole(let value): Double(value)
    case .number(let value): value
    default: nil
    }
  }
  var int: Int64? { if case .whole(let value) = self { value } else { nil } }
  var string: String? { if case .text(let value) = self { value } else { nil } }
  var bool: Bool? { if case .bool(let value) = self { value } else { nil } }

  /// The members of an object, of which only some names are known.
  func members(_ what: String, known: [String]) throws(ControlError) -> [String: ControlJSON] {
    guard case .object(let members) = self else {
      throw ControlError("\(what) is not an object", known: known)
    }
    if let unknown = members.map(\.key).sorted().first(where: { !known.contains($0) }) {
      throw ControlError("\(what) has an unknown member '\(unknown)'", known: known)
    }
    return members
  }
}

/// A control request that cannot be followed, and what could be.
struct ControlError: Error, Encodable, Sendable {
  let message: String
  /// What would have been understood; empty when that says nothing.
  let known: [String]
  var status: HTTPResponse.Status = .badRequest

  init(_ message: String, known: [String] = [], status: HTTPResponse.Status = .badRequest) {
    self.message = message
    self.known = known
    self.status = status
  }

  private enum CodingKeys: CodingKey { case error, known }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(message, forKey: .error)
    if !known.isEmpty { try container.encode(known, forKey: .known) }
  }
}

extension HTTPReply {
  /// A reply with a value as JSON, its keys sorted and in snake_case.
  static func json(_ value: some Encodable, status: HTTPResponse.Status = .ok) throws -> HTTPReply {
    try json(value, .convertToSnakeCase, status)
  }

  /// A reply with a value as JSON, its keys sorted and as they are.
  static func plainJSON(_ value: some Encodable) throws -> HTTPReply {
    try json(value, .useDefaultKeys, .ok)
  }

  private static func json(
    _ value: some Encodable, _ keys: JSONEncoder.KeyEncodingStrategy, _ status: HTTPResponse.Status
  ) throws -> HTTPReply {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
    encoder.keyEncodingStrategy = keys
    return HTTPReply(
      status: status, contentType: "application/json",
      body: Array(try encoder.encode(value)) + [UInt8(ascii: "\n")])
  }
}
