/// Why a report could not be written; whatever was there before is still there (exit 70).
package struct ReportError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The file or folder that could not be written.
  package var path: String
  package var reason: String

  /// `path: cannot write the report: reason`
  package var description: String { "\(path): cannot write the report: \(reason)" }
}
