/// A trip on one page: who, where and when, under which references, at which price.
///
/// The one value that documents and public pages are made of. It has no member for an e-mail address, a
/// telephone number, a payment or an identifier of ours, so that no renderer can show one; where prices
/// are hidden it has none of them either.
public struct Itinerary: Sendable, Hashable {
  /// Our name of the booking, to be said on the phone.
  public var reference: String
  public var standing: Standing
  /// Where the trip stands, in a sentence or two, without an amount.
  public var sentence: String
  /// Who travels, as they are booked.
  public var travelers: [String]
  /// Flight, hotel, then the activities in order.
  public var parts: [Part]
  /// What is not as it was booked, each a sentence without an amount.
  public var warnings: [String]
  /// What to do when something is wrong, each a sentence.
  public var advice: [String]
  /// Nil when they are hidden.
  public var prices: Prices?
  /// The version of the booking that it shows, and when that came to be.
  public var version: Int
  public var changedAt: Timestamp

  /// Where a trip stands that has something to show.
  public enum Standing: String, Sendable, Hashable {
    case confirmed, cancelling, cancelled
  }

  /// One part of the trip.
  public struct Part: Sendable, Hashable {
    public enum Kind: String, Sendable, Hashable { case flight, hotel, activity }
    public enum Standing: String, Sendable, Hashable {
      case booked, cancelled
      /// It could not be booked.
      case missing
      /// Nobody knows yet, or people are settling it.
      case open
    }
    public var kind: Kind
    public var standing: Standing
    /// What it is called: the airline, the property, the activity.
    public var title: String
    /// Who provides it, where that is somebody else.
    public var provider: String?
    /// What its vendor calls it, to be shown at the counter.
    public var references: [Label]
    /// What happens when and where, in order.
    public var legs: [Leg]
    /// What to know about it.
    public var note: String?
    /// What it costs, for all; nil when prices are hidden.
    public var price: String?
    /// Names it among the parts of its trip: `flight`, `activity-2`.
    public var key: String
  }

  /// One stretch: a flight, a stay, a meeting.
  public struct Leg: Sendable, Hashable {
    /// `IB 3166`; nil where the part's title says all.
    public var title: String?
    public var begin: Stage
    public var end: Stage?
  }

  /// One end of a stretch.
  public struct Stage: Sendable, Hashable {
    /// What happens: `Departure`, `Check-in`.
    public var label: String
    /// Nil when nobody told it.
    public var moment: LocalMoment?
    /// `Madrid-Barajas (MAD)`; empty when nobody told it.
    public var place: String
  }

  /// A name and what it names.
  public struct Label: Sendable, Hashable {
    public var name: String
    public var value: String
  }

  /// What the trip costs and what became of the money.
  public struct Prices: Sendable, Hashable {
    /// The sums, in the order in which they are shown.
    public var sums: [Label]
    /// What happened to the money, in a sentence.
    public var sentence: String
  }
}

extension Itinerary {
  /// What whoever shares a trip may hide.
  public enum Hidden: String, Sendable, Hashable, CaseIterable { case prices }
}

extension Itinerary.Part.Standing {
  /// The word that people read.
  public var word: String {
    switch self {
    case .booked: "Booked"
    case .cancelled: "Cancelled"
    case .missing: "Not booked"
    case .open: "Being settled"
    }
  }
}

extension Itinerary.Standing {
  /// The word that people read.
  public var word: String {
    switch self {
    case .confirmed: "Confirmed"
    case .cancelling: "Being cancelled"
    case .cancelled: "Cancelled"
    }
  }
}

extension Itinerary.Part.Kind {
  /// The word that people read.
  public var word: String {
    switch self {
    case .flight: "Flight"
    case .hotel: "Hotel"
    case .activity: "Activity"
    }
  }
}

extension Itinerary {
  /// When what it shows came to be, for people: `Mon 23 Nov 2026, 12:25 (UTC)`.
  public var changedText: String {
    LocalMoment(changedAt.isoSeconds)?.text ?? changedAt.isoSeconds
  }
}
