/// What is wrong with a scenario file, where, and what was expected instead.
package struct ScenarioError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The file as it was named by whoever asked for it.
  package var path: String
  /// Counted from 1; nil when the fault is not at one place.
  package var line: Int?
  /// Counted from 1, in Unicode scalars.
  package var column: Int?
  /// What is wrong, without place: `bookings is not a whole number`.
  package var message: String
  package var found: String
  package var expected: String

  package init(
    path: String, line: Int? = nil, column: Int? = nil, message: String, found: String,
    expected: String
  ) {
    self.path = path
    self.line = line
    self.column = column
    self.message = message
    self.found = found
    self.expected = expected
  }

  /// `path:line:column: message: found X, expected Y`
  package var description: String {
    let place = line.map { ":\($0)" + (column.map { ":\($0)" } ?? "") } ?? ""
    return "\(path)\(place): \(message): found \(found), expected \(expected)"
  }
}
