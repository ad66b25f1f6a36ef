import HTTPTypes
import Wire

/// The query of `GET /bookings`: which bookings, and which page of them.
struct BookingQuery: Sendable, Hashable {
  var state: TripState?
  /// Microseconds since 1970; nothing older.
  var from = Int64.min
  /// Everything in the list comes before it.
  var end = BookingList.Place(created: .max, id: "")
  /// The most bookings of a page.
  var limit = 20

  /// What a page may hold at most.
  static let longestPage = 100

  /// Reads a query strictly: a parameter that was passed over would show other bookings than were
  /// meant.
  /// - Throws: ``Problem`` `request-invalid` that names the parameter.
  init(_ request: HTTPRequest) throws(Problem) {
    let query = (request.path ?? "").utf8.drop { $0 != UInt8(ascii: "?") }.dropFirst()
    var seen: Set<String> = []
    for pair in FormText.pairs(of: Array(query)) {
      guard seen.insert(pair.name).inserted else {
        throw .invalid(parameter: pair.name, "The parameter is given twice.")
      }
      try read(pair.name, pair.value)
    }
  }

  private mutating func read(_ name: String, _ value: String) throws(Problem) {
    switch name {
    case "state":
      guard let state = TripState(rawValue: value) else {
        let states = TripState.allCases.map(\.rawValue).joined(separator: ", ")
        throw .invalid(parameter: name, "Use one of \(states).")
      }
      self.state = state
    case "from":
      from = try Self.moment(name, value)
    case "to":
      end = min(end, BookingList.Place(created: try Self.moment(name, value), id: ""))
    case "cursor":
      guard let place = BookingCursor.place(value) else {
        throw .invalid(parameter: name, "Use the 'next' of the page before, as it is.")
      }
      end = min(end, place)
    case "limit":
      guard let limit = Self.number(value), (1...Self.longestPage).contains(limit) else {
        throw .invalid(parameter: name, "Use a number from 1 to \(Self.longestPage).")
      }
      self.limit = limit
    default:
      throw .invalid(parameter: name, "Use state, from, to, cursor and limit, and nothing else.")
    }
  }

  private static func number(_ text: String) -> Int? {
    text.utf8.allSatisfy { (0x30...0x39).contains($0) } ? Int(text) : nil
  }

  /// Reads a day or a moment in UTC.
  private static func moment(_ name: String, _ text: String) throws(Problem) -> Int64 {
    let isDay = text.utf8.count == 10
    // As long as the moments that answers have, at most.
    guard isDay || text.utf8.last == UInt8(ascii: "Z") && text.utf8.count <= 27,
      let moment = CivilTime.parse(text)
    else {
      throw .invalid(
        parameter: name, "Use a day such as 2026-11-23, or a moment such as 2026-11-23T12:00:00Z.")
    }
    return moment
  }
}

/// The text of a place in the list, which means nothing to clients.
enum BookingCursor {
  /// Writes a place.
  static func text(_ place: BookingList.Place) -> String {
    var text: [UInt8] = []
    for byte in "\(place.created) \(place.id)".utf8 {
      text.append(Hexadecimal.lower(byte >> 4))
      text.append(Hexadecimal.lower(byte & 15))
    }
    return String(decoding: text, as: UTF8.self)
  }

  /// Reads a place; nil for anything that ``text(_:)`` does not write.
  static func place(_ text: String) -> BookingList.Place? {
    var bytes: [UInt8] = []
    var high: UInt8?
    for digit in text.utf8 {
      guard let value = Hexadecimal.digit(digit) else { return nil }
      if let first = high.take() { bytes.append(first << 4 | value) } else { high = value }
    }
    guard high == nil, let plain = String(validating: bytes, as: UTF8.self) else { return nil }
    let parts = plain.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, let created = Int64(parts[0]), !parts[1].isEmpty else { return nil }
    let place = BookingList.Place(created: created, id: String(parts[1]))
    return self.text(place) == text ? place : nil
  }
}
