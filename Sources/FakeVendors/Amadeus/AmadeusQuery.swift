import Wire

/// What a flight search asks for, in either of its two forms.
///
/// Source of names, limits and codes: amadeus-open-api-specification, Flight Offers Search 2,
/// `/shopping/flight-offers` and `responses.400_Search` (425, 477, 2668, 4926, 10661, 32171). Which
/// code belongs to which mistake is (U), except for 477 and 32171.
struct AmadeusQuery: Sendable {
  /// IATA codes of airports.
  private(set) var origin = ""
  private(set) var destination = ""
  /// `YYYY-MM-DD`.
  private(set) var date = ""
  /// `YYYY-MM-DD` of the way back; nil for one way.
  private(set) var returnDate: String?
  /// Whether the ways asked for are neither one nor there and back: nothing is found.
  private(set) var isOdd = false
  private(set) var party = AmadeusParty(adults: 1)
  /// ISO 4217; nil for any.
  private(set) var currency: String?
  /// The lowest cabin wanted; nil for any.
  private(set) var cabin: String?
  /// The most that an adult may pay, in whole units of the currency.
  private(set) var maxPrice: Int?
  /// The most offers to return.
  private(set) var maximum = 250
  /// Airlines wanted (empty: all) and not wanted.
  private(set) var included: [String] = []
  private(set) var excluded: [String] = []

  /// A mistake's place: a parameter of a query, or a pointer into a body.
  private struct Place {
    let isBody: Bool
    func callAsFunction(_ name: String, _ error: AmadeusError) -> AmadeusError {
      var error = error
      if isBody { error.pointer = name } else { error.parameter = name }
      return error
    }
  }

  /// Reads the query of a `GET`.
  /// - Parameter today: `YYYY-MM-DD`; flights do not leave before.
  init(query: Substring, today: String) throws(AmadeusError) {
    let place = Place(isBody: false)
    let values = PercentCoding.form(Array(query.utf8))
    func required(_ name: String) throws(AmadeusError) -> String {
      guard let value = values[name], !value.isEmpty else {
        throw place(name, .searchMissing("Missing mandatory query parameter"))
      }
      return value
    }
    func number(_ name: String, _ limits: ClosedRange<Int>) throws(AmadeusError) -> Int? {
      guard let text = values[name] else { return nil }
      guard let value = Int(text), limits.contains(value) else {
        throw place(name, .searchFormat("invalid query parameter format"))
      }
      return value
    }
    func airlines(_ name: String) throws(AmadeusError) -> [String] {
      let codes = (values[name] ?? "").split(separator: ",").map(String.init)
      return try Self.airlines(codes, name, place)
    }
    origin = try Self.airport(try required("originLocationCode"), "originLocationCode", place)
    destination = try Self.airport(
      try required("destinationLocationCode"), "destinationLocationCode", place)
    date = try Self.day(try required("departureDate"), "departureDate", place, since: today)
    if let back = values["returnDate"] {
      returnDate = try Self.day(back, "returnDate", place, since: date)
    }
    _ = try required("adults")
    let adults = try number("adults", 1...9) ?? 1
    let children = try number("children", 0...9) ?? 0
    let infants = try number("infants", 0...9) ?? 0
    guard adults + children <= 9 else { throw place("children", .tooManySeated) }
    guard infants <= adults else {
      throw place("infants", .searchCombination("There are more infants than adults"))
    }
    party = AmadeusParty(adults: adults, children: children, infants: infants)
    if let flag = values["nonStop"], flag != "true", flag != "false" {
      throw place("nonStop", .searchFormat("invalid query parameter format"))
    }
    if let text = values["travelClass"] { cabin = try Self.cabin(text, "travelClass", place) }
    if let text = values["currencyCode"] {
      currency = try Self.code(text, "currencyCode", place)
    }
    maxPrice = try number("maxPrice", 1...Int.max)
    maximum = min(250, try number("max", 1...Int.max) ?? 250)
    included = try airlines("includedAirlineCodes")
    excluded = try airlines("excludedAirlineCodes")
    guard included.isEmpty || excluded.isEmpty else {
      throw place(
        "excludedAirlineCodes", .searchCombination("Airlines are either included or excluded"))
    }
  }

  /// Reads the body of a `POST`.
  init(body: [UInt8], today: String) throws(AmadeusError) {
    let place = Place(isBody: true)
    guard let node = JSONValue(parsing: body), node.isObject else { throw .invalidFormat(nil) }
    guard let ways = node["originDestinations"]?.array, !ways.isEmpty else {
      throw .missing("/originDestinations")
    }
    guard ways.count <= 6 else { throw place("/originDestinations", .tooMany) }
    var since = today
    for (index, way) in ways.enumerated() {
      let here = "/originDestinations[\(index)]"
      func text(_ node: JSONValue?, _ name: String) throws(AmadeusError) -> String {
        guard let node else { throw .missing("\(here)/\(name)") }
        guard let text = node.string else { throw .invalidFormat("\(here)/\(name)") }
        return text
      }
      let from = try Self.airport(
        try text(way["originLocationCode"], "originLocationCode"), "\(here)/originLocationCode",
        place)
      let to = try Self.airport(
        try text(way["destinationLocationCode"], "destinationLocationCode"),
        "\(here)/destinationLocationCode", place)
      let range = "departureDateTimeRange/date"
      since = try Self.day(
        try text(way["departureDateTimeRange"]?["date"], range), "\(here)/\(range)", place,
        since: since)
      switch index {
      case 0: (origin, destination, date) = (from, to, since)
      case 1 where from == destination && to == origin: returnDate = since
      default: isOdd = true
      }
    }
    guard let travelers = node["travelers"]?.array, !travelers.isEmpty else {
      throw .missing("/travelers")
    }
    guard travelers.count <= 18 else { throw place("/travelers", .tooMany) }
    party = try Self.party(travelers)
    guard party.seats <= 9 else { throw place("/travelers", .tooManySeated) }
    guard let sources = node["sources"]?.array, !sources.isEmpty else { throw .missing("/sources") }
    guard sources.allSatisfy({ $0.string == "GDS" }) else { throw .invalidFormat("/sources") }
    if let code = node["currencyCode"] {
      currency = try Self.code(code.string ?? "", "/currencyCode", place)
    }
    try readCriteria(node["searchCriteria"] ?? .null)
  }

  private mutating func readCriteria(_ criteria: JSONValue) throws(AmadeusError) {
    let here = "/searchCriteria"
    let place = Place(isBody: true)
    if let node = criteria["maxFlightOffers"] {
      guard let value = node.integer, value >= 1 else {
        throw .invalidFormat(here + "/maxFlightOffers")
      }
      maximum = min(250, value)
    }
    if let node = criteria["maxPrice"] {
      guard let value = node.integer, value >= 1 else { throw .invalidFormat(here + "/maxPrice") }
      maxPrice = value
    }
    let filters = criteria["flightFilters"]
    if let node = filters?["cabinRestrictions"]?.array?.first?["cabin"] {
      cabin = try Self.cabin(
        node.string ?? "", here + "/flightFilters/cabinRestrictions[0]/cabin", place)
    }
    let carriers = filters?["carrierRestrictions"]
    included = try Self.airlines(
      carriers?["includedCarrierCodes"]?.array?.map { $0.string ?? "" } ?? [],
      here + "/flightFilters/carrierRestrictions/includedCarrierCodes", place)
    excluded = try Self.airlines(
      carriers?["excludedCarrierCodes"]?.array?.map { $0.string ?? "" } ?? [],
      here + "/flightFilters/carrierRestrictions/excludedCarrierCodes", place)
  }

  private static func party(_ travelers: [JSONValue]) throws(AmadeusError) -> AmadeusParty {
    var members: [AmadeusParty.Member] = []
    for (index, traveler) in travelers.enumerated() {
      let here = "/travelers[\(index)]"
      guard let id = traveler["id"] else { throw .missing(here + "/id") }
      guard let id = id.identifier, (1...9).contains(id.utf8.count),
        id.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }), !members.contains(where: { $0.id == id })
      else { throw .invalidFormat(here + "/id") }
      guard let type = traveler["travelerType"] else { throw .missing(here + "/travelerType") }
      guard let kind = AmadeusParty.Kind(rawValue: type.string ?? "") else {
        throw .invalidFormat(here + "/travelerType")
      }
      var adult: String?
      if kind == .heldInfant {
        guard let lap = traveler["associatedAdultId"]?.identifier else {
          throw .missing(here + "/associatedAdultId")
        }
        adult = lap
      }
      members.append(AmadeusParty.Member(id: id, kind: kind, adult: adult))
    }
    var laps: Set<String> = []
    for (index, member) in members.enumerated() {
      guard let lap = member.adult else { continue }
      let holder = members.first { $0.id == lap }
      guard let holder, holder.kind == .adult || holder.kind == .senior, laps.insert(lap).inserted
      else {
        throw .invalidData(
          "The infant has no adult of its own", "/travelers[\(index)]/associatedAdultId")
      }
    }
    return AmadeusParty(members)
  }

  // MARK: Values

  private static func isCode(_ text: String, _ length: Int, digits: Bool = false) -> Bool {
    text.utf8.count == length
      && text.utf8.allSatisfy {
        (0x41...0x5A).contains($0) || digits && (0x30...0x39).contains($0)
      }
  }

  private static func airport(
    _ text: String, _ name: String, _ place: Place
  ) throws(AmadeusError) -> String { try code(text, name, place) }

  private static func code(
    _ text: String, _ name: String, _ place: Place
  ) throws(AmadeusError) -> String {
    guard isCode(text, 3) else {
      throw place(name, .searchFormat("invalid query parameter format"))
    }
    return text
  }

  private static func cabin(
    _ text: String, _ name: String, _ place: Place
  ) throws(AmadeusError) -> String {
    guard ["ECONOMY", "PREMIUM_ECONOMY", "BUSINESS", "FIRST"].contains(text) else {
      throw place(name, .searchFormat("invalid query parameter format"))
    }
    return text
  }

  private static func airlines(
    _ codes: [String], _ name: String, _ place: Place
  ) throws(AmadeusError) -> [String] {
    guard codes.allSatisfy({ isCode($0, 2, digits: true) }) else {
      throw place(name, .searchFormat("invalid query parameter format"))
    }
    return codes
  }

  private static func day(
    _ text: String, _ name: String, _ place: Place, since: String
  ) throws(AmadeusError) -> String {
    guard WireTime.isDate(text) else {
      throw place(name, .searchFormat("invalid query parameter format"))
    }
    guard text >= since else { throw place(name, .pastDate) }
    return text
  }
}
