import CGSL

/// The rolling hash over everything that happens in a world.
struct Trace {
  private(set) var hash: UInt64
  private var index = 0
  var onRecord: ((Simulator.Record) -> Void)?

  init(seed: UInt64) { hash = sim_mix(seed &+ 0x9e37_79b9_7f4a_7c15) }

  /// Folds an event in.
  mutating func record(
    at: Int64, _ kind: StaticString, _ a: UInt64, _ b: UInt64, detail: () -> String
  ) {
    fold(kind)
    fold(UInt64(bitPattern: at))
    fold(a)
    fold(b)
    index += 1
    if let onRecord {
      onRecord(
        Simulator.Record(
          index: index, at: SimulatedInstant(microseconds: at), kind: "\(kind)", detail: detail()))
    }
  }

  private mutating func fold(_ word: UInt64) {
    hash = sim_mix((hash ^ word) &+ 0x9e37_79b9_7f4a_7c15)
  }

  /// Folds a name in by its bytes: its address differs from process to process.
  private mutating func fold(_ name: StaticString) {
    guard name.hasPointerRepresentation else { return fold(UInt64(name.unicodeScalar.value)) }
    var word = UInt64(name.utf8CodeUnitCount)
    let bytes = UnsafeRawBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount)
    var offset = 0
    while offset + 8 <= bytes.count {
      word =
        (word &* 0x100_0000_01b3) ^ bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
      word ^= word >> 29
      offset += 8
    }
    while offset < bytes.count {
      word = (word &* 0x100_0000_01b3) ^ UInt64(bytes[offset])
      offset += 1
    }
    fold(word)
  }
}
