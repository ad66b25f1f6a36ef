import Synchronization

/// One circuit breaker per vendor: after several failures in a row it defers calls for a while.
///
/// An open breaker is never an answer: nothing is rejected because of it, only put off. After the
/// pause one call goes through as a probe; its success closes the breaker, its failure doubles the
/// pause (15 s up to 5 minutes).
final class Breakers: Sendable {
  private struct Breaker {
    var failures = 0
    var pause: Duration = .seconds(15)
    var openUntil: Timestamp?
    /// Whether the call that was let through has not been answered yet.
    var isProbing = false
  }
  private let breakers = Mutex([Breaker](repeating: Breaker(), count: Service.allCases.count))

  /// Failures in a row that open a breaker.
  static let threshold = 10
  private static let longestPause: Duration = .seconds(300)
  /// While a probe is out, the others wait: as long as a call may take.
  private static let probe: Duration = .seconds(90)

  /// Returns nil when a call may go out now, else when to ask again.
  func admit(_ service: Service, at now: Timestamp) -> Timestamp? {
    breakers.withLock { breakers in
      guard let until = breakers[service.index].openUntil else { return nil }
      if now < until { return until + .milliseconds(1) }
      // This caller is the probe.
      breakers[service.index].openUntil = now + Self.probe
      breakers[service.index].isProbing = true
      return nil
    }
  }

  /// When an open breaker lets its next call through; nil when it is closed.
  func openUntil(_ service: Service) -> Timestamp? {
    breakers.withLock { $0[service.index].openUntil }
  }

  /// Notes how a call ended: whether the vendor answered in a way that shows it works.
  func note(_ service: Service, worked: Bool, at now: Timestamp) {
    breakers.withLock { breakers in
      if worked {
        breakers[service.index] = Breaker()
        return
      }
      var breaker = breakers[service.index]
      breaker.failures += 1
      if breaker.openUntil == nil {
        guard breaker.failures >= Self.threshold else {
          breakers[service.index] = breaker
          return
        }
      } else {
        // Calls that were on their way when it opened fail late, and say nothing new.
        guard breaker.isProbing else { return }
        breaker.pause = min(breaker.pause * 2, Self.longestPause)
        breaker.isProbing = false
      }
      breaker.openUntil = now + breaker.pause
      breakers[service.index] = breaker
    }
  }
}

extension Service {
  /// Its place in tables.
  var index: Int {
    switch self {
    case .stripe: 0
    case .flight: 1
    case .hotel: 2
    case .activity: 3
    }
  }
}
