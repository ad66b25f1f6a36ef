import Foundation
import GRDB
import Testing

@testable import BookingOrchestrator

struct OutboxTests {
  private let booking = BookingID("bk_1")

  /// The only mail after a saga ran and asked for one.
  private func mail(
    _ kind: MailKind, saga: @escaping @Sendable (Database, BookingID) throws -> Void
  ) async throws -> Mail {
    let bed = try APITestBed { db, id in
      try saga(db, id)
      try Outbox.enqueue(db, booking: id, kind: kind, version: 4, at: APITestBed.start)
    }
    try await bed.register()
    _ = try await bed.book()
    let row = try #require(try bed.rows("SELECT * FROM outbox").first)
    #expect(row["status"] == "pending")
    #expect(row["version"] == 4)
    #expect(row["next_us"] == APITestBed.start.microseconds)
    return try JSONDecoder().decode(Mail.self, from: Data((row["payload"] as String).utf8))
  }

  @Test func aConfirmationTellsWhatIsBookedAndPaid() async throws {
    let mail = try await mail(.confirmation, saga: Sagas.confirm)
    #expect(mail.to == "ada@example.com")
    #expect(mail.tag == "confirmation")
    #expect(
      mail.metadata == Mail.Metadata(booking: "bk_1", kind: "confirmation", version: "4"))
    #expect(mail.subject == "Your trip bk_1 is confirmed")
    #expect(
      mail.text == """
        Dear Ada,

        Your trip is confirmed.

        Booked:
        - flight: 2ZYVAL, EUR 100.00
        - hotel: 12345678, EUR 50.00
        - activity 1: ref-activity-1, EUR 12.00
        - activity 2: ref-activity-2, EUR 9.00

        EUR 171.00 was charged.

        Booking reference: N64VCBZQ (bk_1)

        """)
  }

  @Test func everyWarningIsInTheMail() async throws {
    let mail = try await mail(.confirmation, saga: Sagas.confirmWithWarning)
    #expect(mail.subject == "Your trip bk_1 is confirmed, with changes")
    #expect(mail.text.contains("Please note:\n- The boat tour is sold out."))
    #expect(!mail.text.contains("activity 2:"))
    #expect(mail.text.contains("EUR 171.00 was charged and EUR 9.00 of it refunded."))
  }

  @Test func aFailureTellsWhyAndThatNothingWasCharged() async throws {
    let mail = try await mail(.failure, saga: Sagas.fail)
    #expect(mail.subject == "Your trip bk_1 could not be booked")
    #expect(mail.text.contains("could not be booked. The card was declined."))
    #expect(mail.text.contains("Nothing was charged."))
  }

  @Test func aParkedTripTellsWhatIsStillBeingSettled() async throws {
    let mail = try await mail(.failure) { db, id in
      try Sagas.fail(db, id)
      try Sagas.park(db, id, slot: "charge", reason: "outcome-unknown")
    }
    #expect(mail.subject.contains("still being settled"))
    #expect(
      mail.text.contains("The outcome of the payment is not known; our staff is finding out."))
    #expect(mail.text.contains("Whether the card was charged is not known yet"))
    #expect(!mail.text.contains("Nothing was charged"))
  }

  @Test func aBookingHasOneMailOfAKindAndOneForEachNews() async throws {
    let bed = try APITestBed { db, id in
      try Sagas.confirm(db, id)
      for version in 2...3 {
        try Outbox.enqueue(
          db, booking: id, kind: .confirmation, version: version, at: APITestBed.start)
      }
      for version in [4, 4, 5] {
        try Outbox.enqueue(db, booking: id, kind: .update, version: version, at: APITestBed.start)
      }
    }
    try await bed.register()
    _ = try await bed.book()
    #expect(
      try bed.rows("SELECT kind, version FROM outbox ORDER BY id")
        .map { "\($0[0] as String) \($0[1] as Int)" } == ["confirmation 2", "update 4", "update 5"])
  }

  @Test func aMailOfATransactionThatFailsIsNone() async throws {
    let bed = try APITestBed()
    try await bed.register()
    _ = try await bed.book()
    #expect(throws: CancellationError.self) {
      try bed.queue.write { db in
        try Outbox.enqueue(db, booking: booking, kind: .update, version: 2, at: APITestBed.start)
        throw CancellationError()
      }
    }
    #expect(try bed.count("outbox") == 0)
  }

  @Test func aMailIsClaimedByOneReaderAtATime() async throws {
    let bed = try APITestBed { db, id in
      try Sagas.confirm(db, id)
      try Outbox.enqueue(db, booking: id, kind: .confirmation, version: 2, at: APITestBed.start)
    }
    try await bed.register()
    _ = try await bed.book()
    func claim(_ now: Timestamp) throws -> (due: [Outbox.Due], next: Timestamp?) {
      try bed.queue.write { db in
        try Outbox.claim(db, now: now, until: now + .seconds(120), limit: 10)
      }
    }
    let start = APITestBed.start
    let first = try claim(start)
    #expect(first.due.map(\.attempt) == [1])
    #expect(first.next == start + .seconds(120))
    #expect(try claim(start + .seconds(119)).due.isEmpty)
    #expect(try claim(start + .seconds(120)).due.map(\.attempt) == [2])
    // The first claimer is late: it must not shorten the second one's claim.
    let late = try #require(first.due.first)
    try await bed.queue.write { db in try Outbox.postpone(db, late, until: start) }
    #expect(try claim(start + .seconds(121)).due.isEmpty)
  }
}
