import HTTPService
import HTTPTypes
import Wire

extension JSONValue {
  /// Reads a control request's body.
  static func control(_ body: [UInt8]) throws(ControlError) -> JSONValue {
    do { return try JSONValue(body) } catch { throw ControlError("the body is not JSON: \(error)") }
  }

  /// The number, when it is whole and fits.
  var whole: Int64? {
    guard case .number(let digits) = self else { return nil }
    return JSONNumber(digits)?.int64
  }

  /// The members of an object, of which only some names are known.
  func members(_ what: String, known: [String]) throws(ControlError) -> [String: JSONValue] {
    guard let members else { throw ControlError("\(what) is not an object", known: known) }
    if let unknown = members.map(\.key).sorted().first(where: { !known.contains($0) }) {
      throw ControlError("\(what) has an unknown member '\(unknown)'", known: known)
    }
    return Dictionary(members.map { ($0.key, $0.value) }) { first, _ in first }
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
    try json(value, status, isSnakeCase: true)
  }

  /// A reply with a value as JSON, its keys sorted and as they are.
  static func plainJSON(_ value: some Encodable) throws -> HTTPReply {
    try json(value, .ok, isSnakeCase: false)
  }

  private static func json(
    _ value: some Encodable, _ status: HTTPResponse.Status, isSnakeCase: Bool
  ) throws -> HTTPReply {
    let encoder = JSONTextEncoder(isSpread: true, isSnakeCase: isSnakeCase)
    return HTTPReply(
      status: status, contentType: "application/json",
      body: try encoder.encode(value) + [UInt8(ascii: "\n")])
  }
}
