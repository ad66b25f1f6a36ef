import BookingOrchestrator
import FakeVendors
import Foundation
import GRDB
import HTTPService
import HTTPTypes
import Testing

@testable import BookingServer

/// The database's file is taken away under the running server.
struct DatabaseLostTests {
  let folder: TestFolder
  init() throws { folder = try TestFolder() }

  /// What people do to files.
  enum Deed: String, CaseIterable, Sendable {
    case delete, replaceByCopy, deleteTheLog, overwriteInPlace

    func `do`(_ path: String) throws {
      switch self {
      case .delete: try FileManager.default.removeItem(atPath: path)
      case .replaceByCopy:
        try FileManager.default.copyItem(atPath: path, toPath: path + ".copy")
        try FileManager.default.removeItem(atPath: path)
        try FileManager.default.moveItem(atPath: path + ".copy", toPath: path)
      case .deleteTheLog: try FileManager.default.removeItem(atPath: path + "-wal")
      case .overwriteInPlace:
        let file = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
        try file.write(contentsOf: Data(repeating: 0x20, count: 65_536))
        try file.close()
      }
    }
  }

  @Test(arguments: [Deed.delete, .replaceByCopy, .deleteTheLog])
  func nothingIsBookedOrChargedAndTheProcessEnds(_ deed: Deed) async throws {
    let lost = await #expect(throws: DatabaseLost.self) {
      try await ServerRig.run(folder: folder) { rig in
        #expect(try Answer(try await rig.book("before")).state == "CONFIRMED")
        let option = try rig.register("after")
        let registered = try await rig.send(.post, "/trip/options", body: json(option))
        #expect(registered.response.status == .created)
        let charged = rig.vendors.stripe.paymentIntents.count
        #expect(try await rig.send(.get, "/health", key: nil).response.status == .ok)
        try deed.do(rig.settings.database)
        #expect(try await rig.book(option).response.status == .serviceUnavailable)
        for method in [HTTPRequest.Method.get, .head] {
          let health = try await rig.send(method, "/health", key: nil)
          #expect(health.response.status == .serviceUnavailable)
        }
        #expect(rig.vendors.stripe.paymentIntents.count == charged)
        // It ends by itself: nobody stops it here.
        try await eventually("the server is gone") {
          do {
            _ = try await rig.send(.get, "/health", key: nil)
            return false
          } catch {
            return true
          }
        }
      }
    }
    #expect(lost?.description.contains("deleted or replaced") == true)
  }

  /// A stop that comes before the loss is noticed, or while everybody is told, does not hide it.
  @Test func aStopDoesNotHideTheLoss() async throws {
    await #expect(throws: DatabaseLost.self) {
      try await ServerRig.run(folder: folder) { rig in
        #expect(try Answer(try await rig.book("before")).state == "CONFIRMED")
        try Deed.delete.do(rig.settings.database)
      }
    }
  }

  /// The number of the file is the same; what is in it is not ours.
  @Test func overwrittenFileIsNoticedByItsContent() throws {
    let path = folder.path("b.sqlite")
    let pool = try GroupCommitDatabase.open(path)
    let watch = DatabaseWatch(path: path, mark: "srv_1")
    try watch.begin(pool)
    try watch.look()
    try pool.writeWithoutTransaction { db in _ = try db.checkpoint(.truncate) }
    try watch.look()
    try Deed.overwriteInPlace.do(path)
    #expect(throws: DatabaseLost.self) { try watch.look() }
    // Known from now on to everybody who asks.
    #expect(throws: DatabaseLost.self) { try watch.confirm() }
  }

  @Test func rowThatIsNotOursIsNotEnough() throws {
    let path = folder.path("b.sqlite")
    let pool = try GroupCommitDatabase.open(path)
    let watch = DatabaseWatch(path: path, mark: "srv_1")
    try watch.begin(pool)
    try pool.write { db in try db.execute(sql: "UPDATE server_mark SET mark = 'srv_2'") }
    try watch.confirm()
    #expect(throws: DatabaseLost.self) { try watch.look() }
  }

  @Test func otherServersAndCommandsDoNotDisturb() throws {
    let path = folder.path("b.sqlite")
    let pool = try GroupCommitDatabase.open(path)
    let watch = DatabaseWatch(path: path, mark: "srv_1")
    try watch.begin(pool)
    let other = try GroupCommitDatabase.open(path)
    let theirs = DatabaseWatch(path: path, mark: "srv_2")
    try theirs.begin(other)
    try watch.look()
    try theirs.end(other)
    try other.close()
    try watch.look()
    try watch.end(pool)
    #expect(try pool.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM server_mark") } == 0)
  }
}
