/// An operation of the API with what its path says.
enum ViatorOperation: Sendable, Hashable {
  case search, availability, bulkSchedules, hold, book, status, cancelReasons
  case schedule(String)
  case cancelQuote(String)
  case cancel(String)

  /// The name that a fault injector sees.
  var name: String {
    switch self {
    case .search: "search"
    case .availability: "availability"
    case .schedule, .bulkSchedules: "schedules"
    case .hold: "hold"
    case .book: "book"
    case .status: "status"
    case .cancelReasons: "cancel-reasons"
    case .cancelQuote: "cancel-quote"
    case .cancel: "cancel"
    }
  }
}

/// An error answer of Viator.
struct ViatorError: Error, Hashable {
  var status: Int
  var code: String
  var message: String
  /// Seconds of `Retry-After`.
  var retryAfter: Int?

  static let missingKey = ViatorError(
    status: 400, code: "MISSING_HEADER_VALUE", message: "Missing required header: exp-api-key")
  static let missingVersion = ViatorError(
    status: 400, code: "INVALID_HEADER_VALUE",
    message: "Accept header is missing or has invalid version information")
  static let unauthorized = ViatorError(
    status: 401, code: "UNAUTHORIZED", message: "Invalid API Key")
  static let tooManyRequests = ViatorError(
    status: 429, code: "TOO_MANY_REQUESTS", message: "Too many requests", retryAfter: 10)
  static func wait(_ time: Duration) -> ViatorError {
    var error = tooManyRequests
    error.retryAfter = VendorField.wholeSeconds(time)
    return error
  }
  static let internalError = ViatorError(
    status: 500, code: "INTERNAL_SERVER_ERROR", message: "Internal server error")
  // The 60 seconds are those of the OpenAPI document's example.
  static let unavailable = ViatorError(
    status: 503, code: "SERVICE_UNAVAILABLE", message: "Service unavailable", retryAfter: 60)

  static func badRequest(_ message: String) -> ViatorError {
    ViatorError(status: 400, code: "BAD_REQUEST", message: message)
  }
  static func missing(_ name: String) -> ViatorError { badRequest("Missing \(name)") }
  static func notFound(_ message: String) -> ViatorError {
    ViatorError(status: 404, code: "NOT_FOUND", message: message)
  }
}
