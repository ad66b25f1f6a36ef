import Foundation
import Scenarios
import Testing
import TurbulenceKit

/// The same scenario as a simulated world and on real sockets ends the same way, booking by booking.
struct PairedTests {
  @Test(arguments: PairedCase.all)
  func endsTheSame(_ played: PairedCase) async throws {
    let (simulated, verdict) = played.simulate()
    #expect(verdict == .pass)
    let onSockets = try await Turnstile.cases.pass { try await SocketRun.play(played) }
    if let fault = played.fault {
      #expect(simulated.faults[fault, default: 0] > 0)
      #expect(onSockets.faults[fault, default: 0] > 0)
    }
    #expect(simulated.outcomes.count == played.scenario.bookings)
    for id in Set(simulated.outcomes.keys).union(onSockets.outcomes.keys).sorted() {
      let left = simulated.outcomes[id]
      let right = onSockets.outcomes[id]
      #expect(
        left == right,
        "\(played) \(id)\n  simulated  \(left?.description ?? "-")\n  on sockets \(right?.description ?? "-")"
      )
    }
    if played.fault == nil {
      print(LatencyTable(simulated: simulated.calls, onSockets: onSockets.calls).text)
    }
  }
}
