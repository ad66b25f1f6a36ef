import Audit
import HTTPService
import HTTPTypes
import Wire

/// What a client makes of an answer.
struct ClientAnswer: Sendable {
  var result: ClientRecord.Result
  /// 0 when no answer came.
  var status: Int
  var view: View

  /// The fields of bookings and of problem details (RFC 9457) that clients read.
  struct View: Sendable, Decodable {
    var bookingId: String?
    var state: String?
    var needsAttention: Bool?
    var warnings: [Warning]?
    var code: String?
    var pointer: String?
    var modification: Modification?

    struct Modification: Sendable, Decodable {
      var state: String?
    }
    struct Warning: Sendable, Decodable {
      var slot: String?
    }
  }

  /// No answer came, or none that tells anything.
  static let none = ClientAnswer(result: .unknown, status: 0, view: View())

  /// Whether the change that was asked for has come to its end, or the trip has.
  var isChangeDecided: Bool {
    ["DONE", "REFUSED"].contains(view.modification?.state)
      || ["CANCELLED", "FAILED"].contains(view.state)
  }

  /// Whether the booking has come to its end.
  var isTerminal: Bool {
    switch view.state {
    case "CONFIRMED", "FAILED", "CANCELLED": true
    default: false
    }
  }
}

extension ClientAnswer {
  /// Reads a reply: 2xx is `ok`, 4xx is `fail`; 5xx and what cannot be read leave it unknown.
  init(_ reply: HTTPReply, decoder: JSONTextDecoder) {
    status = reply.response.status.code
    let read = try? decoder.decode(View.self, from: reply.body)
    // nil is an answer here: a proxy's page or half a body tells a client nothing.
    view = read ?? View()
    switch status {
    case 200..<300: result = read == nil ? .unknown : .ok
    case 400..<500: result = .fail
    default: result = .unknown
    }
  }
}
