/// Reads RFC 4180 text: quoted fields, doubled quotes, `\n` or `\r\n`; a byte order mark before it,
/// as spreadsheets write it, is skipped.
package enum CSVReader {
  /// Returns all rows, empty lines left out.
  package static func rows(_ text: String) -> [[String]] { numberedRows(text).map(\.fields) }

  /// Returns all rows, empty lines left out, each with the number of the line it begins in.
  package static func numberedRows(_ text: String) -> [(line: Int, fields: [String])] {
    var rows: [(line: Int, fields: [String])] = []
    var (line, begin) = (1, 1)
    var row: [String] = []
    var field = ""
    var quoted = false
    var characters = text.withoutByteOrderMark.unicodeScalars.makeIterator()
    var next = characters.next()
    func endRow() {
      row.append(field)
      field = ""
      if row != [""] { rows.append((begin, row)) }
      row = []
      begin = line
    }
    while let scalar = next {
      next = characters.next()
      if scalar == "\n" { line += 1 }
      switch (scalar, quoted) {
      case ("\"", true) where next == "\"":
        field.unicodeScalars.append(scalar)
        next = characters.next()
      case ("\"", _): quoted.toggle()
      case (",", false):
        row.append(field)
        field = ""
      case ("\r", false) where next == "\n": break
      case ("\n", false): endRow()
      default: field.unicodeScalars.append(scalar)
      }
    }
    if !field.isEmpty || !row.isEmpty { endRow() }
    return rows
  }
}

extension String {
  /// The text after a byte order mark, if it begins with one: U+FEFF, Unicode Standard 23.8.
  var withoutByteOrderMark: String {
    unicodeScalars.first == "\u{FEFF}" ? String(unicodeScalars.dropFirst()) : self
  }
}
