/// Chooses a sample that a change of the sources hardly moves: each id has a place of its own.
public enum Sample {
  /// Returns `count` of the mutants (all when there are no more), in their order.
  public static func choose(_ mutants: [Mutant], count: Int, seed: UInt64) -> [Mutant] {
    let places = mutants.map { place($0.id, seed: seed) }
    guard count < mutants.count else { return mutants }
    let limit = places.sorted()[count]
    return zip(mutants, places).compactMap { $1 < limit ? $0 : nil }
  }

  /// FNV-1a with a last mixing step (Fowler, Noll, Vo; the finaliser is MurmurHash3's).
  private static func place(_ id: String, seed: UInt64) -> UInt64 {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325 ^ seed
    for byte in id.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    hash = (hash ^ (hash >> 33)) &* 0xff51_afd7_ed55_8ccd
    return hash ^ (hash >> 33)
  }
}
