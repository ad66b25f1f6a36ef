import Simulation
import Testing

/// What escapes is dropped, so these tests leave a task behind each; nothing waits for them.
@Suite struct TripwireTests {
  private func end(_ body: @escaping @Sendable (SimulatedProcess) async throws -> Void)
    -> Simulator.End
  {
    let simulator = Simulator(seed: 1)
    simulator.makeNode("n").start(body)
    return simulator.run()
  }

  private func escape(_ end: Simulator.End) -> String? {
    if case .escaped(let text) = end { text } else { nil }
  }

  @Test func theRuntimeHasTheHooks() { #expect(Simulator.detectsEscapes) }

  @Test func anUnstructuredTaskIsNoticed() {
    let text = escape(end { _ in Task {} })
    #expect(text?.contains("the global executor") == true)
  }

  @Test func aDetachedTaskIsNoticed() {
    #expect(escape(end { _ in Task.detached {} }) != nil)
  }

  @Test func aConcurrentFunctionStaysInside() {
    @concurrent @Sendable func work() async {}
    #expect(end { _ in await work() } == .idle)
  }

  @Test func theMainActorIsNoticed() {
    #expect(escape(end { _ in await MainActor.run {} })?.contains("the main actor") == true)
  }

  @Test func theFunctionThatLetTheJobOutIsNamed() {
    let text = escape(end { _ in Task {} })
    #expect(text?.contains("sent by ") == true)
  }

  @Test func anEscapeInOneWorldIsNotAnEscapeInAnother() async {
    await withTaskGroup(of: Simulator.End.self) { group in
      for _ in 0..<4 {
        group.addTask { @concurrent in
          let simulator = Simulator(seed: 1)
          simulator.makeNode("clean").start { process in
            for _ in 0..<1_000 { try await process.wait(.seconds(1)) }
          }
          return simulator.run()
        }
      }
      for _ in 0..<100 { #expect(escape(end { _ in Task {} }) != nil) }
      for await end in group { #expect(end == .idle) }
    }
  }

  @Test func outsideOfASimulatorTasksRunAsEver() async {
    _ = end { _ in }
    let value = await Task.detached { 17 }.value
    #expect(value == 17)
  }
}
