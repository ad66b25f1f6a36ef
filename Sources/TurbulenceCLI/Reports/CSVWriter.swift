/// Builds one CSV file: RFC 4180 quoting, `\n` at line ends, a header row, no locale.
package struct CSVWriter: Sendable {
  /// The file so far, in UTF-8.
  package private(set) var bytes: [UInt8] = []
  private let columns: Int
  private var column = 0

  package init(_ header: [String]) {
    columns = header.count
    for name in header { add(name) }
  }

  /// Adds one field; the last of a row ends it.
  package mutating func add(_ text: String) {
    separate()
    let special = text.utf8.contains { $0 == 0x22 || $0 == 0x2C || $0 == 0x0A || $0 == 0x0D }
    if special {
      bytes.append(0x22)
      for byte in text.utf8 {
        if byte == 0x22 { bytes.append(0x22) }
        bytes.append(byte)
      }
      bytes.append(0x22)
    } else {
      bytes.append(contentsOf: text.utf8)
    }
    advance()
  }

  /// Adds a whole number.
  package mutating func add(_ number: some BinaryInteger) {
    separate()
    bytes.append(contentsOf: String(number).utf8)
    advance()
  }

  /// Adds a whole number, or an empty field.
  package mutating func add(_ number: Int64?) {
    if let number { add(number) } else { add("") }
  }

  /// Adds `true` or `false`.
  package mutating func add(_ flag: Bool) { add(flag ? "true" : "false") }

  private mutating func separate() { if column > 0 { bytes.append(0x2C) } }

  private mutating func advance() {
    column += 1
    if column == columns {
      bytes.append(0x0A)
      column = 0
    }
  }
}
