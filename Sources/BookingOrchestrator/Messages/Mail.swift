import Wire

/// One mail as it stands in the outbox, rendered when its cause was committed.
struct Mail: Sendable, Hashable, Codable {
  var to: String
  var subject: String
  var text: String
  /// The kind, for the mail service's statistics.
  var tag: String
  var metadata: Metadata

  /// What ties a mail to its booking; travels as strings.
  struct Metadata: Sendable, Hashable, Codable {
    var booking: String
    var kind: String
    var version: String
  }

  /// The outbox' `payload`.
  var json: String {
    let bytes = JSONWriter.object(.newline) {
      $0.field("to", to)
      $0.field("subject", subject)
      $0.field("text", text)
      $0.field("tag", tag)
      $0.field("metadata", objectOf: metadata) {
        $0.field("booking", $1.booking)
        $0.field("kind", $1.kind)
        $0.field("version", $1.version)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}

/// Why a mail is written. A booking has at most one mail of each kind.
enum MailKind: String, Sendable, Hashable, CaseIterable {
  /// The trip is confirmed.
  case confirmation
  /// The trip failed.
  case failure
  /// The trip is cancelled.
  case cancellation
  /// Something about a trip changed after its confirmation.
  case update
  /// A modification is confirmed: the new trip stands.
  case changed
  /// A modification came to nothing: the trip stands as it was.
  case unchanged
}
