package import ArgumentParser
import BookingOrchestrator
import Foundation
import GRDB
import Wire

/// The options of every operator's command: where the bookings are, and how to answer.
package struct OperatorOptions: ParsableArguments {
  @Option(help: "The file with the bookings; else DATABASE, else the configuration's.")
  package var database: String?

  @Option(help: ArgumentHelp("A JSON file with settings.", valueName: "file"))
  package var config: String?

  @Flag(help: "Answer with JSON, for programs.")
  package var json = false

  /// Creates options without anything.
  package init() {}

  /// Opens the database that the server has made.
  ///
  /// Complains and exits when it cannot be used.
  func open() async throws -> DatabasePool {
    do {
      let source = try await SettingSource(
        flags: database.map { ["--database", $0] } ?? [],
        environment: ProcessInfo.processInfo.environment, file: config)
      // The setting has a default, so there is always one.
      return try GroupCommitDatabase.open(source.find(.database)?.text ?? "", mayCreate: false)
    } catch let fault as ConfigurationFault {
      complain(fault)
      throw Exit.usage
    } catch {
      complain(error)
      throw Exit.unavailable
    }
  }

  /// Prints a value as JSON, or the text for people.
  func answer(_ value: some Encodable, _ text: () -> String) throws {
    guard json else { return print(text()) }
    print(String(decoding: try JSONTextEncoder(isSpread: true).encode(value), as: UTF8.self))
  }
}

/// How moments, amounts and tables look to operators.
package enum OperatorText {
  /// `2026-11-24 21:45:37.078Z`
  package static func moment(_ microseconds: Int64) -> String {
    CivilTime.text(microseconds, .milliseconds).replacing("T", with: " ")
  }

  /// `EUR 12.50`
  package static func money(_ minor: Int64, _ currency: String) -> String {
    guard let known = Currency(code: currency) else { return "\(currency) \(minor) minor units" }
    return "\(currency) \(Money(minorUnits: minor, currency: known).decimalText)"
  }

  /// What is known of an item, with its moments made readable; in the order of the names.
  package static func known(_ json: String) -> [(name: String, value: String)] {
    // Written by ourselves as texts by name; anything else is shown as it is.
    guard let facts = try? JSONTextDecoder().decode([String: String].self, from: json) else {
      return [("known", json)]
    }
    return facts.sorted { $0.key < $1.key }.filter { !$0.value.isEmpty }.map { name, value in
      guard name.hasSuffix("_us"), let microseconds = Int64(value) else { return (name, value) }
      return (String(name.dropLast(3)), moment(microseconds))
    }
  }

  /// Columns as wide as they must be, the last one open.
  package static func table(_ rows: [[String]]) -> String {
    let columns = rows.map(\.count).max() ?? 0
    let widths = (0..<columns).map { column in
      rows.map { $0.count > column ? $0[column].count : 0 }.max() ?? 0
    }
    return rows.map { row in
      row.enumerated().map { column, text in
        column == row.count - 1
          ? text : text + String(repeating: " ", count: widths[column] - text.count)
      }.joined(separator: "  ")
    }.joined(separator: "\n")
  }
}
