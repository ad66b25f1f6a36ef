import ArgumentParser
import BookingOrchestrator
import FakeVendors
import Foundation
import GRDB
import HTTPTypes
import Testing

@testable import BookingServer

struct BackupTests {
  let folder: TestFolder
  init() throws { folder = try TestFolder() }

  /// Copies are made while bookings are written; a server that starts on one knows what it held.
  @Test func copyOfADatabaseInUseIsWholeAndGoesOn() async throws {
    try await ServerRig.run(folder: folder) { [folder] rig in
      let first = try Answer(try await rig.book("first"))
      let copies = try await withThrowingTaskGroup(of: Void.self, returning: [String].self) {
        group in
        group.addTask {
          for number in 0..<12 { _ = try await rig.book("meanwhile-\(number)", activities: 1) }
        }
        var copies: [String] = []
        for number in 0..<6 {
          let copy = folder.path("copy-\(number).sqlite")
          try await Self.backUp(rig.settings.database, to: copy)
          copies.append(copy)
        }
        try await group.waitForAll()
        return copies
      }
      for copy in copies {
        // One file, and nothing else to be kept with it.
        for suffix in ["-wal", "-shm", "-journal", "-partial", "-partial-journal"] {
          #expect(!FileManager.default.fileExists(atPath: copy + suffix))
        }
        let queue = try DatabaseQueue(path: copy)
        let found = try await queue.read { db in
          (
            try String.fetchAll(db, sql: "PRAGMA integrity_check"),
            try String.fetchAll(db, sql: "SELECT id FROM trip_booking")
          )
        }
        #expect(found.0 == ["ok"])
        #expect(found.1.contains(first.bookingId))
        try queue.close()
      }
      var settings = rig.settings
      settings.database = try #require(copies.last)
      try await ServerRig.start(settings, rig.vendors, quiet) { copy in
        #expect(try await copy.isConfirmed(first))
        let another = try Answer(try await copy.book("on-the-copy"))
        #expect(another.state == "CONFIRMED")
      }
    }
  }

  /// A trip that the copy has on its way to the payment is booked to its end by whoever has the copy:
  /// the key is in the copy, and the payment service knows it.
  @Test func tripOnItsWayInACopyIsTakenToItsEnd() async throws {
    let copy = folder.path("copy.sqlite")
    let vendors = VendorRig()
    try await vendors.serve { [folder] settings in
      var settings = settings
      settings.database = folder.path("bookings.sqlite")
      settings.orchestrator.answerWithin = .milliseconds(200)
      let booking = try await Self.interrupted(settings, vendors, copy: copy)
      settings.database = copy
      try await ServerRig.start(settings, vendors, quiet) { rig in
        try await eventually("it is confirmed") { try await rig.isConfirmed(booking) }
      }
    }
  }

  /// A booking whose payment is put off for now, in a copy made in that moment.
  private static func interrupted(
    _ settings: Settings, _ vendors: VendorRig, copy: String
  ) async throws -> Answer {
    let (answers, answer) = AsyncStream.makeStream(of: Answer.self)
    vendors.stripeScript.on("payment_intents.confirm", CallPlan(fault: .rateLimited))
    try await ServerRig.start(settings, vendors, quiet) { rig in
      let booking = try Answer(try await rig.book("interrupted"))
      try await eventually("it is under way") {
        try Answer(try await rig.send(.get, "/booking/\(booking.bookingId)")).state == "PROCESSING"
      }
      try await Self.backUp(settings.database, to: copy)
      answer.yield(booking)
    }
    // Not before: the server that was copied has stopped, so whatever is booked now the copy books.
    vendors.stripeScript.calm()
    var iterator = answers.makeAsyncIterator()
    return try #require(await iterator.next())
  }

  @Test func copyReplacesAnEarlierOneAndNeverTheDatabase() async throws {
    let path = folder.path("bookings.sqlite")
    let pool = try GroupCommitDatabase.open(path)
    let copy = folder.path("copy.sqlite")
    try Data("an old copy".utf8).write(to: URL(filePath: copy))
    try await Self.backUp(path, to: copy)
    let kept = try await DatabaseQueue(path: copy).read { try $0.tableExists("trip_booking") }
    #expect(kept)
    #expect(throws: DatabaseRefused.self) { try DatabaseBackup.write(pool, to: path) }
    #expect(throws: DatabaseRefused.self) {
      try DatabaseBackup.write(pool, to: folder.path("there is no/such folder"))
    }
    // A journal that lies there would be played into the copy.
    try Data().write(to: URL(filePath: copy + "-wal"))
    #expect(throws: DatabaseRefused.self) { try DatabaseBackup.write(pool, to: copy) }
    try pool.close()
  }

  private static func backUp(_ database: String, to copy: String) async throws {
    let command = try BookingServerCommand.parseAsRoot(["backup", "--database", database, copy])
    try await #require(command as? BackupCommand).run()
  }
}
