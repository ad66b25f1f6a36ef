import HTTPService
import HTTPTypes
import Simulation
import Testing

/// Answers with what it was sent.
private struct Pong: HTTPService {
  func respond(to call: HTTPCall) async throws -> HTTPReply {
    HTTPReply(HTTPResponse(status: .ok), body: call.body)
  }
}

private func ping(_ ball: Int) -> HTTPCall { post("bob.test", "ping \(ball)") }

/// The example at the top of `Simulator.swift` and in the README, line by line.
@Test func theExampleOfTheDocumentationRunsTheSameTwice() {
  func play() -> [String] {
    let simulator = Simulator(seed: 42)
    let link = LossyLink(simulator, latency: .lognormal(median: 0.020, p99: 0.200), loss: 0.1)
    let network = SimulatedNetwork(simulator, model: link)
    let (alice, bob) = (simulator.makeNode("alice"), simulator.makeNode("bob"))
    bob.start { _ in }
    network.attach(Pong(), to: "bob.test", on: bob)
    alice.start { alice in
      let transport = network.transport(for: alice)
      for ball in 1...10 {
        while (try? await transport.send(ping(ball), timeout: .seconds(1))) == nil {
          try await alice.wait(.milliseconds(100))
        }
      }
    }
    return ["\(simulator.run())", "\(simulator.now)", "\(simulator.traceHash)"]
  }
  let first = play()
  #expect(first[0] == "idle")
  #expect(first == play())
}
