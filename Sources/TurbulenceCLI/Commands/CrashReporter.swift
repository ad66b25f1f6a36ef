import Glibc
import Synchronization

/// What is said when the process dies of a trap or a signal: how to run the same worlds again.
///
/// A signal handler may neither allocate nor lock, so the lines are formatted beforehand, each into a
/// slot of fixed memory, and written with `write(2)`. This is the one piece of global state: signals
/// belong to the whole process.
enum CrashReporter {
  private static let slotCount = 64
  private static let slotSize = 1_024

  // Unsafe: a slot is written only by the thread that claimed its bit in `claimed`, before its bit in
  // `spoken` is set; the handler reads only slots with that bit.
  nonisolated(unsafe) private static let slots: UnsafeMutablePointer<UInt8> = {
    let memory = UnsafeMutablePointer<UInt8>.allocate(capacity: slotCount * slotSize)
    memory.initialize(repeating: 0, count: slotCount * slotSize)
    return memory
  }()
  private static let claimed = Atomic<UInt64>(0)
  private static let spoken = Atomic<UInt64>(0)

  /// Has the lines of running worlds written to standard error when the process dies.
  static func install() {
    slots[0] = 0  // Initialises the memory now: the handler may not.
    for signal in [SIGILL, SIGTRAP, SIGABRT, SIGSEGV, SIGBUS, SIGFPE] {
      var action = sigaction()
      action.__sigaction_handler.sa_handler = { _ in CrashReporter.speak() }
      // The default action follows: the faulting instruction runs again, or abort() raises again.
      action.sa_flags = Int32(truncatingIfNeeded: SA_RESETHAND) | Int32(SA_ONSTACK)
      sigaction(signal, &action, nil)
    }
    prepareThread()
  }

  /// Gives the calling thread a stack for the handler, for when its own has overflowed.
  static func prepareThread() {
    let size = 64 << 10
    var stack = stack_t()
    // Kept for the life of the process; there are as many as threads were ever started with jobs.
    stack.ss_sp = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 16)
    stack.ss_size = size
    sigaltstack(&stack, nil)
  }

  /// Notes the line of a world that begins to run; returns nil when all slots are taken.
  static func begin(_ line: String) -> Int? {
    for slot in 0..<slotCount {
      let bit: UInt64 = 1 << slot
      let (old, _) = claimed.bitwiseOr(bit, ordering: .acquiringAndReleasing)
      guard old & bit == 0 else { continue }
      var position = slot * slotSize
      for byte in line.utf8.prefix(slotSize - 2) {
        slots[position] = byte
        position += 1
      }
      slots[position] = UInt8(ascii: "\n")
      slots[position + 1] = 0
      spoken.bitwiseOr(bit, ordering: .releasing)
      return slot
    }
    return nil
  }

  /// Forgets a line: its world has ended.
  static func end(_ slot: Int?) {
    guard let slot else { return }
    let bit: UInt64 = 1 << slot
    spoken.bitwiseAnd(~bit, ordering: .releasing)
    claimed.bitwiseAnd(~bit, ordering: .releasing)
  }

  private static func speak() {
    let active = spoken.load(ordering: .acquiring)
    var slot = 0
    while slot < slotCount {
      if active & (1 << UInt64(slot)) != 0 {
        let text = slots + slot * slotSize
        _ = write(STDERR_FILENO, text, strlen(text))
      }
      slot += 1
    }
  }
}
