import Wire

/// A row of the trip's inbox, read.
enum SagaMessage: Sendable {
  case cancel(inbox: Int64)
  case stripe(inbox: Int64, StripeEvent)
  case decided(inbox: Int64, OperatorCommand)
  case changed(inbox: Int64, ChangeNotice)
  /// A row that cannot be read: noted as such, never dropped in silence.
  case unreadable(inbox: Int64, String)
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
