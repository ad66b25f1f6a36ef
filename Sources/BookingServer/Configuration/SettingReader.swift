import BookingOrchestrator
import Foundation

/// Reads settings and collects what is wrong with them.
struct SettingReader {
  private let source: SettingSource
  /// What is missing or wrong so far, a sentence each.
  var faults: [String] = []

  init(_ source: SettingSource) { self.source = source }

  /// Returns a text; an empty one when it is missing or not what it must be.
  mutating func text(_ setting: Setting, where isGood: (String) -> Bool) -> String {
    guard let found = source.find(setting) else {
      faults.append("\(setting.variable) is not set, expected \(setting.expected)")
      return ""
    }
    // A line feed would end up in a header field.
    let isOneLine = found.text.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F }
    guard isOneLine, isGood(found.text) else {
      reject(setting, found)
      return ""
    }
    return found.text
  }

  /// Returns a whole number in a range.
  mutating func number(_ setting: Setting, in range: ClosedRange<Int>) -> Int {
    Int(text(setting) { Int($0).map(range.contains) ?? false }) ?? range.lowerBound
  }

  /// Returns a time that is more than none.
  mutating func duration(_ setting: Setting) -> Duration {
    Self.duration(text(setting) { Self.duration($0) != nil }) ?? .zero
  }

  /// Returns scheme and authority, perhaps a path, without a slash at the end.
  mutating func url(_ setting: Setting) -> String { Self.trimmed(text(setting, where: Self.isURL)) }

  /// The same, or nothing where nothing is set.
  mutating func optionalURL(_ setting: Setting) -> String {
    Self.trimmed(text(setting) { $0.isEmpty || Self.isURL($0) })
  }

  /// Returns a list of keys.
  mutating func keys(_ setting: Setting) -> [String] {
    func split(_ text: String) -> [String] {
      text.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
    }
    let isOptional = setting.fallback != nil
    let text = text(setting) { text in
      if text.isEmpty { return isOptional }
      return split(text).allSatisfy { key in
        key.utf8.count >= 16 && key.utf8.allSatisfy { (0x21...0x7E).contains($0) }
      }
    }
    return split(text)
  }

  /// Returns clients' keys: `name:key`, or a key alone, separated by commas.
  mutating func clientKeys(_ setting: Setting) -> [ClientKey] {
    func entries(_ text: String) -> [ClientKey?] {
      text.split(separator: ",").map {
        ClientKey(entry: $0.trimmingCharacters(in: .whitespaces))
      }
    }
    let text = text(setting) { text in
      let keys = entries(text)
      return !keys.isEmpty && keys.allSatisfy { $0 != nil }
    }
    let keys = entries(text).compactMap(\.self)
    if Set(keys).count != Set(keys.map(\.key)).count {
      faults.append(
        "\(setting.variable): found one key for two clients (not shown), expected a key for each")
    }
    return keys
  }

  /// Returns how many requests in which time; nil for `off`.
  mutating func rateLimit(_ setting: Setting) -> RateLimit? {
    RateLimit(text(setting) { $0 == "off" || RateLimit($0) != nil })
  }

  /// Returns where clients are told of their bookings: `name:secret@url`, separated by commas.
  mutating func hooks(_ setting: Setting) -> [ClientName: HookTarget] {
    func entries(_ text: String) -> [(ClientName, HookTarget)?] {
      text.split(separator: ",").map { entry in
        let parts = entry.trimmingCharacters(in: .whitespaces).split(
          separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, parts[0].contains(":"),
          let key = ClientKey(entry: String(parts[0])),
          Self.isURL(String(parts[1]))
        else { return nil }
        return (key.client, HookTarget(url: String(parts[1]), secret: key.key))
      }
    }
    let text = text(setting) { text in
      let found = entries(text)
      return found.allSatisfy { $0 != nil } && Set(found.map { $0?.0 }).count == found.count
    }
    return Dictionary(entries(text).compactMap(\.self), uniquingKeysWith: { first, _ in first })
  }

  private mutating func reject(_ setting: Setting, _ found: SettingSource.Found) {
    let name = found.origin == "flag" ? setting.flag : setting.variable
    let place = found.origin == "file" ? " (\(setting.key) in the file)" : ""
    let value = setting.isSecret ? "something else (not shown)" : "'\(found.text)'"
    faults.append("\(name)\(place): found \(value), expected \(setting.expected)")
  }

  static func isURL(_ text: String) -> Bool {
    guard let url = URL(string: text), let host = url.host() else { return false }
    return (url.scheme == "http" || url.scheme == "https") && !host.isEmpty && url.query() == nil
      && url.user() == nil && url.fragment() == nil
  }

  static func trimmed(_ url: String) -> String { url.hasSuffix("/") ? String(url.dropLast()) : url }

  /// Reads `500ms`, `60s`, `2m`, `1h`; nil for anything else, and for none at all.
  static func duration(_ text: String) -> Duration? {
    let digits = text.prefix { ("0"..."9").contains($0) }
    guard let number = Int64(digits), number > 0, number <= 1_000_000 else { return nil }
    switch text.dropFirst(digits.count) {
    case "ms": return .milliseconds(number)
    case "s": return .seconds(number)
    case "m": return .seconds(number * 60)
    case "h": return .seconds(number * 3_600)
    default: return nil
    }
  }
}
