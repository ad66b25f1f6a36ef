/// What names, addresses and numbers of people must be, so that every vendor takes them.
///
/// Pure rules over text: each returns what is wrong, nil when nothing is. What passes has no control
/// character, so no header or line can be made of it.
enum PersonRules {
  /// The longest first or last name, in letters as airlines write them.
  ///
  /// Source: ICAO Doc 9303 part 3, 8th ed.: the name field of a travel document has 39 places, of
  /// which two part the last name from the first; a reservation holds no more of either.
  static let longestName = 37
  /// The longest line of an address or name on a card, in characters; Stripe takes 5,000, people do
  /// not need them.
  static let longestLine = 255

  /// Says what is wrong with a first or last name.
  static func fault(inName name: String) -> String? {
    if let fault = fault(inLine: name) { return fault }
    let airline = AirlineName.of(name)
    guard let airline else {
      return
        "The name has characters that travel documents do not write; write it in Latin letters,"
        + " as in the machine-readable zone of the passport (KUZNETSOV for Кузнецов)."
    }
    guard airline.first?.isLetter == true else {
      return airline.contains(where: \.isLetter)
        ? "The name does not begin with a letter." : "The name has no letters."
    }
    guard airline.utf8.count <= longestName else {
      return "The name is longer than \(longestName) letters."
    }
    return nil
  }

  /// Says what is wrong with the name of whoever pays, which vendors want as first and last name.
  static func fault(inBooker name: String) -> String? {
    if let fault = fault(inLine: name) { return fault }
    let (first, last) = BookRequestBody.names(name)
    return fault(inName: first) ?? fault(inName: last)
  }

  /// Says what is wrong with several lines of text that people write and read.
  ///
  /// Lines may end; nothing may steer a terminal or turn the direction of what follows (Unicode
  /// Standard Annex 9, explicit formatting characters).
  static func fault(inText text: String) -> String? {
    let isSteered = text.unicodeScalars.contains { scalar in
      switch scalar.value {
      case 0x09, 0x0A, 0x0D: false
      case 0..<0x20, 0x7F..<0xA0, 0x202A...0x202E, 0x2066...0x2069: true
      default: false
      }
    }
    return isSteered ? "The text has control characters." : nil
  }

  /// Says what is wrong with one line of text that people read: a name on a card, a street.
  static func fault(inLine text: String) -> String? {
    guard !text.isEmpty else { return "The member is empty." }
    guard text.unicodeScalars.first?.properties.isWhitespace == false,
      text.unicodeScalars.last?.properties.isWhitespace == false
    else { return "The text begins or ends with a space." }
    guard text.unicodeScalars.count <= longestLine else {
      return "The text is longer than \(longestLine) characters."
    }
    guard text.unicodeScalars.allSatisfy(isPlain) else {
      return "The text has control characters, invisible characters or pictures."
    }
    return nil
  }

  /// Whether a character may stand in one line: nothing that ends it, hides, turns or draws.
  private static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    // Format characters are those that turn the direction of text or join emoji.
    case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse,
      .unassigned, .otherSymbol:
      false
    default:
      !scalar.properties.isEmojiPresentation && scalar.value != 0xFE0F
    }
  }

  /// Says what is wrong with a mail address.
  ///
  /// Source: RFC 5321, 4.1.2 (dot-string and domain; quoted strings and address literals are not
  /// taken) and 4.5.3.1 (64 octets before the at sign, 254 in all, RFC 3696 erratum 1690).
  static func fault(inEmail email: String) -> String? {
    let fault = "The text is not a mail address such as ann@example.com."
    let bytes = Array(email.utf8)
    guard bytes.count <= 254 else { return "The mail address is longer than 254 characters." }
    guard let at = bytes.lastIndex(of: UInt8(ascii: "@")) else { return fault }
    let local = bytes[..<at]
    let domain = bytes[(at + 1)...]
    guard (1...64).contains(local.count) else { return fault }
    let words = local.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    guard words.allSatisfy({ !$0.isEmpty && $0.allSatisfy(isAtext) }) else { return fault }
    let labels = domain.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    guard labels.count > 1, labels.allSatisfy(isLabel) else { return fault }
    return nil
  }

  // RFC 5322, 3.2.3.
  private static func isAtext(_ byte: UInt8) -> Bool {
    isAlphanumeric(byte) || "!#$%&'*+-/=?^_`{|}~".utf8.contains(byte)
  }

  // RFC 1035, 2.3.4.
  private static func isLabel(_ label: ArraySlice<UInt8>) -> Bool {
    let hyphen = UInt8(ascii: "-")
    return (1...63).contains(label.count) && label.first != hyphen && label.last != hyphen
      && label.allSatisfy { isAlphanumeric($0) || $0 == hyphen }
  }

  private static func isAlphanumeric(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
    default: false
    }
  }

  /// Says what is wrong with a telephone number.
  ///
  /// Source: ITU-T E.164, 6.2.1: a plus sign, a country code that does not begin with 0, and 15
  /// digits at most; spaces, hyphens and brackets between them are people's habit (E.123).
  static func fault(inPhone phone: String) -> String? {
    let fault = "The text is not a telephone number such as +1 234 567 890."
    let bytes = Array(phone.utf8)
    guard bytes.first == UInt8(ascii: "+"), bytes.count <= 32 else { return fault }
    var digits: [UInt8] = []
    for byte in bytes.dropFirst() {
      switch byte {
      case 0x30...0x39: digits.append(byte)
      case UInt8(ascii: " "), UInt8(ascii: "-"), UInt8(ascii: "("), UInt8(ascii: ")"): continue
      default: return fault
      }
    }
    guard (7...15).contains(digits.count), digits.first != UInt8(ascii: "0") else { return fault }
    return nil
  }

  /// Says what is wrong with a country.
  static func fault(inCountry country: String) -> String? {
    let upper = country.uppercased()
    guard country.utf8.count == 2, countries.contains(Substring(upper)) else {
      return "The text is not a country of two letters such as NO (ISO 3166-1 alpha-2)."
    }
    return nil
  }

  // Source: ISO 3166-1, officially assigned alpha-2 codes.
  private static let countries = Set(
    """
    AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS \
    BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE \
    EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM \
    HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC \
    LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA \
    NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW \
    SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO \
    TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW
    """.split(separator: " "))
}
