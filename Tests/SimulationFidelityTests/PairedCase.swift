import FakeVendors
import Scenarios
import Simulation

/// One scenario that is played twice.
///
/// Not compared: the flight's schedule change and the property's cancellation, which show at the
/// inspection six hours after confirmation, beyond what a run on sockets plays; and, for the time it
/// would take, refused cancellations, the webhooks' faults, `slow`, outages, network faults at other
/// vendors than the hotel's, clients' misbehaviour and crashes (`Tests/EndToEnd` kills the real server).
struct PairedCase: Sendable, CustomStringConvertible {
  let name: String
  let seed: UInt64
  /// The fault that must have met a call on both sides; nil: none may.
  let fault: String?
  /// How much faster than the wall clock the run on sockets is.
  let speed: Int
  let scenario: Scenario

  var description: String { name }

  /// How long it must be calm before it is over, in microseconds of the scenario's time: as long as a
  /// request can be under way.
  var tail: Int64 {
    fault == "late-effect" || fault == "delivered-twice" ? 150_000_000 : 10_000_000
  }

  init(
    _ name: String, fault: String?, seed: UInt64 = 1, speed: Int = 80,
    _ change: (inout Scenario) -> Void
  ) {
    self.name = name
    self.fault = fault
    self.seed = seed
    self.speed = speed
    var scenario = Scenario(name: name, bookings: 12)
    scenario.services.stripe.webhooks[.twice] = .never
    change(&scenario)
    self.scenario = scenario
  }
}

extension Share {
  /// A share that hits about every third call.
  static let often = Share(partsPerMillion: 300_000)
}

extension Chance {
  /// Every client cancels its trip, long after it was confirmed.
  static var whenConfirmed: Chance {
    Chance(share: Share(partsPerMillion: 1_000_000), after: .constant(400))
  }
}

extension PairedCase {
  /// Every kind of fault of the network, at the hotel's vendor.
  static let network: [PairedCase] = [
    network("request-lost"), network("reset-before"), network("response-lost"),
    network("reset-after"), network("late-effect", after: .uniform(low: 30, high: 120)),
    network("delivered-twice", after: .uniform(low: 1, high: 60)), network("truncated"),
    network("garbled"), network("bad-gateway"), network("refused"),
    network("foreign-page"),
  ]

  private static func network(_ fault: String, after: Distribution = .constant(0)) -> PairedCase {
    PairedCase("hotel \(fault)", fault: fault) {
      $0.services.hotel.common.network.faults[fault].chance = Chance(share: .often, after: after)
    }
  }

  /// The vendors' own failures.
  static let services: [PairedCase] = [
    PairedCase("stripe decline", fault: "decline") {
      $0.services.stripe.faults["decline"].share = .often
    },
    PairedCase("stripe requires-action", fault: "requires-action") {
      $0.services.stripe.faults["requires-action"].share = .often
    },
    PairedCase("stripe processing", fault: "processing") {
      $0.services.stripe.faults["processing"].chance = Chance(
        share: .often, after: .uniform(low: 20, high: 60))
    },
    PairedCase("stripe lock-timeout", fault: "lock-timeout") {
      $0.services.stripe.faults["lock-timeout"].share = .often
    },
    PairedCase("stripe rate-limited", fault: "rate-limited") {
      $0.services.stripe.faults["rate-limited"].share = .often
    },
    PairedCase("stripe error-500", fault: "error-500") {
      $0.services.stripe.faults["error-500"].share = .often
    },
    PairedCase("stripe refund-pending", fault: "refund-pending") {
      $0.services.stripe.faults["refund-pending"].chance = Chance(
        share: .often, after: .uniform(low: 20, high: 60))
      $0.clients.cancel = .whenConfirmed
    },
    PairedCase("stripe refund-fails-later", fault: "refund-fails-later") {
      $0.services.stripe.faults["refund-fails-later"].chance = Chance(
        share: .often, after: .uniform(low: 20, high: 60))
      $0.clients.cancel = .whenConfirmed
    },
    PairedCase("flight sell-failure", fault: "sell-failure") {
      $0.services.flight.faults["sell-failure"].share = .often
    },
    PairedCase("flight price-discrepancy", fault: "price-discrepancy") {
      $0.services.flight.faults["price-discrepancy"].share = .often
    },
    PairedCase("flight repriced", fault: "repriced") {
      $0.services.flight.faults["repriced"].share = .often
    },
    PairedCase("flight quote-expired", fault: "quote-expired") {
      $0.services.flight.faults["quote-expired"].share = .often
    },
    PairedCase("flight error-500", fault: "error-500") {
      $0.services.flight.faults["error-500"].share = .often
    },
    PairedCase("flight too-many-requests", fault: "too-many-requests") {
      $0.services.flight.faults["too-many-requests"].share = .often
    },
    PairedCase("flight token-expired", fault: "token-expired") {
      $0.services.flight.faults["token-expired"].share = .often
    },
    PairedCase("hotel unavailable", fault: "unavailable") {
      $0.services.hotel.faults["unavailable"].share = .often
    },
    PairedCase("hotel repriced", fault: "repriced") {
      $0.services.hotel.faults["repriced"].share = .often
    },
    PairedCase("hotel token-expired", fault: "token-expired") {
      $0.services.hotel.faults["token-expired"].share = .often
    },
    PairedCase("hotel duplicate-request", fault: "duplicate-request") {
      $0.services.hotel.faults["duplicate-request"].share = .often
    },
    PairedCase("hotel error-500", fault: "error-500") {
      $0.services.hotel.faults["error-500"].share = .often
    },
    PairedCase("hotel too-many-requests", fault: "too-many-requests") {
      $0.services.hotel.faults["too-many-requests"].share = .often
    },
    PairedCase("activity sold-out", fault: "sold-out") {
      $0.services.activity.faults["sold-out"].share = .often
    },
    PairedCase("activity rejected", fault: "rejected") {
      $0.services.activity.faults["rejected"].share = .often
    },
    PairedCase("activity pending", fault: "pending") {
      $0.services.activity.faults["pending"].chance = Chance(
        share: .often, after: .uniform(low: 20, high: 60))
    },
    PairedCase("activity error-500", fault: "error-500") {
      $0.services.activity.faults["error-500"].share = .often
    },
    PairedCase("activity unavailable", fault: "unavailable") {
      $0.services.activity.faults["unavailable"].share = .often
    },
    PairedCase("activity too-many-requests", fault: "too-many-requests") {
      $0.services.activity.faults["too-many-requests"].share = .often
    },
    PairedCase("mail error-500", fault: "error-500") {
      $0.services.mail.faults["error-500"].share = .often
    },
    PairedCase("mail message-refused", fault: "message-refused") {
      $0.services.mail.faults["message-refused"].share = .often
    },
  ]

  /// Slower than the others and alone, because its latencies are reported.
  static let faultFree = PairedCase("fault-free", fault: nil, speed: 15) { _ in }

  /// Played without a fault, then with each kind.
  static let all = [faultFree] + network + services
}
