import ArgumentParser
import Foundation

/// Measures what a booking, an event, a draw and a booking's memory cost on this machine.
///
/// Worlds are run by the `turbulence` program, each in a process of its own, so that their processor
/// time and their memory are their own. Draws are measured in this process.
@main
struct Benchmarks: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "benchmarks",
    abstract: "Measure bookings, events, draws and memory.",
    discussion: """
      EXAMPLES:
        swift run -c release --package-path Tests/Benchmarks benchmarks
        swift run -c release --package-path Tests/Benchmarks benchmarks --most 1000
      """)

  @Option(help: "The largest number of bookings in one world.")
  var most = 100_000
  @Option(help: "How often rush-hour is run; the fastest run counts.")
  var times = 3
  @Option(help: "The program to measure; built first when it is not given.")
  var turbulence: String?

  func validate() throws {
    guard (1_000...10_000_000).contains(most) else {
      throw ValidationError("--most: found \(most), expected 1,000 to 10,000,000")
    }
    guard (1...100).contains(times) else {
      throw ValidationError("--times: found \(times), expected 1 to 100")
    }
  }

  func run() throws {
    let program = try Program(turbulence)
    defer { program.removeScratch() }
    print(Machine.description, terminator: "\n\n")
    try worlds(program)
    try memory(program)
    draws()
  }

  private func worlds(_ program: Program) throws {
    let rushHour = try program.scenario("rush-hour")
    print(Row.world("world", "bookings", "bookings/s", "per CPU s", "events/s", "CPU us each"))
    var fastest: Measurement?
    for _ in 0..<times {
      let run = try program.run(rushHour.with(bookings: min(5_000, most)))
      if run.cpuSeconds < fastest?.cpuSeconds ?? .infinity { fastest = run }
    }
    if let fastest { print(Row.world("rush-hour", fastest)) }
    // Without its outage: in a longer world it would meet a larger share of the trips, and the cost
    // of one would be another for that reason alone.
    let calm = rushHour.without("outages")
    for bookings in [1_000, 10_000, 100_000] where bookings <= most {
      print(Row.world("without outage", try program.run(calm.with(bookings: bookings))))
    }
    print()
  }

  private func memory(_ program: Program) throws {
    let scenario = try program.scenario("all-at-once")
    let (few, many) = (100, min(10_000, most))
    let small = try program.run(scenario.with(bookings: few))
    let large = try program.run(scenario.with(bookings: many))
    let perBooking = (large.peakKibibytes - small.peakKibibytes) * 1024 / (many - few)
    print(
      "memory: \(large.peakKibibytes / 1024) MiB at most with \(many.grouped) bookings in flight at "
        + "once, \(small.peakKibibytes / 1024) MiB with \(few)")
    print(
      "        \(perBooking.grouped) bytes per booking, its history included", terminator: "\n\n")
  }

  private func draws() {
    print(Row.draw("draw", "ns"))
    for (name, nanoseconds) in Draws.measure() { print(Row.draw(name, nanoseconds.fixed(1))) }
  }
}
