import ArgumentParser
import Audit
import FoundationEssentials
import GRDB
import Glibc
import Scenarios
import Simulation
import Worlds

/// `turbulence doctor`: what this program was built with, and whether worlds repeat themselves here.
struct DoctorCommand: ConsoleCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor",
    abstract: "Check the toolchain and determinism on this machine.",
    discussion: """
      Runs a tiny world twice, and lets a job leave the simulation on purpose.

      EXAMPLE:
        turbulence doctor
      """)

  func run(on console: Console) -> Int32 {
    execute(runner: .live, console: console, escape: Escape.caught)
  }

  /// Does it and returns the exit code; `escape` says whether the tripwire caught a job that left.
  func execute(runner: Runner, console: Console, escape: @escaping @Sendable () -> Bool) -> Int32 {
    var table = TextTable(["what", "found"])
    table.add(["swift", Self.swiftVersion])
    table.add(["build", Self.build])
    table.add(["gsl", Self.gslVersion])
    table.add(["sqlite", Self.sqlite])
    table.add(["libc", Self.libcVersion])
    table.add(["processor", Self.processor])
    console.print(table.lines)

    var tiny = Scenario(name: "doctor", about: "A tiny world.", bookings: 10)
    tiny.services.stripe.common.network.faults["response-lost"].share = Share(
      partsPerMillion: 50_000)
    tiny.services.hotel.faults["unavailable"].share = Share(partsPerMillion: 100_000)
    let (first, _) = runner.run(tiny, path: "doctor", seed: 1)
    let (second, _) = runner.run(tiny, path: "doctor", seed: 1)
    let same = first.traceHash == second.traceHash
    console.print(
      "a tiny world, twice: "
        + console.coloured(
          same
            ? "the same trace hash, \(first.traceHash.hexadecimal)"
            : "trace hashes \(first.traceHash.hexadecimal) and \(second.traceHash.hexadecimal)",
          good: same))
    let caught = WorldThread.run { escape() }
    console.print(
      "a job that leaves the simulation: "
        + console.coloured(caught ? "caught" : "NOT caught", good: caught))
    return same && caught ? ExitStatus.pass : ExitStatus.nondeterministic
  }

  private static var swiftVersion: String {
    #if compiler(>=6.4)
      "6.4 or later"
    #elseif compiler(>=6.3)
      "6.3"
    #else
      "6.2"
    #endif
  }

  private static var build: String {
    #if DEBUG
      "debug"
    #else
      "release"
    #endif
  }

  /// Found by name: this module does not link GSL itself.
  private static var gslVersion: String {
    guard let symbol = dlsym(nil, "gsl_version") else { return "not found" }
    return String(cString: symbol.assumingMemoryBound(to: UnsafePointer<CChar>.self).pointee)
  }

  private static var libcVersion: String {
    typealias Version = @convention(c) () -> UnsafePointer<CChar>
    guard let symbol = dlsym(nil, "gnu_get_libc_version") else { return "not glibc" }
    return "glibc " + String(cString: unsafeBitCast(symbol, to: Version.self)())
  }

  private static var sqlite: String {
    do {
      return try DatabaseQueue().read { database in
        let version = try String.fetchOne(database, sql: "SELECT sqlite_version()") ?? "unknown"
        let options = try String.fetchAll(database, sql: "PRAGMA compile_options")
        let telling = options.filter { option in
          ["THREADSAFE", "DEFAULT_SYNCHRONOUS", "DEFAULT_WAL", "TEMP_STORE", "SECURE_DELETE"]
            .contains { option.hasPrefix($0) }
        }
        return ([version] + telling).joined(separator: " ")
      }
    } catch {
      return "not usable: \(error)"
    }
  }

  /// GSL's last bits differ between processors with and without FMA; whole microseconds do not.
  private static var processor: String {
    guard let data = FileManager.default.contents(atPath: "/proc/cpuinfo") else { return "unknown" }
    let flags = String(decoding: data, as: UTF8.self).split(separator: "\n").first {
      $0.hasPrefix("flags")
    }
    guard let flags else { return "unknown" }
    return flags.split(separator: " ").contains("fma") ? "with FMA" : "without FMA"
  }
}
