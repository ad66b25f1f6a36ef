/// Reads RFC 4180 text: quoted fields, doubled quotes, `\n` or `\r\n`.
package enum CSVReader {
  /// Returns all rows, empty lines left out.
  package static func rows(_ text: String) -> [[String]] {
    var rows: [[String]] = []
    var row: [String] = []
    var field = ""
    var quoted = false
    var characters = text.unicodeScalars.makeIterator()
    var next = characters.next()
    func endRow() {
      row.append(field)
      field = ""
      if row != [""] { rows.append(row) }
      row = []
    }
    while let scalar = next {
      next = characters.next()
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
