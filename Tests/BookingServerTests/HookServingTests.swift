import BookingOrchestrator
import FakeVendors
import HTTPService
import HTTPSockets
import HTTPTypes
import Synchronization
import Testing
import Wire

@testable import BookingServer

struct HookServingTests {
  /// The first sending is refused, so the first event comes twice before the second comes at all.
  @Test func clientIsToldInOrderAndAsDocumented() async throws {
    let folder = try TestFolder()
    let document = try APIDocument(Documentation.document)
    let schema = try #require(document["components", "schemas", "BookingEvent"])
    let endpoint = HookEndpoint()
    let vendors = VendorRig()
    try await endpoint.serve { url in
      try await vendors.serve { settings in
        var settings = settings
        settings.database = folder.path("bookings.sqlite")
        settings.orchestrator.hooks = [
          .default: HookTarget(url: url + "/hooks", secret: "hook-secret-0123456789")
        ]
        try await ServerRig.start(settings, vendors, quiet) { rig in
          let booked = try Answer(try await rig.book("told"))
          #expect(booked.state == "CONFIRMED")
          let cancelled = try await rig.send(
            .post, "/booking/cancel", body: json(["bookingId": booked.bookingId]))
          #expect(try Answer(cancelled).state == "CANCELLED")
          try await eventually("both events were taken") { endpoint.calls.count >= 3 }
          let events = try endpoint.calls.map { try JSONValue($0.body) }
          #expect(
            events.map { $0["type"]?.string } == [
              "booking.confirmed", "booking.confirmed", "booking.cancelled",
            ])
          #expect(events.map { $0["sequence"]?.integer } == [1, 1, 2])
          #expect(events[0] == events[1])
          #expect(events[2]["booking"]?["bookingId"]?.string == booked.bookingId)
          for (event, call) in zip(events, endpoint.calls) {
            #expect(document.faults(event, schema) == [])
            #expect(call.request.path == "/hooks")
            let name = try #require(HTTPField.Name("Turbulence-Signature"))
            let field = call.request.headerFields[name]
            #expect(field?.wholeMatch(of: /t=[0-9]+,v1=[0-9a-f]{64}/) != nil)
          }
          try await eventually("the numbers say so") {
            text(try await rig.send(.get, "/metrics", key: Keys.operator))
              .contains(#"hook_events{status="sent"} 2"#)
          }
        }
      }
    }
  }
}

/// A client's endpoint on a port of its own, which refuses what comes first.
private final class HookEndpoint: HTTPService {
  private let state = Mutex<[HTTPCall]>([])

  var calls: [HTTPCall] { state.withLock { $0 } }

  func respond(to call: HTTPCall) async throws -> HTTPReply {
    let count = state.withLock { calls in
      calls.append(call)
      return calls.count
    }
    return HTTPReply(HTTPResponse(status: count == 1 ? .serviceUnavailable : .noContent))
  }

  /// Serves while the body runs, and tells it the URL.
  func serve(_ body: @escaping @Sendable (String) async throws -> Void) async throws {
    try await withThrowingTaskGroup { group in
      let (ports, port) = AsyncStream.makeStream(of: Int.self)
      group.addTask {
        try await SocketServer(port: 0, service: self, logger: quiet) { port.yield($0) }.run()
      }
      var iterator = ports.makeAsyncIterator()
      try await body("http://127.0.0.1:\(await iterator.next() ?? 0)")
      group.cancelAll()
    }
  }
}
