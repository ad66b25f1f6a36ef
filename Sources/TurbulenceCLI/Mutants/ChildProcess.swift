import Glibc
import Synchronization

/// Another process, whose standard output is read line by line.
struct ChildProcess: Sendable {
  /// How a process ended.
  enum End: Sendable, Hashable {
    case code(Int32)
    case signal(Int32)
    /// It wrote nothing for too long and was killed.
    case silent

    /// In words, such as `exit code 3`.
    var words: String {
      switch self {
      case .code(let code): "exit code \(code)"
      case .signal(let number): "signal \(number)"
      case .silent: "silence"
      }
    }
  }

  /// Why a process could not be started.
  struct Failure: Error, Sendable { var reason: String }

  private static let children = Mutex<[pid_t]>([])

  /// Ends all such processes, whose outcome nobody waits for any more.
  static func endAll() {
    children.withLock { for child in $0 { kill(child, SIGKILL) } }
  }

  // A child started by another thread must not inherit the pipe before it is marked close-on-exec:
  // its end would then be held open, and reading it would not end.
  private static let spawning = Mutex(())

  /// Runs a program to its end; blocks the calling thread.
  /// - Parameters:
  ///   - environment: added to this process's.
  ///   - patience: how many seconds it may be silent before it is killed; nil for ever.
  ///   - quiet: whether what it says on standard error is thrown away.
  ///   - line: told each line of its standard output.
  static func run(
    _ executable: String, _ arguments: [String], environment: [(String, String)] = [],
    patience: Int32? = nil, quiet: Bool = false, line: (String) -> Void
  ) throws(Failure) -> End {
    let (child, pipe) = try spawning.withLock { _ throws(Failure) in
      try spawn(executable, arguments, environment, quiet: quiet)
    }
    defer { close(pipe) }
    children.withLock { $0.append(child) }
    var wasSilent = false
    var rest: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4_096)
    while true {
      var wait = pollfd(fd: pipe, events: Int16(POLLIN), revents: 0)
      let ready = poll(&wait, 1, patience.map { $0 * 1_000 } ?? -1)
      if ready < 0, errno == EINTR { continue }
      if ready == 0 {
        wasSilent = true
        kill(child, SIGKILL)
        break
      }
      let count = read(pipe, &buffer, buffer.count)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { break }
      for byte in buffer[..<count] {
        if byte != UInt8(ascii: "\n") {
          rest.append(byte)
        } else {
          line(String(decoding: rest, as: UTF8.self))
          rest.removeAll(keepingCapacity: true)
        }
      }
    }
    if !rest.isEmpty { line(String(decoding: rest, as: UTF8.self)) }
    // Off the list before it is waited for: its number may soon be another process's.
    children.withLock { $0.removeAll { $0 == child } }
    var status: Int32 = 0
    while waitpid(child, &status, 0) < 0, errno == EINTR {}
    if wasSilent { return .silent }
    return status & 0x7F == 0 ? .code(status >> 8 & 0xFF) : .signal(status & 0x7F)
  }

  private static func spawn(
    _ executable: String, _ arguments: [String], _ environment: [(String, String)], quiet: Bool
  ) throws(Failure) -> (pid_t, Int32) {
    var ends: [Int32] = [0, 0]
    guard Glibc.pipe(&ends) == 0 else {
      throw Failure(reason: "cannot open a pipe: " + String(cString: strerror(errno)))
    }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    defer { close(ends[1]) }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO)
    if quiet {
      posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0)
    }
    // In a process group of its own: Ctrl-C is for us, and its death by it would look like a fault.
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP))
    let names = Set(environment.map(\.0))
    let inherited = inheritedEnvironment.filter { entry in
      !names.contains(String(entry.prefix { $0 != "=" }))
    }
    var strings = ([executable] + arguments).map { strdup($0) } + [nil]
    var variables = (inherited + environment.map { "\($0.0)=\($0.1)" }).map { strdup($0) } + [nil]
    defer { for string in strings + variables { free(string) } }
    var child: pid_t = 0
    let result = posix_spawnp(&child, executable, &actions, &attributes, &strings, &variables)
    guard result == 0 else {
      close(ends[0])
      throw Failure(
        reason: "cannot start '\(executable)': " + String(cString: strerror(result)))
    }
    return (child, ends[0])
  }

  private static var inheritedEnvironment: [String] {
    var entries: [String] = []
    var at = environ
    while let entry = at.pointee {
      entries.append(String(cString: entry))
      at += 1
    }
    return entries
  }
}
