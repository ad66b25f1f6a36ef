import Glibc
import Synchronization

/// Where commands write; everything a person sees goes through here.
package struct Console: Sendable {
  /// Whether verdicts may be coloured.
  let colours: Bool
  /// Whether a progress line may be shown on standard error.
  let progress: Bool
  private let out: @Sendable (String) -> Void
  private let err: @Sendable (String) -> Void

  package init(
    colours: Bool = false, progress: Bool = false, out: @escaping @Sendable (String) -> Void,
    err: @escaping @Sendable (String) -> Void
  ) {
    self.colours = colours
    self.progress = progress
    self.out = out
    self.err = err
  }

  /// Standard output and standard error of this process. Colours only on a terminal and never with
  /// `NO_COLOR` (no-color.org); progress only on a terminal.
  package static var standard: Console {
    let plain = getenv("NO_COLOR").map { $0.pointee != 0 } ?? false
    return Console(
      colours: isatty(STDOUT_FILENO) != 0 && !plain, progress: isatty(STDERR_FILENO) != 0,
      out: { write($0, to: STDOUT_FILENO) }, err: { write($0, to: STDERR_FILENO) })
  }

  /// Writes lines to standard output.
  func print(_ lines: String...) { out(lines.map { $0 + "\n" }.joined()) }
  /// Writes lines to standard output.
  func print(_ lines: [String]) { out(lines.map { $0 + "\n" }.joined()) }
  /// Writes a line to standard error.
  func complain(_ line: String) { err(line + "\n") }

  /// Shows a progress line in place of the last one; nothing where there is no terminal.
  func show(_ line: String) { if progress { err("\r\u{1B}[K" + line) } }
  /// Removes the progress line.
  func clear() { if progress { err("\r\u{1B}[K") } }

  /// Green for a pass, red for everything else; plain without colours.
  func coloured(_ text: String, good: Bool) -> String {
    colours ? "\u{1B}[\(good ? 32 : 31)m\(text)\u{1B}[0m" : text
  }

  private static func write(_ text: String, to descriptor: Int32) {
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      let written = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      // A reader that has gone (a closed pipe) is not an error of ours.
      guard written > 0 else { return }
      rest = rest.dropFirst(written)
    }
  }
}
