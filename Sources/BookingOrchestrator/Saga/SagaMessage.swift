import FoundationEssentials

/// A row of the trip's inbox, read.
enum SagaMessage: Sendable {
  case cancel(inbox: Int64)
  case stripe(inbox: Int64, StripeEvent)
  case decided(inbox: Int64, OperatorCommand)
  /// A row that cannot be read: noted as such, never dropped in silence.
  case unreadable(inbox: Int64, String)
}

/// A flat JSON object of texts, with its keys in the order given.
enum JSONObject {
  static func text(_ pairs: [(String, String)]) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    func quoted(_ text: String) -> String {
      // A string always encodes.
      (try? encoder.encode(text)).map { String(decoding: $0, as: UTF8.self) } ?? "\"\""
    }
    return "{" + pairs.map { "\(quoted($0.0)):\(quoted($0.1))" }.joined(separator: ",") + "}"
  }
}
