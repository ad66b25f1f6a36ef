import Wire

/// Writes an itinerary as an iCalendar object (RFC 5545), an event for each flight, stay and meeting.
///
/// Times whose offset is known are written in UTC, so that every calendar shows the right moment
/// wherever it is read; others are written without a zone ("floating", section 3.3.5, form 1), which is
/// the place's own clock. A `TZID` would need a `VTIMEZONE` with the rules of that zone (section
/// 3.2.19), which nobody gave us; the zone's name stands in the description.
struct ItineraryCalendar {
  private var bytes: [UInt8] = []

  /// Returns the calendar of an itinerary. `DTSTAMP` is the time of the booking's last change, not of
  /// the request: the same version gives the same bytes.
  static func write(_ itinerary: Itinerary) -> [UInt8] {
    var calendar = ItineraryCalendar()
    calendar.line("BEGIN", raw: "VCALENDAR")
    calendar.line("VERSION", raw: "2.0")
    calendar.line("PRODID", raw: "-//Booking Orchestrator//Itinerary//EN")
    calendar.line("CALSCALE", raw: "GREGORIAN")
    calendar.line("METHOD", raw: "PUBLISH")
    for part in itinerary.parts where part.standing != .missing {
      for (number, leg) in part.legs.enumerated() {
        calendar.event(leg, number, of: part, in: itinerary)
      }
    }
    calendar.line("END", raw: "VCALENDAR")
    return calendar.bytes
  }

  private mutating func event(
    _ leg: Itinerary.Leg, _ number: Int, of part: Itinerary.Part, in itinerary: Itinerary
  ) {
    guard let begin = leg.begin.moment else { return }
    let isStanding = itinerary.standing != .cancelled && part.standing != .cancelled
    line("BEGIN", raw: "VEVENT")
    // The same event in every version, so that a calendar that has it changes it (section 3.8.4.7).
    let place = number == 0 ? part.key : "\(part.key)-\(number + 1)"
    line("UID", raw: "\(itinerary.reference.lowercased())-\(place)@itinerary.invalid")
    line("SEQUENCE", raw: String(itinerary.version))
    line("DTSTAMP", raw: Self.utc(itinerary.changedAt))
    times(begin, leg.end?.moment)
    line("SUMMARY", text: Self.summary(part, leg))
    if !leg.begin.place.isEmpty { line("LOCATION", text: leg.begin.place) }
    line("DESCRIPTION", text: Self.description(part, leg, itinerary))
    line("STATUS", raw: isStanding ? "CONFIRMED" : "CANCELLED")
    line("TRANSP", raw: part.kind == .hotel ? "TRANSPARENT" : "OPAQUE")
    line("END", raw: "VEVENT")
  }

  /// Writes both ends in one form, as section 3.6.1 demands; an end that is not after the begin, which
  /// happens where clocks of two places are compared, is left out.
  private mutating func times(_ begin: LocalMoment, _ end: LocalMoment?) {
    let isDay = begin.isDay || end?.isDay == true
    if isDay {
      line("DTSTART;VALUE=DATE", raw: Self.day(begin))
      // The day that ends an event is the first that is not part of it.
      if let end, Self.day(end) > Self.day(begin) {
        line("DTEND;VALUE=DATE", raw: Self.day(end))
      }
      return
    }
    if let first = begin.utc, end == nil || end?.utc != nil {
      line("DTSTART", raw: Self.utc(first))
      if let last = end?.utc, last > first { line("DTEND", raw: Self.utc(last)) }
      return
    }
    line("DTSTART", raw: Self.basic(begin.reading))
    if let end, end.reading > begin.reading { line("DTEND", raw: Self.basic(end.reading)) }
  }

  private static func summary(_ part: Itinerary.Part, _ leg: Itinerary.Leg) -> String {
    let name = [leg.title, part.title].compactMap(\.self).joined(separator: ", ")
    switch part.kind {
    case .flight: return "Flight \(name)"
    case .hotel: return "Stay at \(name)"
    case .activity: return name
    }
  }

  private static func description(
    _ part: Itinerary.Part, _ leg: Itinerary.Leg, _ itinerary: Itinerary
  ) -> String {
    var lines = ["Booking \(itinerary.reference): \(part.standing.word.lowercased())"]
    lines += part.references.map { "\($0.name): \($0.value)" }
    for stage in [leg.begin, leg.end].compactMap(\.self) {
      guard let moment = stage.moment else { continue }
      let place = stage.place.isEmpty ? "" : ", \(stage.place)"
      lines.append("\(stage.label): \(moment.text)\(place)")
    }
    if let provider = part.provider { lines.append("Provided by \(provider)") }
    if let note = part.note { lines.append(note) }
    return lines.joined(separator: "\n")
  }

  // MARK: Forms

  /// `20270301T093000Z`
  private static func utc(_ moment: Timestamp) -> String { basic(moment.microseconds) + "Z" }

  /// `20270301T103000`
  private static func basic(_ microseconds: Int64) -> String {
    CivilTime.text(microseconds, .seconds.local).filter { $0 != "-" && $0 != ":" }
  }

  /// `20270301`
  private static func day(_ moment: LocalMoment) -> String {
    String(basic(moment.reading).prefix(8))
  }

  /// Writes a line whose value is text (section 3.3.11): what would end or part it is escaped.
  private mutating func line(_ name: String, text: String) {
    var escaped: [UInt8] = []
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\\"), UInt8(ascii: ";"), UInt8(ascii: ","):
        escaped += [UInt8(ascii: "\\"), byte]
      case UInt8(ascii: "\n"): escaped += Array("\\n".utf8)
      case 0..<0x20, 0x7F: continue
      default: escaped.append(byte)
      }
    }
    fold(Array(name.utf8) + [UInt8(ascii: ":")] + escaped)
  }

  private mutating func line(_ name: String, raw value: String) {
    fold(Array("\(name):\(value)".utf8))
  }

  /// The most octets of a line (section 3.1).
  private static let width = 75

  /// Ends lines with CRLF, and goes on behind a blank where they are too long, never within a
  /// character.
  private mutating func fold(_ content: [UInt8]) {
    var rest = content[...]
    var room = Self.width
    while rest.count > room {
      var end = rest.startIndex + room
      while rest[end] & 0xC0 == 0x80 { end -= 1 }
      bytes += rest[..<end] + Array("\r\n ".utf8)
      rest = rest[end...]
      room = Self.width - 1
    }
    bytes += rest + Array("\r\n".utf8)
  }
}
