import Wire

/// What a client is told of a booking.
enum HookKind: String, Sendable, Hashable, CaseIterable {
  case confirmed = "booking.confirmed"
  case failed = "booking.failed"
  /// Something about a booking changed that stands, or what was parked was settled.
  case changed = "booking.changed"
  case cancelled = "booking.cancelled"
  /// People have to settle something.
  case needsAttention = "booking.needs_attention"

  /// What is to be told of what a saga has just done, in the order in which it happened.
  static func kinds(of reaction: Reaction) -> [HookKind] {
    var kinds = reaction.moves.compactMap { state -> HookKind? in
      switch state {
      case .confirmed: .confirmed
      case .failed: .failed
      case .cancelled: .cancelled
      case .pending, .validating, .processing, .cancelling: nil
      }
    }
    var changed = false
    var parked = false
    for change in reaction.changes {
      switch change {
      case .mail(.update), .resolved: changed = true
      case .attention: parked = true
      default: break
      }
    }
    if changed { kinds.append(.changed) }
    if parked { kinds.append(.needsAttention) }
    return kinds
  }

  /// What a modification's own doings are to the booking that it changes: clients know no other.
  ///
  /// One that fails leaves the booking as it was.
  static func ofBase(_ kinds: [HookKind]) -> [HookKind] {
    let isChanged = kinds.contains(.confirmed) || kinds.contains(.changed)
    let isParked = kinds.contains(.needsAttention)
    return (isChanged ? [.changed] : []) + (isParked ? [.needsAttention] : [])
  }
}

/// The body of an event, written when its cause was committed.
enum HookBody {
  /// Writes it; the id is the same however often the event is sent.
  static func json(
    _ kind: HookKind, _ view: BookingView, sequence: Int, at: Timestamp
  ) -> String {
    let bytes = JSONWriter.object(.newline) {
      $0.field("id", "evt_\(view.id)_\(sequence)")
      $0.field("type", kind.rawValue)
      $0.field("sequence", sequence)
      $0.field("createdAt", at.iso8601)
      $0.name("booking")
      $0.written(view.json)
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
