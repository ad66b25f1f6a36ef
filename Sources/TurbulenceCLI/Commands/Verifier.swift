import Audit
import FoundationEssentials
import Glibc
import Scenarios
import Synchronization
import Worlds

/// Runs a seed again in a fresh process and compares the trace hashes: Swift hashes dictionaries
/// differently in each process, so an order that leaks from one shows here.
struct Verifier: Sendable {
  /// The program to start; its arguments are those of the hidden command `hash`.
  var executable: String

  /// This program.
  static var current: Verifier {
    Verifier(
      executable: (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
        ?? "/proc/self/exe")
  }

  /// Says how a fresh process differs from the run at hand, or nil when it does not.
  ///
  /// Runs on the calling thread, which must have a large stack.
  func difference(from summary: RunSummary, scenario: Scenario, runner: Runner) -> String? {
    let arguments = ["hash", summary.path, "--seed", String(summary.seed)]
    let fresh: String
    switch output(arguments) {
    case .success(let text): fresh = text
    case .failure(let failure): return failure.reason
    }
    let here = summary.traceHash.hexadecimal
    guard fresh != here else { return nil }
    return "trace hash \(here) here, \(fresh) in a fresh process; "
      + firstDifference(arguments, summary: summary, scenario: scenario, runner: runner)
  }

  private func firstDifference(
    _ arguments: [String], summary: RunSummary, scenario: Scenario, runner: Runner
  ) -> String {
    let base =
      "\(FileManager.default.temporaryDirectory.path)/turbulence-\(getpid())-\(summary.scenario)-\(summary.seed)"
    let (ours, theirs) = ("\(base)-here", "\(base)-fresh")
    // Leftovers in the temporary folder would harm nobody.
    defer { for path in [ours, theirs] { try? FileManager.default.removeItem(atPath: path) } }
    guard let file = TraceFile(ours) else { return "no room for traces in the temporary folder" }
    _ = runner.runHere(scenario, path: summary.path, seed: summary.seed, trace: file.write)
    if let reason = file.close() { return "no trace in the temporary folder: \(reason)" }
    if case .failure(let failure) = output(arguments + ["--trace", theirs]) {
      return failure.reason
    }
    return TraceFile.firstDifference(ours, theirs)
      ?? "run again with a trace, both agree: the difference comes and goes"
  }

  private struct Failure: Error { var reason: String }

  /// Starts the program and returns what it wrote, without the line end.
  private func output(_ arguments: [String]) -> Result<String, Failure> {
    let child: pid_t
    let pipe: Int32
    switch Self.spawning.withLock({ _ in spawn(arguments) }) {
    case .failure(let failure): return .failure(failure)
    case .success(let started): (child, pipe) = started
    }
    defer { close(pipe) }
    Self.children.withLock { $0.append(child) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4_096)
    while true {
      let count = read(pipe, &buffer, buffer.count)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { break }
      bytes += buffer[..<count]
    }
    // Off the list before it is waited for: its number may soon be another process's.
    Self.children.withLock { $0.removeAll { $0 == child } }
    var status: Int32 = 0
    while waitpid(child, &status, 0) < 0, errno == EINTR {}
    guard status == 0 else {
      let how = status & 0x7F == 0 ? "exit code \(status >> 8 & 0xFF)" : "signal \(status & 0x7F)"
      return .failure(Failure(reason: "the same run in a fresh process ended with \(how)"))
    }
    return .success(String(decoding: bytes, as: UTF8.self).filter { $0 != "\n" })
  }

  private static let children = Mutex<[pid_t]>([])

  /// Ends the fresh processes under way, whose outcome nobody waits for any more.
  static func endChildren() {
    children.withLock { for child in $0 { kill(child, SIGKILL) } }
  }

  // A child started by another thread must not inherit the pipe before it is marked close-on-exec:
  // its end would then be held open, and reading it would not end.
  private static let spawning = Mutex(())

  private func spawn(_ arguments: [String]) -> Result<(pid_t, Int32), Failure> {
    var ends: [Int32] = [0, 0]
    guard Glibc.pipe(&ends) == 0 else {
      return .failure(Failure(reason: "cannot open a pipe: " + String(cString: strerror(errno))))
    }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    defer { close(ends[1]) }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO)
    // In a process group of its own: Ctrl-C is for us, and its death by it would look like a fault.
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP))
    var strings = ([executable] + arguments).map { strdup($0) }
    strings.append(nil)
    defer { for string in strings { free(string) } }
    var child: pid_t = 0
    let result = posix_spawn(&child, executable, &actions, &attributes, strings, environ)
    guard result == 0 else {
      close(ends[0])
      return .failure(
        Failure(reason: "cannot start a fresh process: " + String(cString: strerror(result))))
    }
    return .success((child, ends[0]))
  }
}
