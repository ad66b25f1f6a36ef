import BookingOrchestrator
import Crypto
import Foundation
import HTTPTypes

/// The keys that open the server's doors.
struct APIKeys: Sendable {
  /// Who somebody is.
  enum Holder: Sendable, Hashable {
    case client(ClientName)
    case `operator`
  }

  private let clients: [(name: ClientName, hash: SHA256Digest)]
  private let `operator`: SHA256Digest?

  /// Creates a ring; keys are kept as hashes only.
  init(clientKeys: [ClientKey], operatorKey: String?) {
    clients = clientKeys.map { ($0.client, SHA256.hash(data: Data($0.key.utf8))) }
    self.operator = operatorKey.map { SHA256.hash(data: Data($0.utf8)) }
  }

  /// Whether operators can come in at all.
  var hasOperator: Bool { self.operator != nil }

  /// Returns whose key a request shows, nil when it shows none that fits.
  ///
  /// `Bearer <key>`, or, for browsers, `Basic` with any name and the key as its password. Hashes are
  /// compared, in constant time (a promise of swift-crypto's digests), and all of them.
  func holder(_ fields: HTTPFields) -> Holder? {
    guard let key = fields[.authorization].flatMap(Self.key) else { return nil }
    let hash = SHA256.hash(data: Data(key.utf8))
    var found: ClientName?
    for client in clients where client.hash == hash { found = client.name }
    if let known = self.operator, known == hash { return .operator }
    return found.map { .client($0) }
  }

  private static func key(_ field: String) -> String? {
    let parts = field.split(separator: " ", maxSplits: 1)
    guard parts.count == 2 else { return nil }
    let value = parts[1].trimmingCharacters(in: .whitespaces)
    switch parts[0].lowercased() {
    case "bearer": return value
    case "basic":
      guard let data = Data(base64Encoded: value), let colon = data.firstIndex(of: 0x3A) else {
        return nil
      }
      return String(data: data[(colon + 1)...], encoding: .utf8)
    default: return nil
    }
  }
}
