import Audit
import Scenarios
import Worlds

/// A plain table for terminals: columns as wide as needed, numbers to the right.
package struct TextTable: Sendable {
  private var rows: [[String]]

  package init(_ header: [String]) { rows = [header] }

  /// Adds a row with as many cells as the header.
  package mutating func add(_ cells: [String]) { rows.append(cells) }

  /// The lines of the table, without trailing blanks.
  package var lines: [String] {
    let count = rows[0].count
    let widths = (0..<count).map { column in rows.map { $0[column].count }.max() ?? 0 }
    let numeric = (0..<count).map { column in
      rows.count > 1 && rows.dropFirst().allSatisfy { Self.isNumber($0[column]) }
    }
    return rows.map { row in
      var line = ""
      for (column, cell) in row.enumerated() {
        let blanks = String(repeating: " ", count: widths[column] - cell.count)
        line += (column > 0 ? "  " : "") + (numeric[column] ? blanks + cell : cell + blanks)
      }
      while line.last == " " { line.removeLast() }
      return line
    }
  }

  private static func isNumber(_ cell: String) -> Bool {
    cell.isEmpty || cell.allSatisfy { $0.isASCIIDigit || ",.-+%".contains($0) }
  }
}
