import HTTPService
import HTTPSockets
import HTTPTypes
import NIOCore
import NIOPosix
import Testing

@testable import BookingServer

struct SlowClientTests {
  @Test(arguments: [
    "POST /booking/book HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\nabc",
    "POST /booking/book HTTP/1.1\r\nHost:",
    "",
  ])
  func slowClientsStarveNobodyAndAreClosed(sent: String) async throws {
    let folder = try TestFolder()
    try await ServerRig.run(
      folder: folder,
      change: {
        $0.limits.bodyWithin = .milliseconds(500)
        $0.limits.idle = .milliseconds(1_500)
      },
      body: { rig in
        var slow: [any Channel] = []
        for _ in 0..<100 {
          let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connect(host: "127.0.0.1", port: rig.port).get()
          if !sent.isEmpty { try await channel.writeAndFlush(ByteBuffer(string: sent)) }
          slow.append(channel)
        }
        let clock = ContinuousClock()
        let start = clock.now
        for _ in 0..<20 {
          #expect(try await rig.send(.get, "/health", key: nil).response.status == .ok)
        }
        #expect(clock.now - start < .seconds(5))
        #expect(try Answer(try await rig.book("meanwhile")).state == "CONFIRMED")
        for channel in slow { try await channel.closeFuture.get() }
      })
  }

  @Test func headersBeyondTheLimitAreRefused() async throws {
    let folder = try TestFolder()
    try await ServerRig.run(folder: folder) { rig in
      let name = try #require(HTTPField.Name("X-Long"))
      let long = String(repeating: "x", count: 100_000)
      // The connection may be closed before the answer is read.
      let reply = try? await rig.send(.get, "/health", fields: [name: long])
      #expect(reply?.response.status != .ok)
      #expect(try await rig.send(.get, "/health").response.status == .ok)
    }
  }
}
