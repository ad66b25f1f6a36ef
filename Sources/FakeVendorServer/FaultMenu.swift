import Scenarios

/// The faults that can be ordered, service by service.
enum FaultMenu {
  /// One fault that can be ordered.
  struct Entry: Sendable, Hashable {
    let name: String
    let layer: FaultRule.Layer
    /// The parameters it takes, as they stand in an order's JSON.
    let parameters: [String]
    /// What it does, for people.
    let about: String

    init(_ name: String, _ layer: FaultRule.Layer, _ about: String) {
      self.init(name, layer, [], about)
    }

    init(_ name: String, _ layer: FaultRule.Layer, _ parameters: [String], _ about: String) {
      self.name = name
      self.layer = layer
      self.parameters = parameters
      self.about = about
    }
  }

  /// Returns all faults of a service, in a fixed order.
  static func entries(_ vendor: VendorName) -> [Entry] {
    network + [
      Entry("slow", .slow, ["seconds"], "the service works this long on the call")
    ] + (vendor == .mail ? [] : answers) + own(vendor)
  }

  private static let answers: [Entry] = [
    Entry(BentAnswers.incomplete, .answer, "an answer of success lacks optional members"),
    Entry(
      BentAnswers.oddForms, .answer,
      "an answer of success has optional members of other types, and more than is known"),
  ]

  private static let network: [Entry] = [
    Entry("refused", .network, "the connection is closed before anything happens"),
    Entry("request-lost", .network, ["seconds"], "nothing happens and no answer comes"),
    Entry("reset-before", .network, "the connection is closed before anything happens"),
    Entry("response-lost", .network, ["seconds"], "the service acts, no answer comes"),
    Entry("reset-after", .network, "the service acts, then the connection is closed"),
    Entry(
      "late-effect", .network, ["seconds"],
      "the connection is closed, the service acts this much later"),
    Entry("delivered-twice", .network, ["seconds"], "the service acts again, this much later"),
    Entry("truncated", .network, "the connection is closed in the middle of the answer's body"),
    Entry("garbled", .network, "the answer's body is a page of HTML"),
    Entry("bad-gateway", .network, ["effect"], "a 502 with a page of HTML, effect before or after"),
  ]

  private static func own(_ vendor: VendorName) -> [Entry] {
    switch vendor {
    case .stripe:
      [
        Entry("decline", .service, ["code", "decline_code"], "the card is declined"),
        Entry("requires-action", .service, "the bank wants the customer to authenticate"),
        Entry("processing", .service, ["seconds", "succeeds"], "processing first"),
        Entry("rate-limited", .service, "429 before the idempotency layer"),
        Entry("lock-timeout", .service, "429 lock_timeout"),
        Entry("error-500", .service, ["effect"], "a stored 500, before the effect or after it"),
        Entry("refund-pending", .service, ["seconds", "succeeds"], "the refund is pending first"),
        Entry(
          "refund-by-hand", .service, ["seconds"],
          "all of the confirmed payment is refunded in the dashboard, later"),
        Entry(
          "dispute", .service, ["seconds", "succeeds"],
          "the confirmed payment is disputed later, and decided as much later again"),
        Entry(
          "cancelled-by-hand", .service, ["seconds"],
          "somebody cancels the created intent, unless it was confirmed by then"),
        Entry(
          "confirmed-by-hand", .service, ["seconds"],
          "another program confirms the created intent, unless it was confirmed by then"),
        Entry("refund-fails-later", .service, ["seconds"], "a succeeded refund fails after this"),
        Entry("webhook-delay", .webhook, ["seconds"], "the event is sent this much later"),
        Entry("webhook-early", .webhook, "the event comes before the answer to its cause"),
        Entry("webhook-twice", .webhook, ["seconds"], "the event is sent again, this much later"),
        Entry("webhook-forged", .webhook, "one with a wrong signature comes before the event"),
        Entry("webhook-stale", .webhook, "one with an old timestamp comes before the event"),
      ]
    case .amadeus:
      [
        Entry("sell-failure", .service, "34651: the airline does not sell the seats"),
        Entry("price-discrepancy", .service, "37200: the price moved"),
        Entry("repriced", .service, ["minor"], "pricing finds another price"),
        Entry("price-odd", .service, "pricing tells more digits than money has"),
        Entry("quote-expired", .service, "4926: the offer is no longer valid"),
        Entry("error-500", .service, ["effect"], "500 141, before the effect or after it"),
        Entry("too-many-requests", .service, "429 38194"),
        Entry("token-expired", .service, "401 38192 before its time"),
        Entry("schedule-change", .service, ["seconds", "minutes"], "the departure moves later on"),
        Entry("cancelled-by-airline", .service, ["seconds"], "the airline cancels, later on"),
        Entry("cancel-refused-twice", .service, "a second cancel is answered 400"),
      ]
    case .bookingcom:
      [
        Entry("unavailable", .service, "409 order_unavailable"),
        Entry("repriced", .service, ["minor"], "the preview shows another price"),
        Entry("price-odd", .service, "the preview shows more digits than money has"),
        Entry("token-expired", .service, "400 expired_token although it is young"),
        Entry("duplicate-request", .service, "409 although this very request made the order"),
        Entry("error-500", .service, ["effect"], "a 500, before the effect or after it"),
        Entry("too-many-requests", .service, "429"),
        Entry("cancelled-by-property", .service, ["seconds"], "the hotel cancels, later on"),
        Entry(
          "cancelled-by-traveller", .service, ["seconds"],
          "the traveller cancels at the property, later on"),
        Entry("cancel-conflict", .service, "a cancel is answered 409 and may be asked again"),
      ]
    case .viator:
      [
        Entry("sold-out", .service, "SOLD_OUT in a 200, this once"),
        Entry("rejected", .service, "REJECTED in a 200"),
        Entry("pending", .service, ["seconds", "succeeds"], "PENDING first"),
        Entry("error-500", .service, ["effect"], "a 500, before the effect or after it"),
        Entry("unavailable", .service, "503 with Retry-After"),
        Entry("too-many-requests", .service, "429"),
        Entry("cancelled-by-supplier", .service, ["seconds"], "the supplier cancels, later on"),
        Entry(
          "cancelled-by-traveller", .service, ["seconds"],
          "the traveller cancels at the supplier, later on"),
        Entry("cancel-declined", .service, "a cancel is declined and works later"),
        Entry("never-cancellable", .service, "a cancel is declined for ever"),
      ]
    case .mail:
      [
        Entry("message-refused", .service, "422: the recipient is inactive"),
        Entry("error-500", .service, ["effect"], "a 500, before the message is taken or after it"),
        Entry("too-many-requests", .service, "429"),
      ]
    }
  }
}
