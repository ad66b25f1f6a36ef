import Audit
import Glibc
import Synchronization

/// Whether a person or a supervisor asked this process to end: SIGINT (Ctrl-C) or SIGTERM.
///
/// The first signal is noted and what is known so far gets told; a second one of its kind ends the
/// process at once, as it would have without this.
package final class Interruption: Sendable {
  private struct State {
    var signal: Int32?
    var tell: (@Sendable () -> Void)?
  }

  private let state = Mutex(State())

  /// Creates one that no signal reaches.
  package init() {}

  /// The signal that came first; nil when none has come.
  package var signal: Int32? { state.withLock { $0.signal } }

  /// A signal's name.
  package static func name(_ signal: Int32) -> String { signal == SIGINT ? "SIGINT" : "SIGTERM" }

  /// Notes a signal.
  package func arrive(_ signal: Int32) {
    let tell = state.withLock { state -> (@Sendable () -> Void)? in
      guard state.signal == nil else { return nil }
      state.signal = signal
      return state.tell
    }
    tell?()
  }

  /// Has `body` called when a signal comes, or now if one has come.
  package func onArrival(_ body: @escaping @Sendable () -> Void) {
    let now = state.withLock { state in
      state.tell = body
      return state.signal != nil
    }
    if now { body() }
  }

  /// Written by the handler, read by one thread; made before the handler is installed.
  private static let pipe = Atomic<Int32>(-1)

  /// Notes the signals of this process from now on; may be called once.
  ///
  /// A handler may neither lock nor allocate: it only writes the signal's number into a pipe, at
  /// whose other end a thread waits.
  package static func ofThisProcess() -> Interruption {
    let interruption = Interruption()
    var ends: [Int32] = [0, 0]
    // Without a pipe signals end the process, as they do without us.
    guard Glibc.pipe(&ends) == 0 else { return interruption }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    let reading = ends[0]
    pipe.store(ends[1], ordering: .releasing)
    WorldThread.start {
      var number: UInt8 = 0
      while true {
        let count = read(reading, &number, 1)
        if count < 0, errno == EINTR { continue }
        guard count == 1 else { return }
        interruption.arrive(Int32(number))
      }
    }
    for signal in [SIGINT, SIGTERM] {
      var old = sigaction()
      sigaction(signal, nil, &old)
      // Ignored by whoever started us (nohup, a shell's background job): it stays so.
      if unsafeBitCast(old.__sigaction_handler.sa_handler, to: Int.self) == 1 { continue }
      var action = sigaction()
      action.__sigaction_handler.sa_handler = { number in
        let saved = errno
        var byte = UInt8(truncatingIfNeeded: number)
        _ = write(Interruption.pipe.load(ordering: .acquiring), &byte, 1)
        errno = saved
      }
      action.sa_flags = Int32(truncatingIfNeeded: SA_RESETHAND) | Int32(SA_RESTART)
      sigaction(signal, &action, nil)
    }
    return interruption
  }
}
