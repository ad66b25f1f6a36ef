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
  private let trouble: Trouble

  /// Why standard output could not be written, by the first write that failed; else 0.
  private final class Trouble: Sendable {
    let number = Mutex<Int32>(0)
  }

  package init(
    colours: Bool = false, progress: Bool = false, out: @escaping @Sendable (String) -> Void,
    err: @escaping @Sendable (String) -> Void
  ) {
    self.init(colours: colours, progress: progress, trouble: Trouble(), out: out, err: err)
  }

  private init(
    colours: Bool, progress: Bool, trouble: Trouble, out: @escaping @Sendable (String) -> Void,
    err: @escaping @Sendable (String) -> Void
  ) {
    self.colours = colours
    self.progress = progress
    self.trouble = trouble
    self.out = out
    self.err = err
  }

  /// Creates one whose standard output is a descriptor.
  package init(
    colours: Bool = false, progress: Bool = false, output: Int32,
    err: @escaping @Sendable (String) -> Void
  ) {
    let trouble = Trouble()
    self.init(
      colours: colours, progress: progress, trouble: trouble,
      out: { text in
        // After a failure nothing more is written: a part that is missing must not go unseen.
        guard trouble.number.withLock({ $0 == 0 }) else { return }
        let number = OutputFile.writeAll(Array(text.utf8), to: output)
        // A reader that has gone (a closed pipe) is not an error of ours.
        if number != 0, number != EPIPE { trouble.number.withLock { $0 = number } }
      }, err: err)
  }

  /// Standard output and standard error of this process. Colours only on a terminal and never with
  /// `NO_COLOR` (no-color.org); progress only on a terminal.
  package static var standard: Console {
    let plain = getenv("NO_COLOR").map { $0.pointee != 0 } ?? false
    return Console(
      colours: isatty(STDOUT_FILENO) != 0 && !plain, progress: isatty(STDERR_FILENO) != 0,
      output: STDOUT_FILENO,
      // There is nowhere to tell that standard error cannot be written.
      err: { _ = OutputFile.writeAll(Array($0.utf8), to: STDERR_FILENO) })
  }

  /// The exit code of a command that ends with `code`: 70, and a sentence, if not all that was to be
  /// printed could be.
  package func finished(_ code: Int32) -> Int32 {
    let number = trouble.number.withLock { $0 }
    guard number != 0 else { return code }
    complain("standard output cannot be written: " + String(cString: strerror(number)))
    return ExitStatus.internalError
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
}
