import HTTPService
import HTTPTypes
import Wire

extension BookingComClient {
  /// The orders created in a range that carry a label, all pages searched, cancelled ones included.
  ///
  /// `/orders/details` finds them, `/orders/details/accommodations` tells their fees. An order may
  /// become visible some time after it was made: an empty answer proves nothing until that is over.
  func orders(
    label: String, createdFrom: Timestamp, to: Timestamp, currency: Currency? = nil,
    _ context: CallContext
  ) async throws -> Outcome<[HotelOrderDetails]> {
    var found: [String] = []
    var from = createdFrom.wholeSeconds
    // A part of the last second counts whole: an order of that very second must not be missed.
    let end = (to + .microseconds(999_999)).wholeSeconds
    repeat {
      let windowEnd = min(from + Self.longestRange, end)
      var request = BookingComWire.DetailsRequest(
        created: .init(from: Self.text(from), to: Self.text(windowEnd)),
        currency: currency?.code ?? Self.anyCurrency, maximum_results: 100,
        services: ["accommodations"])
      var page: String?
      repeat {
        let outcome = try await exchange.send(
          .post, "/3.2/orders/details", body: exchange.encode(request), context
        ) { reply -> Outcome<BookingComWire.OrderPage> in
          guard reply.status == 200 else { return refusal(reply) }
          guard let page = exchange.decode(BookingComWire.OrderPage.self, from: reply),
            page.data.allSatisfy({ $0.label != label || $0.id != nil })
          else { return exchange.unreadable(reply) }
          return .done(page)
        }
        switch outcome {
        case .done(let answer):
          for order in answer.data where order.label == label {
            if let id = order.id?.text, !found.contains(id) { found.append(id) }
          }
          // The same page again would be followed for ever.
          page = answer.metadata?.next_page == page ? nil : answer.metadata?.next_page
          request = BookingComWire.DetailsRequest(page: page)
        case .rejected(let rejection): return .rejected(rejection)
        case .retry(let retry): return .retry(retry)
        case .unknown(let retry): return .unknown(retry)
        }
      } while page != nil
      // Both ends of a range belong to it.
      from = windowEnd + 1
    } while from <= end
    guard !found.isEmpty else { return .done([]) }
    return try await details(orders: found, currency: currency, context)
  }

  /// Reads at most 100 orders.
  func details(orders: [String], currency: Currency?, _ context: CallContext) async throws
    -> Outcome<[HotelOrderDetails]>
  {
    let body = exchange.encode(
      BookingComWire.DetailsRequest(
        currency: currency?.code ?? Self.anyCurrency, orders: orders))
    return try await exchange.send(
      .post, "/3.2/orders/details/accommodations", body: body, context
    ) { reply in
      guard reply.status == 200 else { return refusal(reply) }
      guard let answer = exchange.decode(BookingComWire.AccommodationOrders.self, from: reply),
        answer.data.allSatisfy({ BookingComWire.AccommodationOrders.statuses.contains($0.status) })
      else { return exchange.unreadable(reply) }
      let orders = answer.data.map { $0.details(preferring: currency) }
      // A cancelled order tells what it costs; without that it would be taken for nothing.
      guard orders.allSatisfy({ !$0.isCancelled || $0.cancellationFee != nil }) else {
        return exchange.unreadable(reply)
      }
      return .done(orders)
    }
  }

  /// Requests must name a currency even when nobody wants the conversion.
  private static let anyCurrency = "EUR"
  /// Seven days, in seconds. Source: Demand API 3.2, `OrderDetailsDatetimeFilterInput`.
  private static let longestRange: Int64 = 7 * 86_400

  /// ISO 8601 in UTC.
  private static func text(_ seconds: Int64) -> String {
    CivilTime.text(seconds * CivilTime.second)
  }
}

extension Timestamp {
  /// Seconds since 1970, rounded down.
  fileprivate var wholeSeconds: Int64 {
    microseconds >= 0 ? microseconds / 1_000_000 : (microseconds - 999_999) / 1_000_000
  }
}
