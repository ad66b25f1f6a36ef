import Wire

/// What Amadeus accepts as travellers and contacts of an order.
///
/// Source: amadeus-open-api-specification, Flight Create Orders 1.10: at most 18 travellers, at most
/// three phones, `Phone.number` `[0-9]{1,15}`, dates as ISO 8601, the enumerations of gender and
/// device, two letters for countries. What characters a name may have and how long it may be is not in
/// the specification (U): the letters A to Z in either case, spaces and hyphens pass, as all of its
/// examples have no other, at most ``longestName`` of them, the first being a letter. That letters with
/// marks and ligatures are refused is what another reservation system documents (Travelport Universal
/// API, Booking Traveler Name: only Latin characters, not á, ū, ß, Æ or Ø); airlines and travel
/// documents write the same (ICAO Doc 9303 part 3, section 6, which leaves apostrophes out).
enum AmadeusPeople {
  /// The longest name of a traveller.
  static let longestName = 56

  /// Checks the people of an order against those that its offers are priced for; an order may name
  /// none: `FlightOrder` requires `type` and `flightOffers` only.
  static func check(
    _ data: JSONValue, against parties: [AmadeusParty], today: String
  ) throws(AmadeusError) {
    if let node = data["travelers"] { try check(travelers: node, parties, today: today) }
    for (index, contact) in (data["contacts"]?.array ?? []).enumerated() {
      let here = "/data/contacts[\(index)]"
      if let name = contact["addresseeName"] {
        try check(name: name, here + "/addresseeName", required: false)
      }
      try check(contact: contact, here)
    }
  }

  /// Returns the travellers' first and last names, in order.
  static func names(_ travelers: JSONValue?) -> [String] {
    (travelers?.array ?? []).map { traveler in
      let name = traveler["name"]
      return "\(name?["firstName"]?.string ?? "") \(name?["lastName"]?.string ?? "")"
    }
  }

  private static func check(
    travelers node: JSONValue, _ parties: [AmadeusParty], today: String
  ) throws(AmadeusError) {
    let pointer = "/data/travelers"
    guard let travelers = node.array else { throw .invalidFormat(pointer) }
    guard travelers.count <= 18 else { throw .invalidLength(pointer) }
    var ids: [String] = []
    for (index, traveler) in travelers.enumerated() {
      let here = "\(pointer)[\(index)]"
      guard let id = traveler["id"] else { throw .missing(here + "/id") }
      guard let id = id.identifier, !ids.contains(id) else { throw .invalidFormat(here + "/id") }
      ids.append(id)
      try check(traveler: traveler, here, today: today)
    }
    for party in parties {
      guard party.members.count == ids.count, party.members.allSatisfy({ ids.contains($0.id) })
      else {
        throw .invalidData(
          "The travelers are not those that the flight offer is priced for", pointer)
      }
    }
  }

  private static func check(
    traveler: JSONValue, _ here: String, today: String
  ) throws(AmadeusError) {
    guard let name = traveler["name"] else { throw .missing(here + "/name") }
    try check(name: name, here + "/name", required: true)
    if let birth = traveler["dateOfBirth"] {
      guard let text = birth.string, WireTime.isDate(text) else {
        throw .invalidFormat(here + "/dateOfBirth")
      }
      guard text <= today else {
        throw .invalidData("The date of birth is in the future", here + "/dateOfBirth")
      }
    }
    try check(
      traveler["gender"], oneOf: ["MALE", "FEMALE", "UNSPECIFIED", "UNDISCLOSED"],
      here + "/gender")
    if let contact = traveler["contact"] { try check(contact: contact, here + "/contact") }
    for (index, document) in (traveler["documents"]?.array ?? []).enumerated() {
      let here = "\(here)/documents[\(index)]"
      for name in ["issuanceDate", "expiryDate"] {
        guard let node = document[name] else { continue }
        guard WireTime.isDate(node.string ?? "") else { throw .invalidFormat("\(here)/\(name)") }
      }
      for name in ["issuanceCountry", "validityCountry", "birthCountry", "nationality"] {
        guard let node = document[name] else { continue }
        guard isCountry(node) else { throw .invalidFormat("\(here)/\(name)") }
      }
    }
  }

  private static func check(
    name: JSONValue, _ here: String, required: Bool
  ) throws(AmadeusError) {
    for part in ["firstName", "lastName", "middleName", "secondLastName"] {
      guard let node = name[part] else {
        if required, part == "firstName" || part == "lastName" { throw .missing("\(here)/\(part)") }
        continue
      }
      guard let text = node.string, isName(text) else { throw .invalidFormat("\(here)/\(part)") }
      guard text.unicodeScalars.count <= longestName else {
        throw .invalidLength("\(here)/\(part)")
      }
    }
  }

  private static func check(contact: JSONValue, _ here: String) throws(AmadeusError) {
    if let email = contact["emailAddress"] {
      guard let text = email.string, isEmail(text) else {
        throw .invalidFormat(here + "/emailAddress")
      }
    }
    let phones = contact["phones"]?.array ?? []
    guard phones.count <= 3 else { throw .invalidLength(here + "/phones") }
    for (index, phone) in phones.enumerated() {
      let here = "\(here)/phones[\(index)]"
      try check(phone["deviceType"], oneOf: ["MOBILE", "LANDLINE", "FAX"], here + "/deviceType")
      if let number = phone["number"] {
        guard let text = number.string, isDigits(text, 1...15) else {
          throw .invalidFormat(here + "/number")
        }
      }
      if let code = phone["countryCallingCode"] {
        // The pattern asks for two characters, its own example ("1") has one.
        let text = code.string ?? ""
        guard isDigits(text.hasPrefix("+") ? text.dropFirst() : text[...], 1...4) else {
          throw .invalidFormat(here + "/countryCallingCode")
        }
      }
    }
    if let country = contact["address"]?["countryCode"], !isCountry(country) {
      throw .invalidFormat(here + "/address/countryCode")
    }
  }

  private static func check(
    _ node: JSONValue?, oneOf known: [String], _ here: String
  ) throws(AmadeusError) {
    guard let node else { return }
    guard known.contains(node.string ?? "") else { throw .invalidFormat(here) }
  }

  private static func isName(_ text: String) -> Bool {
    func isLetter(_ byte: UInt8) -> Bool { (0x41...0x5A).contains(byte & 0xDF) }
    guard let first = text.utf8.first, isLetter(first) else { return false }
    return text.utf8.allSatisfy { byte in
      isLetter(byte) || byte == UInt8(ascii: " ") || byte == UInt8(ascii: "-")
    }
  }

  private static func isEmail(_ text: String) -> Bool {
    let parts = text.utf8.split(separator: UInt8(ascii: "@"), omittingEmptySubsequences: false)
    return parts.count == 2 && parts.allSatisfy { !$0.isEmpty }
      && text.utf8.allSatisfy { $0 > 0x20 && $0 != 0x7F }
  }

  private static func isDigits(_ text: some StringProtocol, _ length: ClosedRange<Int>) -> Bool {
    length.contains(text.utf8.count) && text.utf8.allSatisfy { (0x30...0x39).contains($0) }
  }

  private static func isCountry(_ node: JSONValue) -> Bool {
    guard let text = node.string else { return false }
    return text.utf8.count == 2 && text.utf8.allSatisfy { (0x41...0x5A).contains($0 & 0xDF) }
  }
}
