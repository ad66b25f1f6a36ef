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
      breakers[service.index].failures += 1
      guard breakers[service.index].failures >= Self.threshold else { return }
      let isProbe = breakers[service.index].openUntil != nil
      if isProbe {
        breakers[service.index].pause = min(breakers[service.index].pause * 2, Self.longestPause)
      }
      breakers[service.index].openUntil = now + breakers[service.index].pause
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
