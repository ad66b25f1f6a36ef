package import ArgumentParser
import BookingOrchestrator
import GRDB

/// `booking-server bookings`
package struct BookingsCommand: AsyncParsableCommand {
  package static let configuration = CommandConfiguration(
    commandName: "bookings", abstract: "Shows bookings and what happened to them.",
    subcommands: [ListBookings.self, ShowBooking.self], defaultSubcommand: ListBookings.self)

  /// Creates the command.
  package init() {}
}

struct ListBookings: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "Lists bookings, those changed last first.")
  @OptionGroup var options: OperatorOptions
  @Option(
    help: "Only those in this state.",
    transform: { text in
      if let state = TripState(rawValue: text.uppercased()) { return state }
      let states = TripState.allCases.map(\.rawValue).joined(separator: ", ")
      throw ValidationError("found '\(text)', expected one of \(states)")
    }) var state: TripState?
  @Flag(help: "Only those with something parked.") var attention = false
  @Option(help: "The most to show.") var limit = 50

  func run() async throws {
    let bookings = try await options.open().read { [state, attention, limit] db in
      try OperatorStore.bookings(
        db, state: state, needsAttention: attention ? true : nil, limit: max(0, limit))
    }
    try options.answer(bookings) {
      guard !bookings.isEmpty else { return "no bookings" }
      let rows = bookings.map { booking in
        [
          booking.id, booking.state, booking.changes ?? "", booking.needsAttention ? "yes" : "no",
          OperatorText.money(booking.totalMinor, booking.currency),
          OperatorText.moment(booking.createdUs), OperatorText.moment(booking.updatedUs),
        ]
      }
      return OperatorText.table(
        [["BOOKING", "STATE", "CHANGES", "PARKED", "TOTAL", "CREATED", "CHANGED"]] + rows)
    }
  }
}

struct ShowBooking: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Shows one booking with its history.")
  @OptionGroup var options: OperatorOptions
  @Argument(help: "The booking's id.") var id: String

  func run() async throws {
    let story = try await options.open().read { [id] db in try OperatorStore.story(db, id) }
    guard let story else {
      complain(OperatorStore.Refused.noBooking(id))
      throw Exit.refused
    }
    try options.answer(story) { Self.text(story) }
  }

  private static func text(_ story: OperatorStore.BookingHistory) -> String {
    let booking = story.booking
    func money(_ minor: Int64) -> String { OperatorText.money(minor, booking.currency) }
    var head = [
      ["booking", booking.id], ["state", booking.state], ["option", story.option],
      ["total", money(booking.totalMinor)],
      ["charged", money(story.chargedMinor)], ["refunded", money(story.refundedMinor)],
      ["payment", story.paymentIntent ?? "none"],
    ]
    if let base = booking.changes { head.append(["changes", base]) }
    head += story.modifications.map {
      ["changed by", "\($0.id), \($0.decision), to \($0.option)"]
    }
    if let hold = story.hold {
      let taken = hold.capturedUs.map { " on \(OperatorText.moment($0))" } ?? ""
      let until = hold.holdsUntilUs.map { " until \(OperatorText.moment($0)) at least" } ?? ""
      let since = OperatorText.moment(hold.authorizedUs)
      head += [
        ["authorised", "\(money(hold.authorizedMinor)) on \(since)"],
        ["captured", "\(money(hold.capturedMinor))\(taken)"],
        ["released", money(hold.releasedMinor)],
        ["still held", "\(money(hold.heldMinor))\(until)"],
      ]
    }
    if let failure = story.failure { head.append(["failure", failure]) }
    head += story.warnings.map { ["warning", $0] }
    var blocks = [OperatorText.table(head)]
    blocks.append(
      OperatorText.table(
        [["PART", "STATUS", "AMOUNT", "REFERENCE", "ERROR"]]
          + story.parts.map {
            [
              $0.slot, $0.status, money($0.amountMinor),
              $0.confirmation ?? $0.reference ?? "none", $0.error ?? "",
            ]
          }))
    if !story.items.isEmpty {
      blocks.append(
        OperatorText.table(
          [["ITEM", "SLOT", "REASON", "STATUS"]]
            + story.items.map {
              [String($0.id), $0.slot, $0.reason, $0.resolution ?? $0.waiting ?? "open"]
            }))
    }
    blocks.append(
      OperatorText.table(
        [["VERSION", "AT", "STATE", "WHAT"]]
          + story.events.map {
            [String($0.version), OperatorText.moment($0.atUs), $0.state, $0.what]
          }))
    return blocks.joined(separator: "\n\n")
  }
}
