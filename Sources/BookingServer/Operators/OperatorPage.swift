import BookingOrchestrator
import Mustache

/// The operators' page: server-rendered, without scripts, readable in any browser.
enum OperatorPage {
  /// What the first page shows.
  struct Overview: Sendable {
    var states: [(state: TripState, count: Int)]
    var items: [OperatorStore.Item]
    var untold: [OperatorStore.UntoldEvent]
    var bookings: [OperatorStore.Line]
  }

  /// Renders the first page: states, parked items, events that clients were not told, latest bookings.
  static func overview(_ overview: Overview) -> String {
    render(
      "overview", title: "Bookings",
      [
        "states": overview.states.map { ["state": $0.state.rawValue, "count": String($0.count)] },
        "items": overview.items.map(item),
        "hasItems": !overview.items.isEmpty,
        "untold": overview.untold.map(event), "hasUntold": !overview.untold.isEmpty,
        "bookings": overview.bookings.map(line),
        "hasBookings": !overview.bookings.isEmpty,
      ])
  }

  /// Renders one booking: where it stands, its parts, its items, what its client was not told, its timeline.
  static func booking(
    _ story: OperatorStore.BookingHistory, untold: [OperatorStore.UntoldEvent] = []
  ) -> String {
    func money(_ minor: Int64) -> String { OperatorText.money(minor, story.booking.currency) }
    return render(
      "booking", title: "Booking \(story.booking.id)",
      [
        "booking": line(story.booking), "option": story.option,
        "charged": money(story.chargedMinor), "refunded": money(story.refundedMinor),
        "hold": story.hold.map { hold(of: $0, money) } as Any? ?? false,
        "payment": story.paymentIntent ?? "none", "failure": story.failure as Any? ?? false,
        "warnings": story.warnings,
        "modifications": story.modifications.map { change in
          [
            "id": change.id, "decision": change.decision, "to": change.option,
            "at": OperatorText.moment(change.createdUs),
          ]
        },
        "hasModifications": !story.modifications.isEmpty,
        "parts": story.parts.map { part in
          [
            "slot": part.slot, "status": part.status, "amount": money(part.amountMinor),
            "reference": part.confirmation ?? part.reference ?? "none", "error": part.error ?? "",
          ]
        },
        "items": story.items.map(item), "hasItems": !story.items.isEmpty,
        "untold": untold.map(event), "hasUntold": !untold.isEmpty,
        "events": story.events.map { event in
          [
            "version": String(event.version), "at": OperatorText.moment(event.atUs),
            "state": event.state, "what": event.what,
          ]
        },
      ])
  }

  /// Renders a page that says why there is nothing to see.
  static func notFound(_ text: String) -> String {
    render("missing", title: "Nothing here", ["text": text])
  }

  /// What was held on the card, and what became of it.
  private static func hold(
    of hold: OperatorStore.Hold, _ money: (Int64) -> String
  ) -> [String: Any] {
    [
      "authorized": money(hold.authorizedMinor), "held": money(hold.heldMinor),
      "since": OperatorText.moment(hold.authorizedUs), "captured": money(hold.capturedMinor),
      "capturedAt": hold.capturedUs.map(OperatorText.moment) as Any? ?? false,
      "released": money(hold.releasedMinor),
      "until": hold.holdsUntilUs.map(OperatorText.moment) as Any? ?? false,
    ]
  }

  private static func line(_ booking: OperatorStore.Line) -> [String: Any] {
    [
      "id": booking.id, "state": booking.state, "isParked": booking.needsAttention,
      "total": OperatorText.money(booking.totalMinor, booking.currency),
      "created": OperatorText.moment(booking.createdUs),
      "updated": OperatorText.moment(booking.updatedUs),
      "changes": booking.changes as Any? ?? false,
    ]
  }

  private static func event(_ event: OperatorStore.UntoldEvent) -> [String: Any] {
    [
      "id": String(event.id), "booking": event.booking, "sequence": String(event.sequence),
      "client": event.client, "kind": event.kind, "tries": String(event.tries),
      "result": event.result, "created": OperatorText.moment(event.createdUs),
      "ended": OperatorText.moment(event.endedUs),
    ]
  }

  private static func item(_ item: OperatorStore.Item) -> [String: Any] {
    let settled = item.resolution.map { resolution in
      [resolution, item.resolvedBy.map { "by \($0)" }, item.note].compactMap(\.self)
        .filter { !$0.isEmpty }.joined(separator: ", ")
    }
    return [
      "id": String(item.id), "booking": item.booking, "slot": item.slot, "reason": item.reason,
      "known": OperatorText.known(item.known).map { ["name": $0.name, "value": $0.value] },
      "advice": item.advice, "since": OperatorText.moment(item.createdUs),
      "status": settled ?? item.waiting.map { "\($0) is waiting for the server" } ?? "open",
      "mayRetry": item.resolvedUs == nil
        && OperatorCommand.whyNoRetry(reason: item.reason) == nil,
      "isOpen": item.resolvedUs == nil,
    ]
  }

  private static func render(_ name: String, title: String, _ values: [String: Any]) -> String {
    var values = values
    values["title"] = title
    guard let html = library?.render(values, withTemplate: name) else {
      // The templates are constants, and a test renders each.
      preconditionFailure("the template '\(name)' cannot be rendered")
    }
    return html
  }

  private static let library: MustacheLibrary? = try? MustacheLibrary(templates: [
    "overview": MustacheTemplate(string: head + OperatorTemplates.overview + foot),
    "booking": MustacheTemplate(string: head + OperatorTemplates.booking + foot),
    "missing": MustacheTemplate(string: head + OperatorTemplates.missing + foot),
  ])
  private static let head = OperatorTemplates.head
  private static let foot = OperatorTemplates.foot
}
