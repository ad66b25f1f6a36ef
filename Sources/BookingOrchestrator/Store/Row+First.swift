import GRDB

extension Row {
  /// Reads the first row that a statement finds, where it lies; nil when there is none.
  ///
  /// `fetchOne` copies every value of the row before it hands it over.
  static func first<Value>(
    _ statement: Statement, arguments: StatementArguments, _ read: (Row) throws -> Value
  ) throws -> Value? {
    let rows = try fetchCursor(statement, arguments: arguments)
    return try rows.next().map(read)
  }
}
