package import ArgumentParser
import BookingOrchestrator
import Foundation
import GRDB

/// `booking-server hooks`
package struct HooksCommand: AsyncParsableCommand {
  package static let configuration = CommandConfiguration(
    commandName: "hooks",
    abstract: "Events that clients were not told: lists them, and sends one again.",
    discussion: """
      An event that its client did not take for a day is given up. Sent again, it has another day, and later \
      events of its booking wait for it; the server that runs on the same file begins within a minute, one \
      that is down when it starts again.
      """,
    subcommands: [ListUntold.self, ResendEvent.self], defaultSubcommand: ListUntold.self)

  /// Creates the command.
  package init() {}
}

struct ListUntold: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "Lists what was given up.")
  @OptionGroup var options: OperatorOptions
  @Option(help: "Only those of this booking.") var booking: String?

  func run() async throws {
    let events = try await options.open().read { [booking] db in
      try OperatorStore.untold(db, booking: booking)
    }
    try options.answer(events) {
      guard !events.isEmpty else { return "nothing was given up" }
      let rows = events.map { event in
        [
          String(event.id), event.booking, event.client, event.kind, String(event.tries),
          event.result, OperatorText.moment(event.endedUs),
        ]
      }
      return OperatorText.table(
        [["EVENT", "BOOKING", "CLIENT", "KIND", "TRIES", "REASON", "GIVEN UP"]] + rows)
    }
  }
}

struct ResendEvent: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "resend", abstract: "Has one that was given up sent again.")
  @OptionGroup var options: OperatorOptions
  @Argument(help: "The event's number.") var id: Int64
  @Option(help: "Who decides; else USER.") var by: String?

  func run() async throws {
    let who = by ?? ProcessInfo.processInfo.environment["USER"] ?? "operator"
    let now = SystemWallClock().now()
    let pool = try await options.open()
    do {
      try await pool.write { [id] db in
        try OperatorStore.resend(db, event: id, by: who, at: now)
      }
    } catch let refused as OperatorStore.Refused {
      complain(refused)
      throw Exit.refused
    }
    try options.answer(["event": id]) { "event \(id): the server sends it again within a minute" }
  }
}
