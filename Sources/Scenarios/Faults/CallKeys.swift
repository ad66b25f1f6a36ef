package import Simulation
import Wire

/// Gives every call of a world a key that depends on the call alone, not on what else happens.
///
/// The key is made of what the caller says about the call (its baggage up to the lease's epoch, which
/// moves with crashes) and of the operation; calls that say the same are counted. So leaving one
/// booking or one fault out leaves the draws of all other calls as they were.
package struct CallKeys {
  /// How often each key was seen; looked up by key only.
  private var counts: [UInt64: UInt64] = [:]

  /// Creates keys of which none was seen.
  package init() {}

  /// A call's key, and how many calls had it before.
  package struct Key: Hashable {
    package var hash: UInt64
    package var count: UInt64
  }

  /// Returns the key of the next call that says this.
  package mutating func next(_ baggage: String, _ operation: String) -> Key {
    let hash = Self.hash(baggage, operation)
    let count = counts[hash, default: 0]
    counts[hash] = count + 1
    return Key(hash: hash, count: count)
  }

  /// FNV-1a over what identifies the logical call and its attempt.
  package static func hash(_ baggage: String, _ operation: String) -> UInt64 {
    var hash = FNV1a()
    var commas = 0
    for byte in baggage.utf8 {
      if byte == UInt8(ascii: ",") {
        commas += 1
        // The sixth member of an orchestrator's baggage is the epoch.
        if commas == 5 { break }
      }
      hash.add(byte)
    }
    hash.add(0xff)
    hash.add(operation.utf8)
    return hash.value
  }
}

extension Streams {
  /// Returns the stream of a call for a purpose.
  package func stream(_ purpose: Purpose, _ key: CallKeys.Key) -> RandomStream {
    stream(purpose, key.hash, key.count)
  }
}
