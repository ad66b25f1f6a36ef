import HTTPService
import HTTPTypes
import Wire

/// An operation of the API with what its path says.
enum AmadeusOperation: Sendable, Hashable {
  case token, search, price, create
  case get(String)
  case cancel(String)

  /// The name that a fault injector sees.
  var name: String {
    switch self {
    case .token: "token"
    case .search: "search"
    case .price: "price"
    case .create: "create"
    case .get: "get"
    case .cancel: "cancel"
    }
  }
}

/// An error answer of Amadeus.
///
/// Codes and titles: amadeus-open-api-specification, `responses.400_Book` and `Error_500`; those of
/// authentication: the developer guides, "Common errors".
struct AmadeusError: Error, Hashable {
  var status: Int
  var code: Int
  var title: String
  var detail: String?
  /// JSON pointer to the culprit.
  var pointer: String?
  /// The culprit of a query; an error names a pointer or a parameter, never both.
  var parameter: String?
  /// The OAuth2 `error` of a token request, whose errors have a shape of their own.
  var oauth: String?
  /// Seconds of `Retry-After`.
  var retryAfter: Int?

  static let invalidClient = AmadeusError(
    status: 401, code: 38187, title: "Invalid parameters",
    detail: "Client credentials are invalid", oauth: "invalid_client")
  // The code is (U).
  static let invalidGrant = AmadeusError(
    status: 400, code: 38186, title: "Invalid parameters",
    detail: "Mandatory grant_type form parameter missing or not client_credentials",
    oauth: "invalid_request")
  static let unknownToken = AmadeusError(
    status: 401, code: 38190, title: "Invalid access token",
    detail: "The access token provided in the Authorization header is invalid")
  static let missingToken = AmadeusError(
    status: 401, code: 38191, title: "Invalid HTTP header",
    detail: "Missing or invalid format for mandatory Authorization header")
  static let expiredToken = AmadeusError(
    status: 401, code: 38192, title: "Access token expired", detail: "The access token is expired")
  static let tooManyRequests = AmadeusError(
    status: 429, code: 38194, title: "Too many requests",
    detail: "The network rate limit is exceeded, please try again later")
  static func wait(_ time: Duration) -> AmadeusError {
    var error = tooManyRequests
    error.retryAfter = VendorField.wholeSeconds(time)
    return error
  }
  // What a refused cancellation is answered is (U).
  static let notCancellable = AmadeusError(
    status: 400, code: 4926, title: "INVALID DATA RECEIVED", detail: "Order cannot be cancelled")
  static let resourceNotFound = AmadeusError(
    status: 404, code: 38196, title: "Resource not found",
    detail: "The targeted resource doesn't exist")
  static let system = AmadeusError(
    status: 500, code: 141, title: "SYSTEM ERROR HAS OCCURRED")
  static let orderNotFound = AmadeusError(
    status: 404, code: 1797, title: "NOT FOUND", detail: "Order not found")
  static let alreadyCancelled = AmadeusError(
    status: 400, code: 4926, title: "INVALID DATA RECEIVED", detail: "Order already cancelled")

  // Of searches; source: Flight Offers Search 2, `responses.400_Search`.
  static let pastDate = AmadeusError(
    status: 400, code: 425, title: "INVALID DATE", detail: "Date/Time is in the past")
  static let tooMany = AmadeusError(
    status: 400, code: 10661, title: "MAXIMUM NUMBER OF OCCURRENCES EXCEEDED")
  static let tooManySeated = AmadeusError(
    status: 400, code: 10661, title: "MAXIMUM NUMBER OF OCCURRENCES EXCEEDED",
    detail: "There are more than 9 travelers with a seat")
  static func searchFormat(_ detail: String) -> AmadeusError {
    AmadeusError(status: 400, code: 477, title: "INVALID FORMAT", detail: detail)
  }
  static func searchMissing(_ detail: String) -> AmadeusError {
    AmadeusError(status: 400, code: 32171, title: "MANDATORY DATA MISSING", detail: detail)
  }
  static func searchCombination(_ detail: String) -> AmadeusError {
    AmadeusError(
      status: 400, code: 2668, title: "PARAMETER COMBINATION INVALID/RESTRICTED", detail: detail)
  }

  static func invalidFormat(_ pointer: String?) -> AmadeusError {
    AmadeusError(status: 400, code: 477, title: "INVALID FORMAT", pointer: pointer)
  }
  static func invalidLength(_ pointer: String) -> AmadeusError {
    AmadeusError(status: 400, code: 2781, title: "INVALID LENGTH", pointer: pointer)
  }
  static func missing(_ pointer: String) -> AmadeusError {
    AmadeusError(status: 400, code: 32171, title: "MANDATORY DATA MISSING", pointer: pointer)
  }
  static func invalidData(_ detail: String, _ pointer: String) -> AmadeusError {
    AmadeusError(
      status: 400, code: 4926, title: "INVALID DATA RECEIVED", detail: detail, pointer: pointer)
  }
  static func notAvailable(_ pointer: String) -> AmadeusError {
    AmadeusError(
      status: 400, code: 38034, title: "ONE OR MORE SERVICES ARE NOT AVAILABLE",
      detail: "The flight offer is not available any more", pointer: pointer)
  }
  static let sellFailure = AmadeusError(
    status: 400, code: 34651, title: "SEGMENT SELL FAILURE", detail: "Could not sell segment 1")
  static func priceDiscrepancy(current: String, requested: String) -> AmadeusError {
    AmadeusError(
      status: 400, code: 37200, title: "PRICE DISCREPANCY",
      detail: "Current grandTotal price (\(current)) is different from request one (\(requested))")
  }

  /// The error as an HTTP reply.
  var reply: HTTPReply {
    let body = JSONWriter.object { text in
      if let oauth {
        text.field("error", oauth)
        text.field("error_description", detail ?? title)
        text.field("code", code)
        text.field("title", title)
      } else {
        text.array("errors") { text in
          text.object { text in
            text.field("status", status)
            text.field("code", code)
            text.field("title", title)
            if let detail { text.field("detail", detail) }
            if let pointer {
              text.object("source") { $0.field("pointer", pointer) }
            } else if let parameter {
              text.object("source") { $0.field("parameter", parameter) }
            }
          }
        }
      }
    }
    var reply = HTTPReply(
      status: HTTPResponse.Status(code: status),
      contentType: oauth == nil ? "application/vnd.amadeus+json" : "application/json", body: body)
    if let retryAfter {
      reply.response.headerFields[VendorField.retryAfter] = String(retryAfter)
    }
    return reply
  }
}
