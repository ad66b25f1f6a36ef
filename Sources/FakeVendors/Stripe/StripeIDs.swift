import Wire

/// Mints ids that depend on who asks, never on how many others asked before.
///
/// An id is a hash of the account's seed, of the causing call's identity (the booking, slot,
/// direction and generation of its `baggage`, else its idempotency key) and of a counter of its own
/// for that identity. Leaving one booking out of a run therefore changes no other booking's ids.
/// Calls with neither share one counter.
struct StripeIDs: Sendable {
  private let seed: UInt64
  /// The ten characters that all ids of one account share.
  private let account: [UInt8]
  private var counts: [UInt64: UInt64] = [:]

  init(seed: UInt64) {
    self.seed = StripeHash.mix(seed ^ 0x5354_5249_5045)
    var account: [UInt8] = []
    StripeHash.appendBase62(StripeHash.mix(self.seed), count: 10, to: &account)
    self.account = account
  }

  /// Returns a fresh root for a purpose and a cause, different at each call.
  mutating func root(_ purpose: StaticString, identity: UInt64) -> UInt64 {
    let key = StripeHash.mix(identity ^ StripeHash.of(purpose))
    let count = counts[key, default: 0]
    counts[key] = count + 1
    return StripeHash.mix(StripeHash.mix(seed ^ key) &+ count)
  }

  /// Returns `<prefix>3…` with the leading part of the payment `root` and a tail of `branch`.
  ///
  /// A payment intent, its charges, refunds, balance transactions and events share the leading part.
  func id(_ prefix: StaticString, payment root: UInt64, branch: UInt64) -> String {
    id(prefix, generation: UInt8(ascii: "3"), root: root, branch: branch)
  }

  /// Returns `<prefix>1…` for an object that belongs to no payment.
  func id(_ prefix: StaticString, alone root: UInt64) -> String {
    id(prefix, generation: UInt8(ascii: "1"), root: root, branch: StripeHash.mix(root))
  }

  /// Returns `req_` and 14 characters.
  mutating func request(identity: UInt64) -> String {
    short("req_", root: root("req", identity: identity), count: 14)
  }

  /// Returns `<prefix>` and `count` characters drawn from `root`.
  func short(_ prefix: StaticString, root: UInt64, count: Int) -> String {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(32)
    bytes.append(prefix)
    StripeHash.appendBase62(root, count: count, to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  private func id(_ prefix: StaticString, generation: UInt8, root: UInt64, branch: UInt64) -> String
  {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(32)
    bytes.append(prefix)
    bytes.append(generation)
    StripeHash.appendBase62(root, count: 5, to: &bytes)
    bytes.append(contentsOf: account)
    bytes.append(UInt8(ascii: "0"))
    StripeHash.appendBase62(branch, count: 7, to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }
}

/// A fast hash that is the same in every process; not for secrets.
enum StripeHash {
  /// Scrambles a word.
  static func mix(_ word: UInt64) -> UInt64 { SplitMix64.mix(word) }

  /// Hashes bytes, continuing from `state`.
  static func of(_ bytes: some Sequence<UInt8>, from state: UInt64 = FNV1a.offset) -> UInt64 {
    FNV1a.hash(bytes, from: state)
  }

  /// Hashes a literal.
  static func of(_ literal: StaticString) -> UInt64 { FNV1a.hash(literal) }

  /// Returns what identifies the cause of a call: its booking step, else its idempotency key, else 0.
  static func identity(baggage: String, key: String) -> UInt64 {
    var baggage = baggage
    let step: UInt64? = baggage.withUTF8 { bytes in
      var hash = FNV1a.offset
      var namesBooking = false
      for entry in bytes.split(separator: UInt8(ascii: ",")) {
        let isBooking = entry.starts(with: "booking=".utf8)
        guard
          isBooking || entry.starts(with: "slot=".utf8) || entry.starts(with: "direction=".utf8)
            || entry.starts(with: "generation=".utf8)
        else { continue }
        namesBooking = namesBooking || isBooking
        hash = of(entry, from: hash)
      }
      return namesBooking ? hash : nil
    }
    if let step { return mix(step) }
    return key.isEmpty ? 0 : mix(of(key.utf8) ^ 1)
  }

  /// Appends `count` letters and digits drawn from `root`.
  static func appendBase62(_ root: UInt64, count: Int, to bytes: inout [UInt8]) {
    var word = mix(root)
    var left = 10  // 62^10 < 2^64: a word holds ten characters.
    for _ in 0..<count {
      if left == 0 {
        word = mix(word ^ root)
        left = 10
      }
      let digit = UInt8(truncatingIfNeeded: word % 62)
      word /= 62
      left -= 1
      switch digit {
      case 0..<10: bytes.append(UInt8(ascii: "0") + digit)
      case 10..<36: bytes.append(UInt8(ascii: "A") + digit - 10)
      default: bytes.append(UInt8(ascii: "a") + digit - 36)
      }
    }
  }
}
