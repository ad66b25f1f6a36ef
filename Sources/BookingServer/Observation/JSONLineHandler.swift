import BookingOrchestrator
import Foundation
package import Logging
import Synchronization

/// Logs each event as one line of JSON on standard error.
package struct JSONLineHandler: LogHandler {
  package var metadata: Logger.Metadata = [:]
  package var metadataProvider: Logger.MetadataProvider?
  package var logLevel: Logger.Level
  private let label: String
  private let write: @Sendable (String) -> Void

  /// Creates a handler; `write` gets whole lines.
  package init(
    label: String, level: Logger.Level,
    write: @escaping @Sendable (String) -> Void = JSONLineHandler.toStandardError
  ) {
    self.label = label
    logLevel = level
    self.write = write
  }

  package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  package func log(event: LogEvent) {
    var fields = metadata
    fields.merge(metadataProvider?.get() ?? [:]) { _, new in new }
    fields.merge(event.metadata ?? [:]) { _, new in new }
    if let error = event.error { fields["error"] = "\(error)" }
    var line =
      #"{"time":"\#(Self.now())","level":"\#(event.level.rawValue)","logger":\#(Self.quoted(label))"#
    line += #","message":\#(Self.quoted(event.message.description))"#
    for (key, value) in fields.sorted(by: { $0.key < $1.key }) {
      line += ",\(Self.quoted(key)):\(Self.text(value))"
    }
    write(line + "}\n")
  }

  private static func now() -> String {
    OperatorText.moment(SystemWallClock().now().microseconds).replacing(" ", with: "T")
  }

  private static func text(_ value: Logger.Metadata.Value) -> String {
    switch value {
    case .string(let text): return number(text) ?? quoted(text)
    case .stringConvertible(let value):
      return number(value.description) ?? quoted(value.description)
    case .array(let values): return "[" + values.map(text).joined(separator: ",") + "]"
    case .dictionary(let values):
      let members = values.sorted { $0.key < $1.key }.map { "\(quoted($0.key)):\(text($0.value))" }
      return "{" + members.joined(separator: ",") + "}"
    }
  }

  /// The text of a whole number as it is, so that it can be counted with; nil for anything else.
  private static func number(_ text: String) -> String? {
    Int64(text).flatMap { String($0) == text ? text : nil }
  }

  private static func quoted(_ text: String) -> String {
    var quoted = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": quoted += #"\""#
      case "\\": quoted += #"\\"#
      case "\n": quoted += #"\n"#
      case _ where scalar.value < 0x20 || scalar.value == 0x7F:
        let hex = String(scalar.value, radix: 16)
        quoted += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
      default: quoted.unicodeScalars.append(scalar)
      }
    }
    return quoted + "\""
  }

  /// Writes a line in one piece, so that lines of several threads never mix.
  package static let toStandardError: @Sendable (String) -> Void = { line in
    FileHandle.standardError.write(Data(line.utf8))
  }
}
