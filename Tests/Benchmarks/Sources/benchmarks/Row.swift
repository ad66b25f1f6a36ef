import Foundation

/// Lines of the tables.
enum Row {
  static func world(_ name: String, _ run: Measurement) -> String {
    let bookings = Double(run.bookings)
    return world(
      name, run.bookings.grouped, Int(bookings / run.seconds).grouped,
      Int(bookings / run.cpuSeconds).grouped, Int(Double(run.events) / run.seconds).grouped,
      Int(run.cpuSeconds * 1e6 / bookings).grouped) + (run.failure.map { "  " + $0 } ?? "")
  }

  static func world(_ name: String, _ cells: String...) -> String {
    name.padded(to: 16) + cells.map { $0.leftPadded(to: 12) }.joined()
  }

  static func draw(_ name: String, _ nanoseconds: String) -> String {
    name.padded(to: 20) + nanoseconds.leftPadded(to: 8)
  }
}

/// What figures were measured on.
enum Machine {
  static var description: String {
    let processor =
      cpuInformation.split(separator: "\n").first { $0.hasPrefix("model name") }?
      .split(separator: ":").last?.trimmingCharacters(in: .whitespaces) ?? "unknown processor"
    return "\(processor), \(ProcessInfo.processInfo.activeProcessorCount) cores"
  }

  // Not readable everywhere; then the processor is unknown.
  private static var cpuInformation: String {
    (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
  }
}

extension Int {
  /// With commas between thousands.
  var grouped: String {
    let digits = Array(String(magnitude))
    let text = digits.enumerated().map { index, digit in
      index > 0 && (digits.count - index) % 3 == 0 ? ",\(digit)" : "\(digit)"
    }
    return (self < 0 ? "-" : "") + text.joined()
  }
}

extension Double {
  /// With a fixed number of decimals.
  func fixed(_ decimals: Int) -> String { String(format: "%.\(decimals)f", self) }
}

extension String {
  func padded(to width: Int) -> String {
    self + String(repeating: " ", count: max(0, width - count))
  }
  func leftPadded(to width: Int) -> String {
    String(repeating: " ", count: max(0, width - count)) + self
  }
}
