import HTTPService
import HTTPTypes
import Simulation
import Testing

@Suite struct NetworkTests {
  /// What a caller saw of one exchange, and what else became known of it.
  private struct Outcome {
    var seen: String
    var at: Int64
    var calls: [Int64]
    var notes: [String]
    var reply: HTTPReply?
  }

  /// Sends one request: 10 ms there, 100 ms of work, 20 ms back, 1 s to wait.
  private func exchange(
    _ fault: NetworkFault?, cancelAfter: Duration? = nil,
    _ prepare: (Simulator, Node, SimulatedNetwork) -> Void = { _, _, _ in }
  ) -> Outcome {
    let simulator = Simulator(seed: 1)
    let faultInjector = Script(fault)
    let network = SimulatedNetwork(simulator, model: faultInjector)
    let (client, server) = (simulator.makeNode("client"), simulator.makeNode("server"))
    let echo = Echo(process: server.start { _ in }, delay: .milliseconds(100))
    network.attach(echo, to: "echo.test", on: server)
    prepare(simulator, server, network)
    let log = Log<(String, Int64, HTTPReply?)>()
    client.start { process in
      let transport = network.transport(for: process)
      await withTaskGroup(of: Void.self) { group in
        group.addTask {
          do {
            let reply = try await transport.send(post("echo.test"), timeout: .seconds(1))
            log.add(("\(reply.response.status.code)", process.clock.now.microseconds, reply))
          } catch {
            log.add(("\(error)", process.clock.now.microseconds, nil))
          }
        }
        if let cancelAfter {
          try? await process.wait(cancelAfter)
          group.cancelAll()
        }
      }
    }
    #expect(simulator.run() == .idle)
    let (seen, at, reply) = log.values.first ?? ("nothing", 0, nil)
    return Outcome(
      seen: seen, at: at, calls: echo.calls.values.map(\.microseconds), notes: faultInjector.notes,
      reply: reply)
  }

  @Test func anAnswerTravelsBothWays() {
    let outcome = exchange(nil)
    #expect(outcome.seen == "200")
    #expect(outcome.at == 130_000)
    #expect(outcome.calls == [10_000])
    #expect(outcome.reply?.body == Array(#"{"ball":1}"#.utf8))
    #expect(
      outcome.notes == [
        "delivered 1.0 at 10000us", "answered 1.0 at 110000us", "ended 1 at 130000us: 200",
      ])
  }

  @Test func aRefusedConnectionIsKnownAtOnceToHaveHadNoEffect() {
    let outcome = exchange(.refused)
    #expect(outcome.seen == "connection refused (the request was not sent)")
    #expect(outcome.at == 0)
    #expect(outcome.calls == [])
  }

  @Test func aLostRequestTimesOutWithoutEffect() {
    let outcome = exchange(.requestLost)
    #expect(outcome.seen == "timed out after 1.0 seconds (the request may have taken effect)")
    #expect(outcome.at == 1_000_000)
    #expect(outcome.calls == [])
  }

  @Test func aConnectionResetBeforeArrivalHasNoEffectThatTheCallerCouldKnowOf() {
    let outcome = exchange(.resetBefore)
    #expect(outcome.seen == "connection reset (the request may have taken effect)")
    #expect(outcome.at == 10_000)
    #expect(outcome.calls == [])
  }

  @Test func aLostResponseTimesOutAfterTheEffect() {
    let outcome = exchange(.responseLost)
    #expect(outcome.seen == "timed out after 1.0 seconds (the request may have taken effect)")
    #expect(outcome.calls == [10_000])
    #expect(outcome.notes[1] == "answered 1.0 at 110000us")
  }

  @Test func aConnectionResetAfterwardsHasHadItsEffect() {
    let outcome = exchange(.resetAfter)
    #expect(outcome.seen == "connection reset (the request may have taken effect)")
    #expect(outcome.at == 130_000)
    #expect(outcome.calls == [10_000])
  }

  @Test func aLateEffectComesLongAfterItsCallerWasToldOfAReset() {
    let outcome = exchange(.lateEffect(.seconds(600)))
    #expect(outcome.seen == "connection reset (the request may have taken effect)")
    #expect(outcome.at == 10_000)
    #expect(outcome.calls == [600_010_000])
    #expect(outcome.notes.last == "answered 1.0 at 600110000us")
  }

  @Test func aRequestDeliveredTwiceIsHandledTwiceAndAnsweredOnce() {
    let outcome = exchange(.deliveredTwice(.milliseconds(30)))
    #expect(outcome.seen == "200")
    #expect(outcome.at == 130_000)
    #expect(outcome.calls == [10_000, 40_000])
    #expect(
      outcome.notes == [
        "delivered 1.0 at 10000us", "delivered 1.1 at 40000us", "answered 1.0 at 110000us",
        "ended 1 at 130000us: 200", "answered 1.1 at 140000us",
      ])
  }

  @Test func aTruncatedBodyKeepsStatusAndHeader() {
    let reply = exchange(.truncated).reply
    #expect(reply?.response.status == .ok)
    #expect(reply?.response.headerFields[.contentType] == "application/json")
    #expect(reply?.body == Array(#"{"bal"#.utf8))
  }

  @Test func aGarbledBodyIsNotWhatItsContentTypeSays() {
    let reply = exchange(.garbled).reply
    #expect(reply?.response.status == .ok)
    #expect(reply?.response.headerFields[.contentType] == "application/json")
    #expect(reply?.body.starts(with: Array("<!DOCTYPE html>".utf8)) == true)
  }

  @Test(arguments: [false, true])
  func aBadGatewayAnswersInPlaceOfTheService(_ effect: Bool) {
    let outcome = exchange(.badGateway(effect: effect))
    #expect(outcome.seen == "502")
    #expect(outcome.at == (effect ? 130_000 : 30_000))
    #expect(outcome.calls == (effect ? [10_000] : []))
    #expect(outcome.reply?.response.headerFields[.contentType] == "text/html")
  }

  /// A load balancer that knows who is up.
  @Test(arguments: [0, 1] as [UInt64])
  func aMemberOfSeveralAnswersForAnAuthority(_ member: UInt64) {
    let simulator = Simulator(seed: 1)
    let script = Script { _ in
      var route = RoutePlan(requestLatency: .milliseconds(10), responseLatency: .milliseconds(20))
      route.member = member
      return route
    }
    let network = SimulatedNetwork(simulator, model: script)
    let client = simulator.makeNode("client")
    let servers = ["a", "b"].map { simulator.makeNode($0) }
    let echoes = servers.map { Echo(process: $0.start { _ in }, delay: .zero) }
    for (server, echo) in zip(servers, echoes) {
      network.attach(echo, to: "echo.test", on: server)
    }
    client.start { process in
      for _ in 1...2 {
        let transport = network.transport(for: process)
        _ = try? await transport.send(post("echo.test"), timeout: .seconds(1))
        network.detach("echo.test", from: servers[Int(member)])
      }
    }
    _ = simulator.run()
    #expect(echoes.map(\.calls.values.count) == [1, 1], "the second call goes to who is left")
  }

  @Test func nobodyListensWhereNoServiceIsAttached() {
    let outcome = exchange(nil) { _, node, network in
      network.detach("echo.test", from: node)
    }
    #expect(outcome.seen == "connection refused (the request was not sent)")
    #expect(outcome.at == 30_000)
  }

  @Test func nobodyListensOnADeadNode() {
    let outcome = exchange(nil) { _, server, _ in server.crash() }
    #expect(outcome.seen == "connection refused (the request was not sent)")
  }

  @Test func aNodeThatDiesAsTheRequestTravelsBreaksTheConnection() {
    let outcome = exchange(nil) { simulator, server, _ in
      simulator.schedule(after: .milliseconds(4), "crash") { server.crash() }
    }
    #expect(outcome.seen == "connection reset (the request may have taken effect)")
    #expect(outcome.at == 30_000)
    #expect(outcome.calls == [])
  }

  @Test func aNodeThatDiesAsItHandlesTheRequestBreaksTheConnection() {
    let outcome = exchange(nil) { simulator, server, _ in
      simulator.schedule(after: .milliseconds(40), "crash") { server.crash() }
    }
    #expect(outcome.seen == "connection reset (the request may have taken effect)")
    #expect(outcome.at == 60_000)
    #expect(outcome.calls == [10_000])
    #expect(!outcome.notes.contains { $0.hasPrefix("answered") })
  }

  @Test func anAnswerThatWasSentBeforeDeathStillArrives() {
    let outcome = exchange(nil) { simulator, server, _ in
      simulator.schedule(after: .milliseconds(115), "crash") { server.crash() }
    }
    #expect(outcome.seen == "200")
  }

  @Test func aLateEffectReachesTheProcessThatRunsThen() {
    let simulator = Simulator(seed: 1)
    let network = SimulatedNetwork(simulator, model: Script(.lateEffect(.seconds(60))))
    let (client, server) = (simulator.makeNode("client"), simulator.makeNode("server"))
    network.attach(Echo(process: server.start { _ in }), to: "echo.test", on: server)
    client.start { process in
      _ = try? await network.transport(for: process).send(post("echo.test"), timeout: .seconds(1))
    }
    let second = Log<Echo>()
    simulator.schedule(after: .seconds(30), "restart") {
      server.crash()
      let echo = Echo(process: server.start { _ in })
      network.attach(echo, to: "echo.test", on: server)
      second.add(echo)
    }
    #expect(simulator.run() == .idle)
    #expect(second.values.first?.calls.values.count == 1)
  }

  @Test func aCallerThatGivesUpIsToldSoAndTheRequestGoesOn() {
    let outcome = exchange(nil, cancelAfter: .milliseconds(5))
    #expect(outcome.seen == "CancellationError()")
    #expect(outcome.at == 5_000)
    #expect(outcome.calls == [10_000])
    #expect(outcome.notes[0] == "ended 1 at 5000us: abandoned")
  }

  @Test func anAnswerAfterTheTimeoutIsNotSeen() {
    let simulator = Simulator(seed: 1)
    let faultInjector = Script()
    let network = SimulatedNetwork(simulator, model: faultInjector)
    let (client, server) = (simulator.makeNode("client"), simulator.makeNode("server"))
    let echo = Echo(process: server.start { _ in }, delay: .seconds(80))
    network.attach(echo, to: "echo.test", on: server)
    client.start { process in
      let transport = network.transport(for: process)
      _ = try? await transport.send(post("echo.test"), timeout: .seconds(30))
      _ = try? await transport.send(post("echo.test"), timeout: .seconds(90))
    }
    #expect(simulator.run() == .idle)
    #expect(faultInjector.notes.filter { $0.hasPrefix("ended") }.count == 2)
    #expect(faultInjector.notes.last == "ended 2 at 110030000us: 200")
  }

  @Test func aServiceThatThrowsSomethingElseStopsTheRun() {
    struct Broken: Error {}
    struct Thrower: HTTPService {
      func respond(to call: HTTPCall) async throws -> HTTPReply { throw Broken() }
    }
    let simulator = Simulator(seed: 1)
    let network = SimulatedNetwork(simulator, model: Script())
    let node = simulator.makeNode("n")
    node.start { process in
      _ = try await network.transport(for: process).send(post("self.test"), timeout: .seconds(1))
    }
    network.attach(Thrower(), to: "self.test", on: node)
    #expect(simulator.run() == .stopped("n#1 threw Broken()"))
    simulator.shutDown()
  }

  @Test func everyFaultHasAName() {
    let faults: [NetworkFault] = [
      .refused, .requestLost, .resetBefore, .responseLost, .resetAfter, .lateEffect(.zero),
      .deliveredTwice(.zero), .truncated, .garbled, .badGateway(effect: true), .halfOpen(.zero),
      .foreignPage(status: 403, effect: true),
    ]
    #expect(faults.map(\.name) == NetworkFault.names)
  }

  @Test func aConductThatKillsTheCallerAsItSendsLeavesTheRequestOnTheWire() {
    let simulator = Simulator(seed: 1)
    let faultInjector = Script()
    let network = SimulatedNetwork(simulator, model: faultInjector)
    let (client, server) = (simulator.makeNode("client"), simulator.makeNode("server"))
    let echo = Echo(process: server.start { _ in })
    network.attach(echo, to: "echo.test", on: server)
    faultInjector.route = { _ in
      client.crash()
      return RoutePlan(requestLatency: .milliseconds(1), responseLatency: .milliseconds(1))
    }
    let log = Log<String>()
    client.start { process in
      do {
        _ = try await network.transport(for: process).send(post("echo.test"), timeout: .seconds(1))
      } catch { log.add("\(error)") }
    }
    #expect(simulator.run() == .idle)
    #expect(log.values == ["ProcessDied()"])
    #expect(echo.calls.values.count == 1)
  }
}
