/// Names as airlines and travel documents write them: A to Z, spaces and hyphens.
///
/// Source: ICAO Doc 9303 part 3, 8th ed., section 6, "Transliterations recommended for use by
/// States"; apostrophes are left out, hyphens stay in what people read.
enum AirlineName {
  /// Returns the name, nil when it has a character that is not transliterated.
  static func of(_ name: String) -> String? {
    var text = ""
    // By characters first: ü is one letter whether it came as one or as u and two dots.
    for character in name.uppercased() {
      if let known = letters[character] {
        text += known
        continue
      }
      for scalar in character.unicodeScalars {
        switch scalar {
        case "A"..."Z", " ", "-": text.unicodeScalars.append(scalar)
        case "'", "\u{2019}", ".": continue
        default:
          if scalar.properties.generalCategory == .nonspacingMark { continue }
          guard let letter = base(of: scalar) else { return nil }
          text.append(letter)
        }
      }
    }
    return text
  }

  /// Returns the letter under the marks, which its name tells: `LATIN CAPITAL LETTER R WITH CARON`.
  private static func base(of scalar: Unicode.Scalar) -> Character? {
    let prefix = "LATIN CAPITAL LETTER "
    guard let name = scalar.properties.name, name.hasPrefix(prefix) else { return nil }
    let rest = name.dropFirst(prefix.count)
    guard let letter = rest.first, rest.dropFirst().hasPrefix(" WITH ") else { return nil }
    return letter
  }

  // What is not merely a letter with marks, which are left out. Looked up by key only.
  private static let letters: [Character: String] = [
    "Ä": "AE", "Å": "AA", "Æ": "AE", "Ð": "D", "Đ": "D", "Ħ": "H", "Ĳ": "IJ", "Ł": "L", "Ŋ": "N",
    "Ö": "OE", "Ø": "OE", "Œ": "OE", "Ŧ": "T", "Þ": "TH", "Ü": "UE", "ẞ": "SS", "ß": "SS",
    "Ñ": "N", "ı": "I",
  ]
}
