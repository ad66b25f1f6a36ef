import BookingOrchestrator
import FakeVendors
import Foundation
import HTTPService
import HTTPSockets
import HTTPTypes
import Scenarios
import Simulation
import Wire

@testable import Audit
@testable import FakeVendorServer
@testable import Worlds

extension SocketRun {
  /// Has all clients come at their times, with the trips that they have in the simulated world.
  func letClientsCome() async throws {
    let generator = TripGenerator(
      played.scenario, streams: Streams(seed: played.seed),
      epochMicroseconds: vendors.clock.microseconds)
    let begin = vendors.clock.now
    try await withThrowingTaskGroup(of: Void.self) { group in
      for (number, arrival) in generator.arrivals().enumerated() {
        let trip = offered(generator.trip(number, arrival: arrival))
        group.addTask {
          try await vendors.clock.sleep(
            until: begin.advanced(by: .microseconds(arrival)), tolerance: nil)
          try await live(trip)
        }
      }
      try await group.waitForAll()
    }
  }

  /// Puts a trip on sale.
  private func offered(_ trip: TripGenerator.Trip) -> TripGenerator.Trip {
    var trip = trip
    let flight = Catalogue.Flight(offer: trip.flight, capacity: trip.seats)
    vendors.catalogue.add(
      Catalogue.Stock(
        flights: [flight], rooms: [Catalogue.Room(product: trip.hotel, capacity: trip.rooms)],
        activities: zip(trip.activities, trip.places).map {
          Catalogue.Activity(product: $0, capacity: $1)
        }))
    trip.offered.option.flight.offer = vendors.catalogue.offerJSON(flight)
    return trip
  }

  /// A client's life: registers, books, and looks until it has its final answer.
  private func live(_ trip: TripGenerator.Trip) async throws {
    let plan = ClientPlan(
      played.scenario.clients, streams: Streams(seed: played.seed), client: trip.client)
    _ = try await ask(
      .post, "/trip/options", body: encode(trip.offered.option), patience: plan.patience)
    let asked = vendors.clock.now
    var answer = try await ask(
      .post, "/booking/book", key: trip.offered.key, body: encode(trip.offered.body),
      patience: plan.patience)
    while answer.status >= 500 || answer.result == .unknown {
      try await vendors.clock.sleep(for: .seconds(1))
      answer = try await ask(
        .post, "/booking/book", key: trip.offered.key, body: encode(trip.offered.body),
        patience: plan.patience)
    }
    while answer.result == .ok, !answer.isTerminal, let id = answer.view.bookingId {
      try await vendors.clock.sleep(for: .seconds(5))
      let look = try await ask(.get, "/booking/\(id)", patience: plan.patience)
      if look.result == .ok { answer = look }
    }
    if let delay = plan.cancelAfter, let id = answer.view.bookingId {
      try await vendors.clock.sleep(until: asked.advanced(by: delay), tolerance: nil)
      _ = try await ask(
        .post, "/booking/cancel", key: "cancel-\(trip.client)",
        body: Array("{\"bookingId\":\"\(id)\"}".utf8), patience: plan.patience)
    }
  }

  private func encode(_ value: some Encodable) throws -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return Array(try encoder.encode(value))
  }

  private func ask(
    _ method: HTTPRequest.Method, _ path: String, key: String = "", body: [UInt8] = [],
    patience: Duration
  ) async throws -> ClientAnswer {
    var request = HTTPRequest(
      method: method, scheme: "http", authority: "127.0.0.1:\(port)", path: path)
    request.headerFields[.authorization] = "Bearer \(Self.clientKey)"
    if !key.isEmpty { request.headerFields[.idempotencyKey] = key }
    if !body.isEmpty { request.headerFields[.contentType] = "application/json" }
    do {
      return ClientAnswer(
        try await sockets.send(HTTPCall(request, body: body), timeout: patience / played.speed),
        decoder: JSONTextDecoder())
    } catch is TransportError {
      return .none
    }
  }
}
