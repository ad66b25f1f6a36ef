/// The travellers that a flight offer is priced for.
///
/// Source of the kinds: amadeus-open-api-specification, Flight Offers Search 2, `TravelerType`. What a
/// kind pays is made up: children three quarters of an adult's fare, infants on a lap a tenth.
struct AmadeusParty: Sendable, Hashable {
  /// What fare a traveller has.
  enum Kind: String, Sendable, Hashable {
    case adult = "ADULT"
    case child = "CHILD"
    case senior = "SENIOR"
    case young = "YOUNG"
    case student = "STUDENT"
    case heldInfant = "HELD_INFANT"
    case seatedInfant = "SEATED_INFANT"

    /// The fare, in twentieths of an adult's.
    var weight: Int64 {
      switch self {
      case .adult, .senior, .young, .student: 20
      case .child, .seatedInfant: 15
      case .heldInfant: 2
      }
    }
  }

  /// One traveller.
  struct Member: Sendable, Hashable {
    /// What orders name the traveller by.
    let id: String
    let kind: Kind
    /// The adult on whose lap an infant travels.
    var adult: String?
  }

  /// The travellers, in the order of the search.
  let members: [Member]

  /// A party as a search names it.
  init(_ members: [Member]) { self.members = members }

  /// So many adults, then children, then infants on the laps of the first adults, counted from 1.
  init(adults: Int, children: Int = 0, infants: Int = 0) {
    var members: [Member] = []
    for _ in 0..<adults { members.append(Member(id: String(members.count + 1), kind: .adult)) }
    for _ in 0..<children { members.append(Member(id: String(members.count + 1), kind: .child)) }
    for infant in 0..<infants {
      members.append(
        Member(id: String(members.count + 1), kind: .heldInfant, adult: String(infant + 1)))
    }
    self.members = members
  }

  /// How many have a seat of their own.
  var seats: Int { members.count { $0.kind != .heldInfant } }

  /// Splits a total by what each kind pays; the first traveller carries what does not divide.
  func shares(of total: Int64) -> [Int64] {
    let whole = members.reduce(0) { $0 + $1.kind.weight }
    var shares = members.map {
      total / whole * $0.kind.weight + total % whole * $0.kind.weight / whole
    }
    shares[0] += total - shares.reduce(0, +)
    return shares
  }

  /// Returns what the party pays at so much for an adult.
  func total(adultMinor: Int64) -> Int64 {
    members.reduce(0) { $0 + adultMinor * $1.kind.weight / 20 }
  }

  /// Tells parties apart in the ids of offers.
  var name: String {
    members.map { member in
      "\(member.kind.rawValue.prefix(4))\(member.id)\(member.adult.map { "@\($0)" } ?? "")"
    }.joined(separator: ".")
  }
}
