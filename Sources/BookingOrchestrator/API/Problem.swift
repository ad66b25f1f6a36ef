import HTTPService
import HTTPTypes
import Wire

/// A refusal, told as problem details (RFC 9457) with a stable code.
///
/// The codes are part of the API: clients switch over them, people read `detail`.
struct Problem: Error, Sendable, Hashable {
  var status: Int
  var code: String
  var title: String
  /// What to do about it, for a traveller's agent.
  var detail: String
  /// JSON Pointer (RFC 6901) to the member of the body that is meant.
  var pointer: String?
  /// The parameter of the query that is meant.
  var parameter: String?
  /// What the trip costs, where the request got that wrong.
  var expected: Money?
  var headers: HTTPFields = [:]

  /// The answer.
  var reply: HTTPReply {
    let body = JSONWriter.object(.newline) {
      $0.field("type", "urn:problem:booking:\(code)")
      $0.field("title", title)
      $0.field("status", Int64(status))
      $0.field("detail", detail)
      $0.field("code", code)
      if let pointer { $0.field("pointer", pointer) }
      if let parameter { $0.field("parameter", parameter) }
      if let expected {
        $0.field("expectedAmount", expected.minorUnits)
        $0.field("expectedCurrency", expected.currency.code)
      }
    }
    var reply = HTTPReply(
      status: .init(code: status), contentType: "application/problem+json", body: body)
    reply.response.headerFields.append(contentsOf: headers)
    return reply
  }
}

// What every request can run into.
extension Problem {
  static let routeUnknown = Problem(
    status: 404, code: "route-unknown", title: "No such route",
    detail: "There is nothing at this path; see the API's documentation for its routes.")

  static func methodNotAllowed(_ allowed: [HTTPRequest.Method]) -> Problem {
    let main = allowed.first { $0 == .get || $0 == .post || $0 == .delete } ?? .options
    return Problem(
      status: 405, code: "method-not-allowed", title: "Method not allowed",
      detail: "Use \(main.rawValue) at this path.", headers: [.allow: allowed.allowField])
  }

  static func bodyTooLarge(limit: Int) -> Problem {
    Problem(
      status: 413, code: "body-too-large", title: "Body too large",
      detail: "The body has more than \(limit) bytes; send a smaller one.")
  }

  static func malformedJSON(_ place: String) -> Problem {
    Problem(
      status: 400, code: "malformed-json", title: "The body is not JSON",
      detail: "The body could not be read as JSON: \(place).")
  }

  static func invalid(_ pointer: String, _ detail: String) -> Problem {
    Problem(
      status: 422, code: "request-invalid", title: "The request is not acceptable",
      detail: detail, pointer: pointer)
  }

  static func invalid(parameter: String, _ detail: String) -> Problem {
    Problem(
      status: 422, code: "request-invalid", title: "The request is not acceptable",
      detail: detail, parameter: parameter)
  }

  static func currencyUnknown(_ pointer: String) -> Problem {
    Problem(
      status: 422, code: "currency-unknown", title: "Unknown currency",
      detail: "The currency at \(pointer) is not one that trips are sold in;"
        + " use an ISO 4217 code such as EUR.",
      pointer: pointer)
  }

  static let databaseUnavailable = Problem(
    status: 503, code: "temporarily-unavailable", title: "Temporarily unavailable",
    detail: "The request may or may not have been stored. Send it again, unchanged and with the"
      + " same Idempotency-Key; it will not be carried out twice.",
    headers: [.retryAfter: "2"])

  static let internalError = Problem(
    status: 500, code: "internal-error", title: "Internal error",
    detail: "The booking could not be read. Do not book the trip again; contact support.")
}

// What a booking can run into.
extension Problem {
  static let idempotencyKeyMissing = Problem(
    status: 400, code: "idempotency-key-missing", title: "Idempotency-Key missing",
    detail: "Send a header Idempotency-Key of 1 to 255 visible ASCII characters, new for every"
      + " booking and the same when you repeat a request.")

  static let idempotencyKeyReused = Problem(
    status: 422, code: "idempotency-key-reused", title: "Idempotency-Key used before",
    detail: "This Idempotency-Key was sent before with another body, whose booking stands as it is."
      + " Use a new key for a new booking.")

  static func optionUnknown(_ id: TripOptionID) -> Problem {
    Problem(
      status: 404, code: "trip-option-unknown", title: "Unknown trip option",
      detail: "There is no trip option '\(id)'; search again and book an option from the result.",
      pointer: "/tripOptionId")
  }

  static func optionExists(_ id: TripOptionID) -> Problem {
    Problem(
      status: 409, code: "trip-option-exists", title: "Trip option exists",
      detail: "The trip option '\(id)' is registered with other content, and options never change;"
        + " register this one under a new id.",
      pointer: "/tripOptionId")
  }

  static func optionLocked(_ id: TripOptionID) -> Problem {
    Problem(
      status: 409, code: "trip-option-locked", title: "Trip option taken",
      detail:
        "The trip option '\(id)' belongs to another booking. Nothing was booked or charged for"
        + " this request; if that booking is yours, look it up, else choose another option.",
      pointer: "/tripOptionId")
  }

  static func totalMismatch(expected: Money, at pointer: String) -> Problem {
    Problem(
      status: 422, code: "total-mismatch", title: "The price is another one",
      detail: "The trip costs \(expected.currency) \(expected.decimalText)"
        + " (\(expected.minorUnits) minor units). Nothing was booked or charged; show the traveller"
        + " this price and send a new request with it.",
      pointer: pointer, expected: expected)
  }

  static func bookingUnknown(_ id: BookingID) -> Problem {
    Problem(
      status: 404, code: "booking-unknown", title: "Unknown booking",
      detail:
        "There is no booking '\(id)'; check the bookingId of the answer to POST /booking/book.")
  }

  static func nothingToShow(_ id: BookingID) -> Problem {
    Problem(
      status: 409, code: "nothing-to-show", title: "No itinerary",
      detail:
        "The booking '\(id)' is not confirmed, has failed, or was cancelled before anything was"
        + " booked; there is an itinerary once a trip is confirmed.")
  }

  static let notDrawn = Problem(
    status: 500, code: "itinerary-not-drawn", title: "The itinerary could not be drawn",
    detail: "The booking stands as it is; ask again later, or GET the booking itself.")

  static func linkUnknown(_ link: String) -> Problem {
    Problem(
      status: 404, code: "link-unknown", title: "Unknown link",
      detail: "The booking has no link '\(link)'; GET the booking's links for their ids.")
  }

  static func linksExhausted(_ most: Int) -> Problem {
    Problem(
      status: 409, code: "links-exhausted", title: "Too many links",
      detail: "The booking has \(most) links that work; revoke one that nobody needs any more.")
  }

  static let webhookRefused = Problem(
    status: 400, code: "webhook-refused", title: "Webhook refused",
    detail: "The delivery is not signed with the endpoint's secret, is older than five minutes, or"
      + " cannot be read. Nothing was changed.")
}
