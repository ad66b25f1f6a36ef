import Foundation

@testable import Wire

/// Compares what was read with what Foundation reads.
enum Likeness {
  /// Returns the first value that differs; nil when all are the same.
  static func difference(_ ours: JSONValue, _ theirs: Any) -> String? {
    switch (ours, theirs) {
    case (.null, is NSNull): return nil
    case (.string(let text), let their as String) where Array(text.utf8) == Array(their.utf8):
      return nil
    case (.array(let elements), let their as [Any]) where elements.count == their.count:
      for (element, their) in zip(elements, their) {
        if let difference = difference(element, their) { return difference }
      }
      return nil
    case (.object(let members), let their as [String: Any])
    where Set(members.map(\.key)) == Set(their.keys):
      // Where a name stands twice, the two may keep different ones.
      guard members.count == their.count else { return nil }
      for member in members {
        guard let their = their[member.key] else { return member.key }
        if let difference = difference(member.value, their) { return difference }
      }
      return nil
    case (.bool(let value), let their as NSNumber) where isBool(their) && their.boolValue == value:
      return nil
    case (.number(let digits), let their as NSNumber) where isSame(digits, their): return nil
    default: return "ours \(ours), theirs \(theirs)"
    }
  }

  private static func isBool(_ number: NSNumber) -> Bool {
    String(cString: number.objCType) == String(cString: NSNumber(value: true).objCType)
  }

  private static func isSame(_ digits: String, _ their: NSNumber) -> Bool {
    guard !isBool(their) else { return false }
    if let whole = Int64(digits) { return their.int64Value == whole }
    guard let value = Double(digits) else { return false }
    // Foundation on Linux reads some decimals by way of `Decimal`, and ends some bits beside.
    return abs(value - their.doubleValue) <= 1e-14 * value.magnitude
  }
}

/// A stream of numbers for generated texts: SplitMix64.
struct TestRandom: RandomNumberGenerator {
  private var state: UInt64

  init(_ seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
