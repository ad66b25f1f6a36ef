import CGSL
import Glibc

/// Notices jobs that leave one simulator.
///
/// The hooks of the Swift runtime are set once per process. They do nothing but look whether the
/// calling thread runs a simulator, so that simulators on other threads, and programs that have
/// nothing to do with simulation, go on undisturbed.
final class Tripwire {
  /// Whether the runtime has all the hooks that this needs.
  static var isInstalled: Bool { installed.hooks >= 3 }

  /// The slot of the thread in which the running simulator's tripwire is kept, and the hooks found.
  private static let installed: (key: pthread_key_t, hooks: Int32) = {
    var key = pthread_key_t()
    let hooks = sim_tripwire_install(&key)
    return (key, hooks)
  }()

  private let state = UnsafeMutablePointer<sim_tripwire>.allocate(capacity: 1)

  init() {
    state.initialize(to: sim_tripwire())
    _ = Tripwire.installed
  }

  deinit { state.deallocate() }

  /// Whether a job has escaped.
  var isTripped: Bool { state.pointee.escapes > 0 }

  /// Whether the calling thread is running this simulator.
  var isArmed: Bool {
    pthread_getspecific(Tripwire.installed.key) == UnsafeMutableRawPointer(state)
  }

  /// Runs `body` on behalf of this simulator.
  func armed<R>(_ body: () -> R) -> R {
    let key = Tripwire.installed.key
    let outer = pthread_getspecific(key)
    pthread_setspecific(key, state)
    defer { pthread_setspecific(key, outer) }
    return body()
  }

  /// Says what escaped, and from where.
  var finding: String {
    let count = state.pointee.escapes
    let target = state.pointee.where.map { String(cString: $0) } ?? "another thread"
    let others = count > 1 ? " (\(count) jobs in all)" : ""
    return "a job went to \(target)\(others)\(origin.map { ", sent by \($0)" } ?? "")"
  }

  /// The innermost function outside the Swift runtime that was active as the job left.
  private var origin: String? {
    let frames = withUnsafePointer(to: &state.pointee.frames) { frames in
      frames.withMemoryRebound(
        to: UnsafeMutableRawPointer?.self, capacity: Int(sim_frames)
      ) {
        Array(UnsafeBufferPointer(start: $0, count: Int(state.pointee.frame_count)))
      }
    }
    for case let frame? in frames {
      var offset: UInt = 0
      guard let image = sim_image_name(frame, &offset).map({ String(cString: $0) }) else {
        continue
      }
      let name = sim_function_name(frame).map { name in
        defer { free(name) }
        return String(cString: name)
      }
      if image.contains("libswift") || name?.hasPrefix("sim_") == true { continue }
      if let name, !name.contains("Swift.Task") { return name }
      // A function without a public name: its place in the file, as addr2line takes it.
      if name == nil, !isOurs(frame) {
        return "\(image.split(separator: "/").last ?? "?")+0x\(String(offset, radix: 16))"
      }
    }
    return nil
  }

  /// Whether an address belongs to the hooks themselves, which have no public name either.
  private func isOurs(_ frame: UnsafeMutableRawPointer) -> Bool {
    frame == state.pointee.frames.0
      || (state.pointee.frame_count > 1 && frame == state.pointee.frames.1)
  }
}
