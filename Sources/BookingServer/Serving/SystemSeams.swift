package import BookingOrchestrator
import Foundation

/// The machine's wall clock.
package struct SystemWallClock: WallClock {
  /// Creates it.
  package init() {}

  package func now() -> Timestamp {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Timestamp(
      microseconds: Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1_000)
  }
}

/// Identifiers that sort by the time of their making: `bk_` and a UUIDv7 without hyphens.
///
/// Source: RFC 9562, section 5.7: 48 bits of milliseconds, then version, variant and 74 random bits.
package struct TimeOrderedIdentifiers: IdentifierSource {
  private let wallClock: any WallClock

  /// Creates a source that reads a clock.
  package init(wallClock: any WallClock = SystemWallClock()) { self.wallClock = wallClock }

  package func identifier(_ kind: String, hint: String) -> String {
    let milliseconds = UInt64(max(0, wallClock.now().microseconds / 1_000))
    let high = milliseconds << 16 | 0x7000 | UInt64.random(in: 0..<(1 << 12))
    let low = 0b10 << 62 | UInt64.random(in: 0..<(1 << 62))
    return "\(kind)_\(Self.hex(high))\(Self.hex(low))"
  }

  private static func hex(_ value: UInt64) -> String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}

/// Secrets from the system's generator, which is a cryptographic one (`getrandom` on Linux).
package struct SystemSecrets: SecretSource {
  /// Creates it.
  package init() {}

  package func secret(bytes count: Int, hint: String) -> [UInt8] {
    (0..<count).map { _ in UInt8.random(in: .min ... .max) }
  }
}

/// Jitter from the system's generator: no two servers wait alike.
package struct SystemJitter: JitterSource {
  /// Creates it.
  package init() {}

  package func fraction(booking: BookingID, slot: String, attempt: Int) -> Double {
    Double.random(in: 0..<1)
  }
}
