import Scenarios
package import Simulation

extension Recorder: FaultLog {
  package var streams: Streams { simulator.streams }
}
