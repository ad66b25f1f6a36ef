import ArgumentParser
import BookingOrchestrator
import FakeVendors
import Foundation
import GRDB
import HTTPService
import HTTPTypes
import Testing

@testable import BookingServer

struct AttentionTests {
  let folder: TestFolder
  init() throws { folder = try TestFolder() }

  private func story(_ settings: Settings, _ booking: String) async throws
    -> OperatorStore.BookingHistory
  {
    let pool = try GroupCommitDatabase.open(settings.database)
    return try #require(try await pool.read { db in try OperatorStore.story(db, booking) })
  }

  @Test func failedRefundIsRetriedAndPaid() async throws {
    let vendors = VendorRig()
    let id = Note()
    try await vendors.serve { [folder] settings in
      var settings = settings
      settings.database = folder.path("bookings.sqlite")
      vendors.bookingComScript.on("create", CallPlan(fault: .unavailable))
      vendors.stripeScript.on(
        "refunds.create",
        CallPlan(fault: .refundPending(settlesAfter: .milliseconds(50), succeeds: false)))
      try await ServerRig.start(settings, vendors, quiet) { rig in
        let answer = try Answer(try await rig.book("owed"))
        #expect(answer.state == "FAILED")
        await id.set(answer.bookingId)
        try await eventually("the failed refund is parked") {
          try Answer(try await rig.send(.get, "/booking/\(answer.bookingId)")).needsAttention
        }
        let page = text(try await rig.send(.get, "/operator", key: Keys.operator))
        #expect(page.contains("refund-failed") && page.contains(answer.bookingId))
      }
      let booking = await id.value
      let open = try await story(settings, booking)
      let item = try #require(open.items.first)
      #expect(item.reason == "refund-failed" && item.resolution == nil)
      #expect(open.refundedMinor == 0)

      try await run(
        ["attention", "retry", "\(item.id)", "--by", "anna", "--note", "card renewed"], settings)
      // Twice is once.
      await #expect(throws: ExitCode.self) {
        try await run(["attention", "abandon", "\(item.id)", "--note", "no"], settings)
      }
      vendors.stripeScript.calm()
      try await ServerRig.start(settings, vendors, quiet) { rig in
        try await eventually("the refund is paid") {
          let answer = try Answer(try await rig.send(.get, "/booking/\(booking)"))
          return answer.refunded == answer.charged && !answer.needsAttention
        }
      }
      let settled = try await story(settings, booking)
      #expect(settled.items.map(\.resolution) == ["retried"])
      #expect(settled.items.first?.resolvedBy == "anna")
      #expect(
        settled.events.contains {
          $0.what.contains("anna decided retry") && $0.what.contains("card renewed")
        })
      #expect(vendors.stripe.refunds.count == 2)
      #expect(vendors.stripe.refunds.filter { $0.status == "succeeded" }.count == 1)
    }
  }

  @Test func lostFlightOrderIsNeverRetriedButCanBeMarkedDone() async throws {
    let vendors = VendorRig()
    let id = Note()
    try await vendors.serve { [folder] settings in
      var settings = settings
      settings.database = folder.path("bookings.sqlite")
      vendors.amadeusScript.on("create", CallPlan(fault: .systemError(order: true)))
      try await ServerRig.start(settings, vendors, quiet) { rig in
        let answer = try Answer(try await rig.book("lost"))
        #expect(answer.state == "FAILED" && answer.needsAttention)
        #expect(answer.refunded == answer.charged)
        await id.set(answer.bookingId)
      }
      let booking = await id.value
      let item = try #require(try await story(settings, booking).items.first)
      #expect(item.reason == "flight-order-lost")
      await #expect(throws: ExitCode.self) {
        try await run(["attention", "retry", "\(item.id)"], settings)
      }
      try await run(
        ["attention", "mark-done", "\(item.id)", "--by", "ben", "--note", "airline cancelled it"],
        settings)
      try await ServerRig.start(settings, vendors, quiet) { rig in
        try await eventually("the item is settled") {
          try !Answer(try await rig.send(.get, "/booking/\(booking)")).needsAttention
        }
      }
      let settled = try await story(settings, booking)
      #expect(settled.items.map(\.resolution) == ["done"])
      #expect(settled.items.first?.note == "airline cancelled it")
      #expect(settled.events.last?.what.contains("ben decided mark-done") == true)
      #expect(settled.parts.first?.status == "FAILED")
      // D11: nobody called the airline again.
      #expect(vendors.amadeus.createRequests.count == 1)
    }
  }

  @Test func listsAndShowsForPeopleAndPrograms() async throws {
    try await ServerRig.run(folder: folder) { rig in
      let booked = try Answer(try await rig.book("seen"))
      for arguments in [
        ["attention", "list"], ["attention", "list", "--all", "--json"], ["bookings", "list"],
        ["bookings", "list", "--state", "confirmed", "--json"],
        ["bookings", "show", booked.bookingId], ["bookings", "show", booked.bookingId, "--json"],
      ] {
        try await run(arguments, rig.settings)
      }
      await #expect(throws: ExitCode.self) {
        try await run(["bookings", "show", "bk_0"], rig.settings)
      }
      await #expect(throws: ExitCode.self) {
        try await run(["attention", "show", "7"], rig.settings)
      }
    }
  }

  /// What a client was not told is on the page with its reason, and is sent again once.
  @Test func eventThatWasGivenUpIsListedAndSentAgain() async throws {
    try await ServerRig.run(folder: folder) { rig in
      let booked = try Answer(try await rig.book("untold"))
      let pool = try GroupCommitDatabase.open(rig.settings.database)
      try await pool.write { db in
        try db.execute(
          sql: """
            INSERT INTO hook_event (booking_id, sequence, client, kind, payload, status, attempts,
              created_us, next_us, ended_us, result)
            VALUES (?, 1, 'acme', 'booking.confirmed', '{}', 'given-up', 97, 0, 0, 86400000000,
              'answered <410>')
            """, arguments: [booked.bookingId])
      }
      for path in ["/operator", "/operator/bookings/\(booked.bookingId)"] {
        let page = text(try await rig.send(.get, path, key: Keys.operator))
        for word in [
          "What clients were not told", booked.bookingId, "acme", "booking.confirmed", ">97<",
          "answered &lt;410&gt;", "1970-01-02 00:00:00.000Z",
        ] { #expect(page.contains(word), "\(word) on \(path)") }
      }
      try await run(["hooks"], rig.settings)
      try await run(["hooks", "list", "--booking", booked.bookingId, "--json"], rig.settings)
      try await run(["hooks", "resend", "1", "--by", "anna"], rig.settings)
      for number in ["1", "2"] {
        await #expect(throws: ExitCode.self) {
          try await run(["hooks", "resend", number], rig.settings)
        }
      }
      let left = try await pool.read { db in
        try String.fetchOne(
          db, sql: "SELECT status || ' ' || attempts || ' ' || resent_by FROM hook_event")
      }
      #expect(left == "pending 0 anna")
      let page = text(try await rig.send(.get, "/operator", key: Keys.operator))
      #expect(!page.contains("What clients were not told"))
    }
  }

  @Test func pageEscapesWhatOthersWrote() async throws {
    let stored = #"""
      {"booking": {"id": "bk_1", "state": "FAILED", "needsAttention": true, "currency": "EUR",
        "totalMinor": 1250, "createdUs": 0, "updatedUs": 0},
       "option": "<script>alert(1)</script>", "chargedMinor": 1250, "refundedMinor": 0,
       "failure": "x: <b>", "warnings": ["\"&<i>"], "parts": [], "items": [],
       "events": [{"version": 1, "atUs": 0, "state": "FAILED", "needsAttention": true,
         "what": "<img src=x>"}],
       "modifications": [{"id": "md_1", "decision": "DONE", "option": "<b>", "createdUs": 0}]}
      """#
    let story = try JSONDecoder().decode(OperatorStore.BookingHistory.self, from: Data(stored.utf8))
    let html = OperatorPage.booking(story)
    for bad in ["<script>", "<b>", "<i>", "<img"] { #expect(!html.contains(bad)) }
    #expect(html.contains("&lt;script&gt;") && html.contains("EUR 12.50"))
    #expect(html.contains("1970-01-01 00:00:00.000Z"))
  }

  @Test func pageTellsWhatIsHeldAndUntilWhen() async throws {
    let stored = #"""
      {"booking": {"id": "bk_1", "state": "PROCESSING", "needsAttention": false, "currency": "EUR",
        "totalMinor": 1250, "createdUs": 0, "updatedUs": 0},
       "option": "t", "chargedMinor": 0, "refundedMinor": 0, "warnings": [], "parts": [], "items": [],
       "modifications": [],
       "hold": {"authorizedMinor": 1250, "heldMinor": 1250, "capturedMinor": 0, "releasedMinor": 0,
         "authorizedUs": 0, "holdsUntilUs": 410400000000}, "events": []}
      """#
    var story = try JSONDecoder().decode(OperatorStore.BookingHistory.self, from: Data(stored.utf8))
    let html = OperatorPage.booking(story)
    for told in [
      "<dt>Authorised</dt><dd>EUR 12.50", "<dt>Captured</dt><dd>EUR 0.00</dd>",
      "<dt>Released</dt><dd>EUR 0.00</dd>", "<dt>Still held</dt><dd>EUR 12.50",
      "until 1970-01-05 18:00:00.000Z at least",
    ] { #expect(html.contains(told), "\(told)") }
    story.hold = nil
    #expect(!OperatorPage.booking(story).contains("Authorised"))
  }

  @Test(arguments: [false, true])
  func whatIsHeldIsTakenOrReleased(isTaken: Bool) async throws {
    let vendors = VendorRig()
    let id = Note()
    try await vendors.serve { [folder] settings in
      var settings = settings
      settings.database = folder.path("bookings.sqlite")
      settings.orchestrator.capture = .whenBooked
      if !isTaken { vendors.bookingComScript.on("create", CallPlan(fault: .unavailable)) }
      try await ServerRig.start(settings, vendors, quiet) { rig in
        let answer = try Answer(try await rig.book("held"))
        #expect(answer.state == (isTaken ? "CONFIRMED" : "FAILED"))
        await id.set(answer.bookingId)
        let page = text(
          try await rig.send(.get, "/operator/bookings/\(answer.bookingId)", key: Keys.operator))
        #expect(page.contains("<dt>Authorised</dt>"))
      }
      let hold = try #require(try await story(settings, await id.value).hold)
      let total = hold.authorizedMinor
      #expect(total > 0)
      #expect(hold.capturedMinor == (isTaken ? total : 0))
      #expect(hold.releasedMinor == (isTaken ? 0 : total))
      #expect(hold.heldMinor == 0 && hold.holdsUntilUs == nil)
    }
  }

  /// Runs a command as the program would.
  private func run(_ arguments: [String], _ settings: Settings) async throws {
    var command = try BookingServerCommand.parseAsRoot(
      arguments + ["--database", settings.database])
    if var asynchronous = command as? any AsyncParsableCommand {
      try await asynchronous.run()
    } else {
      try command.run()
    }
  }
}

private actor Note {
  var value = ""
  func set(_ new: String) { value = new }
}
