import Wire

/// A row of the trip's inbox, read.
enum SagaMessage: Sendable {
  case cancel(inbox: Int64)
  case stripe(inbox: Int64, StripeEvent)
  case decided(inbox: Int64, OperatorCommand)
  case changed(inbox: Int64, ChangeNotice)
  /// A row that cannot be read: noted as such, never dropped in silence.
  case unreadable(inbox: Int64, String)

  /// Whether somebody wants something of the trip: whoever waits for its end waits for what comes of that,
  /// and not for news of Stripe, whose looks may take minutes.
  var isCommand: Bool {
    switch self {
    case .cancel, .decided, .changed: true
    case .stripe, .unreadable: false
    }
  }
}

/// A flat JSON object of texts, with its keys in the order given.
enum JSONObject {
  static func text(_ pairs: [(String, String)]) -> String {
    let bytes = JSONWriter.object([.letters, .slash]) { json in
      for (name, value) in pairs { json.field(name, value) }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
