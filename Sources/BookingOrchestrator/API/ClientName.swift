public import HTTPTypes

/// Names who sends requests: one business, whatever number of keys it has.
///
/// A booking belongs to the client that made it, and nobody else can tell that it exists.
public struct ClientName: Sendable, Hashable, RawRepresentable, CustomStringConvertible {
  public let rawValue: String
  /// Creates a name from its text.
  public init(rawValue: String) { self.rawValue = rawValue }
  /// Creates a name from its text.
  public init(_ rawValue: String) { self.rawValue = rawValue }
  public var description: String { rawValue }

  /// Who asks where nobody has a name: keys without one, bookings older than names, simulations.
  public static let `default` = ClientName("default")

  /// The field in which whoever checked a client's key tells the orchestrator the client's name.
  ///
  /// It is believed. Whoever stands before the orchestrator removes what came from outside.
  // A constant that is a valid field name (RFC 9110, token).
  public static let field = HTTPField.Name("Booking-Client")!

  /// Reads who asks; the default client where the request does not say.
  init(of request: HTTPRequest) {
    self = request.headerFields[Self.field].map { ClientName($0) } ?? .default
  }
}
