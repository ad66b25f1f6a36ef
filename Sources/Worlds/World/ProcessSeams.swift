import Audit
import BookingOrchestrator
import Scenarios
package import Simulation
import Synchronization

/// The wall clock of a process.
struct ProcessWallClock: BookingOrchestrator.WallClock {
  let process: SimulatedProcess
  let epochMicroseconds: Int64
  func now() -> Timestamp {
    Timestamp(microseconds: process.wallClockMicroseconds(epoch: epochMicroseconds))
  }
}

/// Jitter from streams keyed by what is delayed.
struct KeyedJitter: JitterSource {
  let streams: Streams
  private static let purpose = Purpose("orchestrator/jitter")

  func fraction(booking: BookingID, slot: String, attempt: Int) -> Double {
    var stream = streams.stream(
      Self.purpose, CallKeys.hash(booking.rawValue, slot), UInt64(bitPattern: Int64(attempt)))
    // The seam promises 0..<1; a uniform is never 0 or 1.
    return stream.uniform()
  }
}

/// Secrets from streams keyed by what they are for: none that a world could not have again.
package struct KeyedSecrets: SecretSource {
  private let streams: Streams
  private static let purpose = Purpose("orchestrator/secrets")

  /// Creates the secrets of a world.
  package init(streams: Streams) { self.streams = streams }

  package func secret(bytes count: Int, hint: String) -> [UInt8] {
    var stream = streams.stream(Self.purpose, CallKeys.hash(hint, "secret"))
    return (0..<count).map { _ in UInt8(stream.index(below: 256)) }
  }
}

/// All identifiers of a world, so that none is made twice, whoever dies.
final class WorldIdentifiers: Sendable {
  /// How many names the clients have among them.
  let names: Int
  /// How often each was made.
  private let counts = Mutex<[String: Int]>([:])

  init(names: Int = 1) { self.names = names }

  /// Returns `kind` and `number`, from the second time on with a count: `bk_17`, `bk_17-2`.
  func make(_ kind: String, _ separator: String, _ number: String) -> String {
    let stem = "\(kind)\(separator)\(number)"
    let count = counts.withLock { counts in
      counts[stem, default: 0] += 1
      return counts[stem, default: 1]
    }
    return count == 1 ? stem : "\(stem)-\(count)"
  }
}

/// The identifiers of one process: bookings are numbered like their clients, owners of leases like
/// the process.
struct ProcessIdentifiers: IdentifierSource {
  let process: SimulatedProcess
  let world: WorldIdentifiers

  func identifier(_ kind: String, hint: String) -> String {
    // A dead process unwinds; what it asks for must not count.
    guard process.isAlive else { return "\(kind)_dead" }
    if kind == "own" {
      return ProcessTimes.owner(node: process.nodeName, incarnation: process.incarnation)
    }
    // `client-1/key-2`, or `default/key-17` in a world of one name.
    var key = Self.lastNumber(hint.utf8[...])
    var isRival = false
    if let slash = hint.utf8.lastIndex(of: UInt8(ascii: "/")) {
      isRival = hint.utf8[slash...].dropFirst().starts(with: Self.rival.utf8)
      if world.names > 1, let number = Int(key),
        let client = ClientIdentity.client(
          name: hint[..<slash], number: number, names: world.names)
      {
        key = String(client)
      }
    }
    return world.make(kind, "_", key.isEmpty ? hint : isRival ? "\(key)-rival" : key)
  }

  /// How the keys begin under which clients book their option once more: `bk_17-rival` is client 17's.
  static let rival = "rival-"

  /// The digits at the end.
  private static func lastNumber(_ text: Substring.UTF8View) -> String {
    let digits = text.reversed().prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    return String(decoding: digits.reversed(), as: UTF8.self)
  }
}
