import Audit
import BookingOrchestrator
import FakeVendors
import Scenarios
import Simulation

/// All clients of a world: lets each come at its time, and knows which are done.
///
/// A client costs memory from its arrival to its last answer; then only its booking's id is kept.
final class ClientPopulation: @unchecked Sendable {
  // Unchecked: confined to the simulator's thread.
  private let scenario: Scenario
  private let generator: TripGenerator
  private let arrivals: [Int64]
  private let simulator: Simulator
  private let desk: ClientConnection
  private let process: SimulatedProcess
  private let vendors: WorldVendors
  private let leftOut: Set<Int>
  private var offered: [Int: OfferedTrip] = [:]
  /// What clients may change their trips into; looked up by key only.
  private var changes: [Int: [String: OfferedTrip]] = [:]
  private var bookingIDs: [Int: String] = [:]
  /// Links that clients have not taken back.
  private var links: [Int: LinkRecord] = [:]
  /// How many clients have had their final answer or given up.
  private(set) var finished = 0
  /// Clients that came and are not done; asked for the smallest only.
  private var alive: Set<Int> = []
  /// How many have yet to look for the last time.
  private(set) var pollers = 0

  init(
    _ scenario: Scenario, generator: TripGenerator, simulator: Simulator, desk: ClientConnection,
    process: SimulatedProcess, vendors: WorldVendors, leftOut: Set<Int>
  ) {
    self.scenario = scenario
    self.generator = generator
    self.arrivals = generator.arrivals()
    self.simulator = simulator
    self.desk = desk
    self.process = process
    self.vendors = vendors
    self.leftOut = leftOut
  }

  /// Whether every client is done.
  var isFinished: Bool { finished == scenario.bookings }
  /// When the last client comes, in microseconds.
  var lastArrival: Int64 { arrivals.last ?? 0 }
  /// A client that is not done, in a sentence.
  var waiting: String? {
    guard let first = alive.min() else { return nil }
    return "client \(first) still waits for the end of \(bookingIDs[first] ?? "its booking")"
  }

  /// Has all clients come at their times.
  func begin() { arrive(0) }

  private func arrive(_ client: Int) {
    guard client < arrivals.count else { return }
    let wait = arrivals[client] - simulator.now.microseconds
    // One after the other, so that only one arrival at a time is on the heap.
    simulator.schedule(after: .microseconds(max(0, wait)), "arrival") { [self] in
      if leftOut.contains(client) { finished += 1 } else { start(client) }
      arrive(client + 1)
    }
  }

  private func start(_ number: Int) {
    var trip = generator.trip(number, arrival: arrivals[number])
    vendors.offer(&trip)
    offered[number] = trip.audited
    changes[number] = trip.auditedChanges
    alive.insert(number)
    let client = Client(
      number: number,
      plan: ClientPlan(scenario.clients, streams: simulator.streams, client: number), trip: trip,
      desk: desk)
    process.spawn { [self] in
      defer {
        bookingIDs[number] = client.memory.bookingID
        links[number] = client.memory.link
        alive.remove(number)
        finished += 1
      }
      try await client.live()
    }
  }

  /// What a client was offered.
  func offer(_ client: Int) -> OfferedTrip {
    if let known = offered[client] { return known }
    return generator.trip(client, arrival: arrivals[client]).audited
  }

  /// What a client may change its trip into, by the option's id; nil for none of its options.
  func change(_ client: Int, _ option: String) -> OfferedTrip? {
    (changes[client] ?? generator.trip(client, arrival: arrivals[client]).auditedChanges)[option]
  }

  /// Has every client look for the last time, a hundred at once each millisecond.
  func pollAgain() {
    pollers = scenario.bookings - leftOut.count
    look(from: 0)
  }

  private func look(from first: Int) {
    guard first < scenario.bookings else { return }
    simulator.schedule(after: .milliseconds(1), "last-looks") { [self] in
      for number in first..<min(first + 100, scenario.bookings) where !leftOut.contains(number) {
        process.spawn { [self] in
          defer { pollers -= 1 }
          try await Client.lastLook(number, bookingID: bookingIDs[number], at: desk)
          if let link = links[number] { try await Client.lastOpening(number, link, at: desk) }
        }
      }
      look(from: first + 100)
    }
  }
}
