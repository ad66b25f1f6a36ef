import BookingOrchestrator
import FakeVendors
import HTTPService
import HTTPSockets
import HTTPTypes
import Logging
import ServiceLifecycle
import Testing

@testable import BookingServer

struct StoppingTests {
  let folder: TestFolder
  init() throws { folder = try TestFolder() }

  @Test func requestsUnderWayGetTheirAnswer() async throws {
    try await ServerRig.run(folder: folder) { rig in
      rig.vendors.amadeusScript.on("create", CallPlan(latency: .milliseconds(700)))
      let option = try rig.register("late")
      _ = try await rig.send(.post, "/trip/options", body: json(option))
      async let reply = rig.book(option)
      try await eventually("the charge is made") {
        rig.vendors.stripe.paymentIntents.contains { $0.status == "succeeded" }
      }
      await rig.group.triggerGracefulShutdown()
      #expect(try Answer(try await reply).state == "CONFIRMED")
      await #expect(throws: TransportError.self) { try await rig.send(.get, "/health") }
    }
  }

  @Test func stopAtAStepBoundaryLosesNothing() async throws {
    let vendors = VendorRig()
    try await vendors.serve { [folder] settings in
      var settings = settings
      settings.database = folder.path("bookings.sqlite")
      settings.stopWithin = .seconds(4)
      let id = Box()
      try await ServerRig.start(settings, vendors, quiet) { rig in
        // Longer than the half in which requests are waited for, shorter than the whole.
        vendors.amadeusScript.on("create", CallPlan(latency: .seconds(3)))
        let option = try rig.register("cut")
        _ = try await rig.send(.post, "/trip/options", body: json(option))
        async let reply = rig.book(option)
        try await eventually("the charge is made") {
          vendors.stripe.paymentIntents.contains { $0.status == "succeeded" }
        }
        await rig.group.triggerGracefulShutdown()
        let answer = try await reply
        #expect(answer.response.status == .accepted)
        #expect(try Answer(answer).state == "PROCESSING")
        await id.set(try Answer(answer).bookingId)
      }
      // The flight's answer was waited for; the hotel was not begun.
      #expect(vendors.amadeus.reservations.count == 1)
      #expect(vendors.bookingCom.reservations.isEmpty)
      vendors.amadeusScript.calm()
      try await ServerRig.start(settings, vendors, quiet) { rig in
        let booking = await id.value
        try await eventually("the next process confirms the trip") {
          try Answer(try await rig.send(.get, "/booking/\(booking)")).state == "CONFIRMED"
        }
        let answer = try Answer(try await rig.send(.get, "/booking/\(booking)"))
        #expect(!answer.needsAttention)
        #expect(answer.charged == 50_000 && answer.refunded == 0)
      }
      #expect(vendors.amadeus.reservations.count == 1)
      #expect(vendors.bookingCom.reservations.count == 1)
    }
  }

  @Test func takenPortIsSaid() async throws {
    try await ServerRig.run(folder: folder) { [folder] rig in
      var settings = rig.settings
      settings.port = rig.port
      settings.database = folder.path("other.sqlite")
      let group = ServiceGroup(services: [ServerProcess(settings, logger: quiet)], logger: quiet)
      let error = await #expect(throws: PortTaken.self) { try await group.run() }
      #expect(error?.port == rig.port)
    }
  }
}

private actor Box {
  var value = ""
  func set(_ new: String) { value = new }
}
