import Audit
import Foundation
import Glibc
import Worlds

/// Threads with room for deep call stacks, since worlds run to completion on the thread they start on.
enum WorldThread {
  /// 64 MiB of address space; only what is touched takes memory.
  private static let size = 64 << 20

  /// Starts a thread.
  static func start(_ body: @escaping @Sendable () -> Void) {
    let thread = Thread {
      CrashReporter.prepareThread()
      body()
    }
    thread.stackSize = size
    thread.start()
  }

  /// Runs `body` on a thread of its own and waits for it.
  static func run<Value: Sendable>(_ body: @escaping @Sendable () -> Value) -> Value {
    let box = Box<Value>()
    start { box.put(body()) }
    return box.take()
  }

  /// Hands one value from a thread to another.
  private final class Box<Value: Sendable>: @unchecked Sendable {
    // Unchecked: `value` is only touched with the condition's lock held.
    private let condition = NSCondition()
    private var value: Value?

    func put(_ value: Value) {
      condition.withLock {
        self.value = value
        condition.signal()
      }
    }

    func take() -> Value {
      condition.withLock {
        while true {
          if let value { return value }
          condition.wait()
        }
      }
    }
  }
}
