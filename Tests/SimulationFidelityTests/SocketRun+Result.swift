import BookingServer
import FakeVendors
import Foundation
import GRDB
import HTTPService
import HTTPSockets
import HTTPTypes
import Scenarios

@testable import FakeVendorServer

extension SocketRun {
  /// Reads the database and, over HTTP, the fakes' ledgers.
  func result(_ urls: [VendorName: String]) async throws -> PairedRun {
    var outcomes = try await stored()
    let stripe: StripeBooks = try await get(urls[.stripe], "/_ledger")
    var intents: [String: String] = [:]
    for intent in stripe.paymentIntents {
      let booking = CallTags(intent.baggage).booking
      intents[intent.id] = booking
      outcomes[booking, default: Outcome()].charged += intent.capturedMinor
    }
    for refund in stripe.refunds where refund.status == "succeeded" {
      outcomes[intents[refund.paymentIntent] ?? "", default: Outcome()].refunded +=
        refund.amountMinor
    }
    for vendor in [VendorName.amadeus, .bookingcom, .viator] {
      let books: TravelBooks = try await get(urls[vendor], "/_ledger")
      for item in books.reservations
      where Reservation.Status(rawValue: item.status)?.isLive ?? true {
        let tags = CallTags(item.baggage)
        outcomes[tags.booking, default: Outcome()].live[tags.slot, default: 0] += 1
      }
    }
    let fired: [Fired] = try await get(urls[.stripe], "/_faults/fired")
    var faults: [String: Int] = [:]
    for fault in fired { faults[fault.fault, default: 0] += 1 }
    return PairedRun(outcomes: outcomes, calls: transport.calls, faults: faults)
  }

  /// What the server's database says of every trip.
  private func stored() async throws -> [String: Outcome] {
    try await database.read { db in
      var outcomes: [String: Outcome] = [:]
      for row in try Row.fetchAll(db, sql: "SELECT id, state, warnings FROM trip_booking") {
        let warnings: String = row[2]
        outcomes[row[0]] = Outcome(
          state: row[1],
          warnings: try JSONDecoder().decode([Warning].self, from: Data(warnings.utf8))
            .map(\.slot).sorted())
      }
      let items = try Row.fetchAll(
        db, sql: "SELECT booking_id, slot || ' ' || reason FROM attention_item ORDER BY 2")
      for row in items { outcomes[row[0], default: Outcome()].parked.append(row[1]) }
      return outcomes
    }
  }

  private func get<Value: Decodable>(_ authority: String?, _ path: String) async throws -> Value {
    let request = HTTPRequest(
      method: .get, scheme: "http", authority: authority ?? "", path: path)
    let reply = try await sockets.send(HTTPCall(request), timeout: .seconds(20))
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return try decoder.decode(Value.self, from: Data(reply.body))
  }

  private struct Warning: Decodable { var slot: String }
  private struct StripeBooks: Decodable {
    struct Intent: Decodable {
      var id, baggage: String
      var capturedMinor: Int64
    }
    struct Refund: Decodable {
      var paymentIntent, status: String
      var amountMinor: Int64
    }
    var paymentIntents: [Intent]
    var refunds: [Refund]
  }
  private struct TravelBooks: Decodable {
    struct Item: Decodable { var status, baggage: String }
    var reservations: [Item]
  }
  private struct Fired: Decodable { var fault: String }
}
