package import ArgumentParser
import BookingOrchestrator
import Foundation
import GRDB

/// `booking-server attention`
package struct AttentionCommand: AsyncParsableCommand {
  package static let configuration = CommandConfiguration(
    commandName: "attention",
    abstract: "What only a person can settle: lists it, and takes decisions about it.",
    discussion: """
      A decision is written into the booking's inbox. The server that runs on the same file carries it
      out within half a minute, one that is down when it starts again; 'show' tells what came of it.
      """,
    subcommands: [
      ListAttention.self, ShowAttention.self, RetryAttention.self, MarkDoneAttention.self,
      AbandonAttention.self,
    ],
    defaultSubcommand: ListAttention.self)

  /// Creates the command.
  package init() {}
}

struct ListAttention: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "Lists what is parked.")
  @OptionGroup var options: OperatorOptions
  @Flag(help: "Also what is settled.") var all = false

  func run() async throws {
    let items = try await options.open().read { [all] db in try OperatorStore.items(db, all: all) }
    try options.answer(items) {
      guard !items.isEmpty else { return "nothing is parked" }
      let rows = items.map { item in
        [
          String(item.id), item.booking, item.slot, item.reason,
          item.resolution ?? item.waiting.map { "\($0) waits" } ?? "open",
          OperatorText.moment(item.createdUs),
        ]
      }
      return OperatorText.table([["ID", "BOOKING", "SLOT", "REASON", "STATUS", "SINCE"]] + rows)
    }
  }
}

struct ShowAttention: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Shows one item: what is known, and what to do.")
  @OptionGroup var options: OperatorOptions
  @Argument(help: "The item's number.") var id: Int64

  func run() async throws {
    let item = try await options.open().read { [id] db in try OperatorStore.item(db, id) }
    guard let item else {
      complain(OperatorStore.Refused.noItem(id))
      throw Exit.refused
    }
    try options.answer(item) {
      var rows = [
        ["item", String(item.id)], ["booking", item.booking], ["slot", item.slot],
        ["reason", item.reason], ["since", OperatorText.moment(item.createdUs)],
        ["reference", item.reference ?? "none"], ["advice", item.advice],
      ]
      rows += OperatorText.known(item.known).map { [$0.name, $0.value] }
      if let resolved = item.resolvedUs {
        let by = item.resolvedBy.map { " by \($0)" } ?? ""
        rows.append([
          "settled", "\(item.resolution ?? "")\(by) at \(OperatorText.moment(resolved))",
        ])
      }
      if let note = item.note, !note.isEmpty { rows.append(["note", note]) }
      if let waiting = item.waiting { rows.append(["waits", "\(waiting), for the server"]) }
      if item.resolvedUs == nil, let why = OperatorCommand.whyNoRetry(reason: item.reason) {
        rows.append(["retry", "no: \(why)"])
      }
      return OperatorText.table(rows)
    }
  }
}

/// What the three decisions have in common.
private func decide(
  _ verb: OperatorCommand.Verb, _ id: Int64, by: String?, note: String, _ options: OperatorOptions
) async throws {
  let who = by ?? ProcessInfo.processInfo.environment["USER"] ?? "operator"
  let now = SystemWallClock().now()
  let pool = try await options.open()
  let item: OperatorStore.Item?
  do {
    item = try await pool.write { db in
      try OperatorStore.submit(db, item: id, verb: verb, by: who, note: note, at: now)
      return try OperatorStore.item(db, id)
    }
  } catch let refused as OperatorStore.Refused {
    complain(refused)
    throw Exit.refused
  }
  try options.answer(item) {
    "item \(id): \(verb.rawValue) noted for \(who); the server carries it out within half a minute"
  }
}

struct RetryAttention: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "retry", abstract: "Has a refused undo or a failed refund tried again.")
  @OptionGroup var options: OperatorOptions
  @Argument(help: "The item's number.") var id: Int64
  @Option(help: "Who decides; else USER.") var by: String?
  @Option(help: "Why.") var note = ""

  func run() async throws { try await decide(.retry, id, by: by, note: note, options) }
}

struct MarkDoneAttention: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "mark-done", abstract: "Notes that an item was settled by hand.")
  @OptionGroup var options: OperatorOptions
  @Argument(help: "The item's number.") var id: Int64
  @Option(help: "Who decides; else USER.") var by: String?
  @Option(help: "How it was settled.") var note: String

  func run() async throws { try await decide(.markDone, id, by: by, note: note, options) }
}

struct AbandonAttention: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "abandon", abstract: "Notes that nothing more will be done about an item.")
  @OptionGroup var options: OperatorOptions
  @Argument(help: "The item's number.") var id: Int64
  @Option(help: "Who decides; else USER.") var by: String?
  @Option(help: "Why.") var note: String

  func run() async throws { try await decide(.abandon, id, by: by, note: note, options) }
}
