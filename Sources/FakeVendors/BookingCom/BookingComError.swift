import HTTPService
import HTTPTypes
import Wire

/// An operation of the API.
enum BookingComOperation: Sendable, Hashable {
  case search, availability, preview, create, cancel
  case details(accommodations: Bool)

  /// The name that a fault injector sees.
  var name: String {
    switch self {
    case .search: "search"
    case .availability: "availability"
    case .preview: "preview"
    case .create: "create"
    case .cancel: "cancel"
    case .details: "details"
    }
  }
}

/// An error answer of Booking.com.
struct BookingComError: Error, Hashable {
  var status: Int
  var id: String
  var message: String
  /// The reservation that a duplicate request already made.
  var reservation: String?
  /// Seconds of `Retry-After`.
  var retryAfter: Int?

  static let unauthorized = BookingComError(
    status: 401, id: "unauthorized", message: "Authentication credentials are missing or invalid.")
  static let forbidden = BookingComError(
    status: 403, id: "forbidden", message: "The affiliate is not allowed to use this endpoint.")
  static let notFound = BookingComError(
    status: 404, id: "not_found", message: "The endpoint does not exist.")
  static let malformed = BookingComError(
    status: 400, id: "invalid_request",
    message: "Invalid request parameters. Check required fields and their formats.")
  static let expiredToken = BookingComError(
    status: 400, id: "expired_token", message: "Token 'order_token' has expired.")
  static let invalidToken = BookingComError(
    status: 400, id: "invalid_token", message: "Token 'order_token' is invalid.")
  static let notCancellable = BookingComError(
    status: 409, id: "order_not_cancellable",
    message: "The reservation cannot be cancelled in its current state.")
  static let tooManyRequests = BookingComError(
    status: 429, id: "too_many_requests", message: "Too many requests. Try again later.")
  static func wait(_ time: Duration) -> BookingComError {
    var error = tooManyRequests
    error.retryAfter = VendorField.wholeSeconds(time)
    return error
  }
  static let internalError = BookingComError(
    status: 500, id: "500",
    message: "Internal server error. Try again later or contact support.")

  static func missing(_ name: String) -> BookingComError {
    BookingComError(
      status: 400, id: "missing_parameter", message: "Parameter '\(name)' is missing.")
  }
  static func invalid(_ name: String, _ why: String) -> BookingComError {
    BookingComError(
      status: 400, id: "invalid_parameter", message: "Parameter '\(name)' is invalid. \(why)")
  }
  static func unavailable(_ item: String) -> BookingComError {
    BookingComError(
      status: 409, id: "order_unavailable",
      message: "Order has unavailable items: product '\(item)' for this order is unavailable.")
  }
  static func duplicate(_ reservation: String) -> BookingComError {
    BookingComError(
      status: 409, id: "duplicate_request",
      message: "This reservation already exists for the submitted request. Do not retry the "
        + "request.",
      reservation: reservation)
  }

  /// The error as an HTTP reply.
  func reply(requestID: String) -> HTTPReply {
    let body = JSONWriter.object { text in
      text.field("request_id", requestID)
      text.array("errors") { text in
        text.object { text in
          text.field("id", id)
          text.field("message", message)
          if let reservation { text.field("reservation", reservation) }
        }
      }
    }
    var reply = HTTPReply(
      status: HTTPResponse.Status(code: status), contentType: "application/json", body: body)
    if let retryAfter {
      reply.response.headerFields[VendorField.retryAfter] = String(retryAfter)
    }
    return reply
  }
}
