/// Compares names as people write them with names as vendors keep them.
///
/// Written from the tables of ICAO Doc 9303 part 3, section 6, by hand and for the auditor alone: the
/// orchestrator's own transliteration must not judge itself. Of a letter with a mark the plain
/// letter is always accepted, and the form that a document writes beside it.
enum DocumentName {
  /// Whether a vendor's name is a person's: the same letters, or those that stand for them, in the same
  /// words. A hyphen separates as a space does, apostrophes and case do not count (section 4.6).
  static func isSame(_ kept: String, as written: String) -> Bool {
    kept == written || matches(letters(kept)[...], letters(written)[...])
  }

  private static func letters(_ name: String) -> [Character] {
    name.uppercased().split { $0.isWhitespace || $0 == "-" }
      .map { $0.filter(\.isLetter) }.filter { !$0.isEmpty }.joined(separator: " ").map(\.self)
  }

  private static func matches(
    _ kept: ArraySlice<Character>, _ written: ArraySlice<Character>
  ) -> Bool {
    guard let letter = written.first else { return kept.isEmpty }
    return forms(of: letter).contains { form in
      kept.starts(with: form) && matches(kept.dropFirst(form.count), written.dropFirst())
    }
  }

  private static func forms(of letter: Character) -> [String] {
    var forms = [String(letter)]
    for (base, marked) in plain where marked.contains(letter) { forms.append(base) }
    if let own = documents[letter] { forms.append(own) }
    return forms
  }

  private static let plain = [
    ("A", "ÀÁÂÃÄÅĀĂĄẠẢẤẦẨẪẬẮẰẲẴẶ"), ("C", "ÇĆĈĊČ"), ("D", "ĎĐÐ"), ("E", "ÈÉÊËĒĔĖĘĚẸẺẼẾỀỂỄỆ"),
    ("G", "ĜĞĠĢ"), ("H", "ĤĦ"), ("I", "ÌÍÎÏĨĪĬĮİỈỊ"), ("J", "Ĵ"), ("K", "Ķ"), ("L", "ĹĻĽĿŁ"),
    ("N", "ÑŃŅŇŊ"), ("O", "ÒÓÔÕÖØŌŎŐỌỎỐỒỔỖỘỚỜỞỠỢƠ"), ("R", "ŔŖŘ"), ("S", "ŚŜŞŠȘ"), ("T", "ŢŤŦȚ"),
    ("U", "ÙÚÛÜŨŪŬŮŰŲỤỦỨỪỬỮỰƯ"), ("W", "Ŵ"), ("Y", "ÝŶŸỲỴỶỸ"), ("Z", "ŹŻŽ"),
  ]

  // Looked up by key only.
  private static let documents: [Character: String] = [
    "Ä": "AE", "Å": "AA", "Æ": "AE", "Ö": "OE", "Ø": "OE", "Œ": "OE", "Ü": "UE", "Þ": "TH",
    "Ĳ": "IJ", "ẞ": "SS",
  ]
}
