import BookingOrchestrator
import Foundation
import HTTPService
import HTTPTypes
import Logging
import Synchronization
import Testing

@testable import BookingServer

/// Links on a whole server: its doors, its limits, and what it writes about them.
struct SharingTests {
  let folder: TestFolder
  init() throws { folder = try TestFolder() }

  private struct Made: Decodable {
    var id: String
    var url: String
  }

  private static func share(_ rig: ServerRig, _ name: String) async throws -> (Answer, Made) {
    let booked = try Answer(try await rig.book(name))
    let reply = try await rig.send(.post, "/booking/\(booked.bookingId)/share")
    try #require(reply.response.status == .created)
    return (booked, try JSONDecoder().decode(Made.self, from: Data(reply.body)))
  }

  @Test func whoeverHasTheLinkComesInWithoutAKey() async throws {
    try await ServerRig.run(folder: folder) { rig in
      let (booked, link) = try await Self.share(rig, "shared")
      let page = try await rig.send(.get, link.url, key: nil)
      #expect(page.response.status == .ok)
      #expect(text(page).contains("The trip is confirmed."))
      #expect(!text(page).contains(booked.bookingId) && !text(page).contains("ada@example.com"))
      let pdf = try await rig.send(.get, "\(link.url).pdf", key: nil)
      #expect(pdf.body.starts(with: Array("%PDF-".utf8)))
      let calendar = try await rig.send(.get, "\(link.url).ics", key: nil)
      #expect(text(calendar).hasPrefix("BEGIN:VCALENDAR\r\n"))
      let own = try await rig.send(.get, "/booking/\(booked.bookingId)/itinerary.pdf")
      #expect(own.body.starts(with: Array("%PDF-".utf8)))
      let gone = try await rig.send(.delete, "/booking/\(booked.bookingId)/share/\(link.id)")
      #expect(gone.response.status == .noContent)
      let after = try await rig.send(.get, link.url, key: nil)
      #expect(after.response.status == .notFound)
      #expect(try await rig.send(.get, "/share/nothing", key: nil).body == after.body)
      #expect(
        try await rig.send(.get, "/booking/\(booked.bookingId)/share", key: nil).response.status
          == .unauthorized)
    }
  }

  @Test func oneAddressMayNotOpenLinksWithoutEnd() async throws {
    try await ServerRig.run(folder: folder) { rig in
      var last: HTTPReply?
      for number in 0..<200 {
        // What a client says of itself gives it no new bucket.
        last = try await rig.send(
          .get, "/share/nothing", key: nil, fields: [SharedLinks.peer: "10.0.0.\(number)"])
        if last?.response.status == .tooManyRequests { break }
      }
      #expect(last?.response.status == .tooManyRequests)
      #expect(last?.response.headerFields[.retryAfter] == "1")
      #expect(try await rig.send(.get, "/health", key: nil).response.status == .ok)
    }
  }

  /// Neither a log nor the metrics tell a token, whatever becomes of the request.
  @Test func noTokenIsWrittenDown() async throws {
    let log = Mutex("")
    let logger = Logger(label: "test") {
      JSONLineHandler(label: $0, level: .trace) { line in log.withLock { $0 += line } }
    }
    try await ServerRig.run(folder: folder, logger: logger) { rig in
      let (booked, link) = try await Self.share(rig, "quiet")
      for ending in ["", ".pdf", ".ics", "/x", "?y=1"] {
        _ = try await rig.send(.get, link.url + ending, key: nil)
        _ = try await rig.send(.put, link.url + ending, key: nil)
      }
      let metrics = text(try await rig.send(.get, "/metrics", key: Keys.operator))
      let token = link.url.dropFirst("/share/".count)
      #expect(token.utf8.count == 32)
      let lines = log.withLock { $0 }
      #expect(!lines.contains(token) && !metrics.contains(token))
      for route in ["/share/:token", "/share/:token.pdf", "/share/:token.ics"] {
        #expect(lines.contains("GET \(route)"))
        #expect(metrics.contains(route))
      }
      #expect(lines.contains("POST /booking/:id/share"))
      #expect(lines.contains(booked.bookingId))
    }
  }

  @Test func everySecretIsAnother() {
    let secrets = (0..<100).map { _ in SystemSecrets().secret(bytes: 24, hint: "") }
    #expect(Set(secrets).count == 100)
    #expect(Set(secrets.flatMap { $0 }).count > 200)
  }
}
