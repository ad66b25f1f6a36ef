import Foundation
import GRDB

extension StoreReader {
  /// Returns the table and column in which a text stands, also as part of another one; nil when it is
  /// nowhere. Reads the whole database.
  func place(of text: String) throws -> String? {
    try database.unsafeRead { db in
      let tables = try String.fetchAll(
        db, sql: "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")
      for table in tables {
        for column in try db.columns(in: table).map(\.name) {
          let sql = """
            SELECT EXISTS (SELECT 1 FROM "\(table)" WHERE instr(CAST("\(column)" AS BLOB), ?))
            """
          let found = try Bool.fetchOne(db, sql: sql, arguments: [Data(text.utf8)])
          if found == true { return "\(table).\(column)" }
        }
      }
      return nil
    }
  }
}
