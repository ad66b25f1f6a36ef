import BookingOrchestrator
import FakeVendors
import GRDB
import HTTPService
import HTTPTypes
import ServiceLifecycle
import Synchronization
import Testing

@testable import BookingServer

/// What a start makes of the leases of a process that was killed.
struct TakeOverTests {
  let folder: TestFolder
  init() throws { folder = try TestFolder() }

  @Test func onlyWhoIsAloneMayTakeOver() async throws {
    let path = folder.path("bookings.sqlite")
    var first: DatabaseTenancy? = nil
    #expect(try await isAlone(path, &first))
    var second: DatabaseTenancy? = nil
    #expect(try await !isAlone(path, &second))
    // The second lives on without the first; it may hold leases, so a third must not take over.
    first = nil
    var third: DatabaseTenancy? = nil
    #expect(try await !isAlone(path, &third))
    second = nil
    third = nil
    #expect(try await isAlone(path, &first))
  }

  @Test func leasesOfTheDeadEndWithTheStart() async throws {
    let (state, epochs) = try await restart(besideAnother: false)
    #expect(state == "CONFIRMED own_dead is gone")
    #expect(epochs.after > epochs.before)
  }

  @Test func restsThatABreakerOfTheDeadImposedEnd() async throws {
    let (state, epochs) = try await restart(besideAnother: false, isLeased: false)
    #expect(state == "CONFIRMED own_dead is gone")
    #expect(epochs.after > epochs.before)
  }

  @Test func leasesStandWhileAnotherServerLives() async throws {
    let (state, epochs) = try await restart(besideAnother: true)
    #expect(state == "PROCESSING own_dead holds it")
    #expect(epochs.after == epochs.before)
  }

  private func isAlone(_ path: String, _ tenancy: inout DatabaseTenancy?) async throws -> Bool {
    let wasAlone = Mutex(false)
    tenancy = try await DatabaseTenancy.moveIn(path) { wasAlone.withLock { $0 = true } }
    return wasAlone.withLock { $0 }
  }

  /// Leaves a trip half booked, as leased as a kill leaves it or resting for an hour, and starts the
  /// server again.
  private func restart(besideAnother: Bool, isLeased: Bool = true) async throws -> (
    state: String, epochs: (before: Int64, after: Int64)
  ) {
    let vendors = VendorRig()
    let result = Mutex<(String, Int64, Int64)>(("", 0, 0))
    try await vendors.serve { [folder] settings in
      var settings = settings
      settings.database = folder.path("bookings.sqlite")
      settings.stopWithin = .seconds(4)
      try await ServerRig.start(settings, vendors, quiet) { rig in
        vendors.amadeusScript.on("create", CallPlan(latency: .seconds(3)))
        let option = try rig.register("cut")
        _ = try await rig.send(.post, "/trip/options", body: json(option))
        async let reply = rig.book(option)
        try await eventually("the charge is made") {
          vendors.stripe.paymentIntents.contains { $0.status == "succeeded" }
        }
        await rig.group.triggerGracefulShutdown()
        #expect(try Answer(try await reply).state == "PROCESSING")
      }
      vendors.amadeusScript.calm()
      let pool = try GroupCommitDatabase.open(settings.database)
      let now = SystemWallClock().now().microseconds
      let until = now + 180_000_000
      let (booking, before) = try await pool.write { db in
        try db.execute(
          sql: "UPDATE trip_booking SET lease_owner = ?, lease_until_us = ?, wake_us = ?",
          arguments: isLeased ? ["own_dead", until, until] : [nil, 0, now + 3_600_000_000])
        return try #require(
          try Row.fetchOne(db, sql: "SELECT id, lease_epoch FROM trip_booking").map {
            ($0[0] as String, $0[1] as Int64)
          })
      }
      let other =
        besideAnother ? try await DatabaseTenancy.moveIn(settings.database) {} : nil
      try await ServerRig.start(settings, vendors, quiet) { rig in
        if !besideAnother {
          try await eventually("the next process confirms the trip") {
            try Answer(try await rig.send(.get, "/booking/\(booking)")).state == "CONFIRMED"
          }
        }
        let answer = try Answer(try await rig.send(.get, "/booking/\(booking)"))
        let (owner, after) = try await pool.read { db in
          try #require(
            try Row.fetchOne(db, sql: "SELECT lease_owner, lease_epoch FROM trip_booking").map {
              ($0[0] as String?, $0[1] as Int64)
            })
        }
        // Taking over comes before listening, so what is seen here is what the start has done.
        let holder = owner == "own_dead" ? "own_dead holds it" : "own_dead is gone"
        result.withLock { $0 = ("\(answer.state) \(holder)", before, after) }
      }
      withExtendedLifetime(other) {}
      try pool.close()
    }
    let (state, before, after) = result.withLock { $0 }
    return (state, (before, after))
  }
}
