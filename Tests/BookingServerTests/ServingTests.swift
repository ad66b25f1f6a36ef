import BookingOrchestrator
import Crypto
import FakeVendors
import Foundation
import GRDB
import HTTPService
import HTTPTypes
import Logging
import Synchronization
import Testing

@testable import BookingServer

struct ServingTests {
  let folder: TestFolder
  init() throws { folder = try TestFolder() }

  @Test func tripIsBookedShownAndCancelled() async throws {
    try await ServerRig.run(folder: folder) { rig in
      let booked = try Answer(try await rig.book("one", activities: 2))
      #expect(booked.state == "CONFIRMED")
      #expect(booked.charged == 60_000)
      let shown = try Answer(try await rig.send(.get, "/booking/\(booked.bookingId)"))
      #expect(shown.state == "CONFIRMED")
      try await eventually("the confirmation is mailed") { rig.vendors.mail.messages.count == 1 }
      let cancelled = try Answer(
        try await rig.send(
          .post, "/booking/cancel", body: json(["bookingId": booked.bookingId])))
      #expect(cancelled.state == "CANCELLED")
      #expect(cancelled.refunded == 60_000)
    }
  }

  @Test func confirmationMailHoldsEveryWarning() async throws {
    try await ServerRig.run(folder: folder) { rig in
      rig.vendors.viatorScript.on("book", CallPlan(fault: .rejected))
      let booked = try Answer(try await rig.book("warned", activities: 2))
      #expect(booked.state == "CONFIRMED")
      try await eventually("the confirmation is mailed") { !rig.vendors.mail.messages.isEmpty }
      let mail = try #require(rig.vendors.mail.messages.first)
      #expect(mail.subject.contains("with changes"))
      #expect(mail.text.contains("Activity 1"))
      #expect(mail.text.contains("Activity 2"))
    }
  }

  /// A row that cannot be read strands its own trip only, and somebody is told.
  @Test(arguments: [
    "saga = '{broken'",
    "state = 'PROCESSING', saga = '{}'",  // Its intent is DONE, and nothing names it any more.
  ])
  func unreadableTripIsReportedAndHindersNoOther(damage: String) async throws {
    let log = Mutex("")
    let logger = Logger(label: "test") {
      JSONLineHandler(label: $0, level: .error) { line in log.withLock { $0 += line } }
    }
    let impatient: (inout Settings) -> Void = { $0.orchestrator.answerWithin = .seconds(1) }
    try await ServerRig.run(folder: folder, logger: logger, change: impatient) { [folder] rig in
      let broken = try Answer(try await rig.book("broken"))
      try await eventually("it is confirmed") { try await rig.isConfirmed(broken) }
      let pool = try GroupCommitDatabase.open(folder.path("bookings.sqlite"))
      try await pool.write { db in try db.execute(sql: "UPDATE trip_booking SET \(damage)") }
      try pool.close()
      _ = try await rig.send(
        .post, "/booking/cancel", body: json(["bookingId": broken.bookingId]))
      try await eventually("the trip is reported") {
        let text = log.withLock { $0 }
        return text.contains("a trip could not be driven") && text.contains(broken.bookingId)
      }
      let sound = try Answer(try await rig.book("sound"))
      try await eventually("the other one is confirmed") { try await rig.isConfirmed(sound) }
    }
  }

  @Test func onlyKeysOpenDoors() async throws {
    try await ServerRig.run(folder: folder) { rig in
      let cases: [(String, String?, Int)] = [
        ("/booking/x", nil, 401), ("/booking/x", "wrong-key-0123456789", 401),
        ("/booking/x", Keys.operator, 403), ("/booking/x", Keys.client, 404),
        ("/nowhere", nil, 401), ("/health", nil, 200),
        ("/metrics", nil, 401), ("/metrics", Keys.client, 403), ("/metrics", Keys.operator, 200),
        ("/operator", nil, 401), ("/operator", Keys.client, 403), ("/operator", Keys.operator, 200),
        ("/operator/bookings/x", nil, 401), ("/operator/bookings/x", Keys.operator, 404),
        ("/operator/../booking/x", Keys.operator, 404),
      ]
      for (path, key, status) in cases {
        let reply = try await rig.send(.get, path, key: key)
        #expect(reply.response.status.code == status, "\(path) with \(key ?? "no key")")
        if status == 401 || status == 403 {
          #expect(reply.response.headerFields[.contentType] == "application/problem+json")
          #expect((reply.response.headerFields[.wwwAuthenticate] != nil) == (status == 401))
        }
      }
      let basic = Data("anna:\(Keys.operator)".utf8).base64EncodedString()
      let page = try await rig.send(
        .get, "/operator", key: nil, fields: [.authorization: "Basic \(basic)"])
      #expect(page.response.status == .ok)
    }
  }

  @Test func bookingIsUnknownToOtherClientsWhateverTheySayTheyAre() async throws {
    try await ServerRig.run(folder: folder) { rig in
      let booked = try Answer(try await rig.book("mine"))
      let path = "/booking/\(booked.bookingId)"
      let cancel = try json(["bookingId": booked.bookingId])
      let claims = HTTPFields([
        .init(name: ClientName.field, value: "default"),
        .init(name: ClientName.field, value: "default"),
      ])
      for fields in [[:], claims] {
        for reply in [
          try await rig.send(.get, path, key: Keys.other, fields: fields),
          try await rig.send(
            .post, "/booking/cancel", body: cancel, key: Keys.other, fields: fields),
        ] {
          #expect(reply.response.status == .notFound)
          #expect(text(reply).contains("booking-unknown"))
        }
      }
      #expect(try await rig.send(.get, path).response.status == .ok)
    }
  }

  @Test func headIsGetWithoutTheBodyAndOptionsAreTold() async throws {
    try await ServerRig.run(folder: folder) { rig in
      let booked = try Answer(try await rig.book("looked-at"))
      let cases: [(String, String?)] = [
        ("/health", nil), ("/booking/\(booked.bookingId)", Keys.client),
        ("/booking/unknown", Keys.client), ("/booking/unknown", nil), ("/metrics", Keys.operator),
        ("/operator", Keys.operator), ("/operator/bookings/\(booked.bookingId)", Keys.operator),
      ]
      for (path, key) in cases {
        let got = try await rig.send(.get, path, key: key)
        let head = try await rig.send(.head, path, key: key)
        #expect(head.response.status == got.response.status, "\(path)")
        #expect(head.body.isEmpty && !got.body.isEmpty, "\(path)")
        // A scrape counts itself, so its next text may be longer.
        let names = Set(got.response.headerFields.map(\.name))
        #expect(Set(head.response.headerFields.map(\.name)) == names, "\(path)")
        if path != "/metrics" {
          let length = head.response.headerFields[.contentLength]
          #expect(length == String(got.body.count), "\(path)")
        }
        guard got.response.status == .ok else { continue }
        let options = try await rig.send(.options, path, key: key)
        #expect(options.response.status == .noContent, "\(path)")
        #expect(options.response.headerFields[.allow] == "GET, HEAD, OPTIONS", "\(path)")
        let refused = try await rig.send(.delete, path, key: key)
        #expect(refused.response.status == .methodNotAllowed, "\(path)")
        #expect(refused.response.headerFields[.allow] == "GET, HEAD, OPTIONS", "\(path)")
      }
    }
  }

  @Test func withoutAnOperatorKeyThereIsNothingForOperators() async throws {
    try await ServerRig.run(folder: folder) {
      $0.operatorKey = ""
    } body: { rig in
      for path in ["/metrics", "/operator"] {
        let reply = try await rig.send(.get, path, key: Keys.operator)
        #expect(reply.response.status == .notFound)
      }
    }
  }

  @Test(arguments: ["", "t=1,v1=00", "signed with another secret", "stale", "oversized"])
  func badWebhookIsRefusedAndChangesNothing(_ kind: String) async throws {
    try await ServerRig.run(
      folder: folder, change: { $0.orchestrator.bodyLimit = 4_096 },
      body: { rig in
        let now = SystemWallClock().now().microseconds / 1_000_000
        var body = Array(
          #"{"id":"evt_1","object":"event","type":"payment_intent.succeeded","created":1,"data":{"object":{"id":"pi_1","object":"payment_intent","status":"succeeded","amount":1,"amount_received":1,"currency":"eur","metadata":{},"created":1}}}"#
            .utf8)
        if kind == "oversized" { body += Array(repeating: UInt8(ascii: " "), count: 8_192) }
        let moment = kind == "stale" ? now - 3_600 : now
        let secret = kind.hasPrefix("signed") ? "whsec_other" : Keys.webhook
        let mac = HMAC<SHA256>.authenticationCode(
          for: Data("\(moment).".utf8) + Data(body), using: SymmetricKey(data: Data(secret.utf8)))
        let hex = mac.map { String(format: "%02x", $0) }.joined()
        let signature = kind.count > 2 && !kind.hasPrefix("t=") ? "t=\(moment),v1=\(hex)" : kind
        let name = try #require(HTTPField.Name("Stripe-Signature"))
        let reply = try await rig.send(
          .post, "/webhooks/stripe", body: body, key: nil, fields: [name: signature])
        #expect(reply.response.status.code == 400, "\(text(reply))")
        let pool = try GroupCommitDatabase.open(rig.settings.database)
        let rows = try await pool.read { db in
          try Int.fetchOne(db, sql: "SELECT count(*) FROM inbox")
        }
        #expect(rows == 0)
      })
  }

  @Test func oversizedBodyIsRefused() async throws {
    try await ServerRig.run(
      folder: folder, change: { $0.orchestrator.bodyLimit = 4_096 },
      body: { rig in
        let body = Array(repeating: UInt8(ascii: "x"), count: 100_000)
        let reply = try await rig.send(.post, "/booking/book", body: body)
        #expect(reply.response.status == .contentTooLarge)
        #expect(try await rig.send(.get, "/health").response.status == .ok)
      })
  }

  @Test func metricsTellWhatHappened() async throws {
    try await ServerRig.run(folder: folder) { rig in
      _ = try await rig.book("measured")
      let text = text(try await rig.send(.get, "/metrics", key: Keys.operator))
      for line in [
        #"http_requests_total{method="POST",route="/booking/book",status="200"} 1"#,
        #"bookings{state="CONFIRMED"} 1"#, #"bookings{state="FAILED"} 0"#,
        #"attention_items_open{reason="refund-failed"} 0"#,
        #"vendor_calls_total{operation="POST /v1/payment_intents/:id/confirm",outcome="200",vendor="stripe"} 1"#,
        #"http_request_duration_seconds_count{method="POST",route="/booking/book"} 1"#,
      ] {
        #expect(text.contains(line + "\n"), "\(line)")
      }
      #expect(text.contains("db_commit_bodies_count"))
    }
  }
}
