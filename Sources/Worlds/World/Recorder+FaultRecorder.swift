import Scenarios
package import Simulation

extension Recorder: FaultRecorder {
  package var streams: Streams { simulator.streams }
}
