/// What a saga remembers of modifications: of the one that it is, or of those of its trip.
///
/// A modification is a saga of its own, with its own id (`md_…`), rows, lease and payment. It books what is
/// new and charges what the new trip costs more. Its booking, the *base*, stands untouched until the
/// modification is confirmed: that commit is the point of no return. Then the base undoes what was
/// replaced and refunds what is left over.
///
/// The price of what is replaced stays with whoever was paid for it, and pays for what is new: it is
/// lent, as *credit*. What the modification has to give back beyond its own payment it *releases*, and its
/// lenders pay it out. Lenders are the base, and earlier modifications some of whose parts are replaced by
/// a later one; these hand on what was lent to them in turn.
extension SagaPlan {
  /// What makes a saga a modification.
  struct Modifies: Sendable, Hashable, Codable {
    /// The booking that is changed.
    var base: String
    /// The slots of the new option that the base has booked already, with its own slot for each.
    var kept: [String: String]
    /// What the parts that are replaced cost, in minor units: as much is not charged again.
    var worth: Int64
    /// What its lenders were told last to pay out, in minor units; nil before the point of no return.
    var told: Int64?
    /// Whose parts are replaced, the oldest first; nil when they are all the base's, as in rows of older
    /// versions.
    var lenders: [Lender]?

    /// A saga some of whose parts are replaced.
    struct Lender: Sendable, Hashable, Codable {
      var id: String
      /// What these parts cost, in minor units.
      var worth: Int64
    }

    /// Who is told of all that happens: the base, and each other lender.
    var listeners: [Lender] {
      guard let lenders else { return [Lender(id: base, worth: worth)] }
      let others = lenders.filter { $0.id != base }
      return [Lender(id: base, worth: lenders.first { $0.id == base }?.worth ?? 0)] + others
    }

    /// What each listener lends of a credit: the oldest payment is used first.
    func shares(ofCredit credit: Int64) -> [Int64] {
      var left = credit
      return listeners.map { lender in
        let share = min(left, lender.worth)
        left -= share
        return share
      }
    }

    /// What each listener pays out of what is released: the latest payment gives back first.
    func shares(ofReleased released: Int64, lent: [Int64]) -> [Int64] {
      var left = released
      let latestFirst = lent.reversed().map { lent in
        let share = min(left, lent)
        left -= share
        return share
      }
      return latestFirst.reversed()
    }
  }

  /// One modification of a trip, as its booking knows it.
  struct Change: Sendable, Hashable, Codable {
    /// How far it is.
    enum Stage: String, Sendable, Hashable, Codable {
      /// It is being booked; the trip stands as it was.
      case pending
      /// The new trip stands; what it replaced is being undone, or was.
      case done
      /// It came to nothing.
      case refused
      /// The whole trip is being cancelled, and this was told so.
      case cancelling
      /// It is cancelled with the trip.
      case cancelled
    }

    /// The modification's id.
    var id: String
    var stage = Stage.pending
    /// The slots of the base that are no longer part of the new trip.
    var replaced: [String]
    /// What they cost, in minor units.
    var worth: Int64
    /// How much of that pays for what is new.
    var credit: Int64 = 0
    /// What of the credit is given back, in all.
    var released: Int64 = 0
    /// What was left over at the point of no return, before any penalty.
    var left: Int64 = 0
    /// What the customer bears of the replaced parts' penalties; nil until all are undone.
    var borne: Int64?
    /// What their vendors kept, when that was settled.
    var penalties: Int64 = 0
    /// The slots whose penalties were written down.
    var posted: [String] = []
  }

  /// Whether a modification is under way: the trip's parts are not to be touched meanwhile.
  var isBeingChanged: Bool { modifications?.contains { $0.stage == .pending } ?? false }

  /// Whether every modification that came about has undone what it replaced.
  var areChangesSettled: Bool {
    modifications?.allSatisfy { $0.stage == .refused || $0.borne != nil } ?? true
  }

  /// Whether a slot is replaced, or about to be: what becomes of its money is the modification's matter.
  func isReplaced(_ slot: Slot) -> Bool {
    modifications?.contains { $0.stage != .refused && $0.replaced.contains(slot.text) } ?? false
  }

  /// Whether a slot is no longer part of the trip.
  func isOut(_ slot: Slot) -> Bool {
    modifications?.contains {
      $0.stage != .refused && $0.stage != .pending && $0.replaced.contains(slot.text)
    } ?? false
  }

  /// What pays for parts of modifications that stand, in minor units.
  var lent: Int64 {
    modifications?.reduce(0) { $0 + $1.credit - $1.released } ?? 0
  }

  /// What of the vendors' penalties for replaced parts was more than was left over: our loss.
  var changeLoss: Int64 {
    modifications?.reduce(0) { sum, change in
      sum + (change.borne.map { change.penalties - $0 } ?? 0)
    } ?? 0
  }

  /// What modifications leave over for the customer, in minor units, once it is known.
  var changeBack: Int64 {
    modifications?.reduce(0) { sum, change in
      guard let borne = change.borne else { return sum }
      return sum + change.worth - change.credit + change.released - borne
    } ?? 0
  }
}

/// What a modification tells its booking and its other lenders, through the inbox.
struct ChangeNotice: Sendable, Hashable, Codable {
  /// What has happened.
  enum Word: String, Sendable, Hashable, Codable {
    /// It was accepted.
    case begun
    /// It is confirmed: the point of no return.
    case done
    /// It came to nothing, and all of it is undone or parked.
    case refused
    /// It gives back more than its own payment covers.
    case released
    /// It was cancelled with the whole trip.
    case cancelled
  }

  var modification: String
  var word: Word
  /// Whether it goes to the base, and so decides the modification; nil in rows of older versions, which
  /// all do.
  var isDecision: Bool?
  /// With `begun`: the slots that will be no longer part.
  var replaced: [String] = []
  /// With `begun`: what they cost, in minor units.
  var worth: Int64 = 0
  /// With `done`: how much of that pays for what is new.
  var credit: Int64 = 0
  /// What of the credit is given back, in all.
  var released: Int64 = 0
}
