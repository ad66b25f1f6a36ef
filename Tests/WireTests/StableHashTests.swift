import Testing

@testable import Wire

struct StableHashTests {
  // Source: test vectors of the FNV reference code (Noll), 64-bit FNV-1a.
  @Test(
    arguments: [
      ("", 0xCBF2_9CE4_8422_2325), ("a", 0xAF63_DC4C_8601_EC8C), ("foobar", 0x8594_4171_F739_67E8),
    ] as [(String, UInt64)])
  func fnvHasThePublishedValues(_ text: String, _ value: UInt64) {
    #expect(FNV1a.hash(text.utf8) == value)
  }

  @Test func fnvGoesOnFromAnotherHash() {
    #expect(FNV1a.hash("bar".utf8, from: FNV1a.hash("foo".utf8)) == FNV1a.hash("foobar".utf8))
    #expect(FNV1a.hash("foobar" as StaticString) == FNV1a.hash("foobar".utf8))
    #expect(FNV1a.hash("abc".utf8, from: 7) == 0x7313_D901_F40D_F4E9)
    #expect(FNV1a.hash("charge" as StaticString) == 0x26C6_CF03_380B_B6B1)
    #expect(FNV1a().value == FNV1a.offset)
  }

  // Source: the numbers of the seed 1234567 in Vigna's splitmix64.c.
  @Test func splitMixHasThePublishedValues() {
    var stream = SplitMix64(state: 1_234_567)
    #expect(
      (0..<3).map { _ in stream.next() }
        == [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423])
    #expect(SplitMix64.mix(1_234_567) == 6_457_827_717_110_365_317)
    #expect(SplitMix64.finalize(0) == 0)
  }

  /// The values that the functions gave from which these two took over: ids and draws are made of
  /// them.
  @Test func whatIsMadeOfBothHasTheValuesItHad() {
    #expect(SplitMix64.mix(0x53_5452_4950) == 0x0298_38DE_E2D2_6202)
    #expect(SplitMix64.finalize(FNV1a.hash("latency/stripe".utf8)) == 0xCA01_AE0D_EA3F_A2E0)
    var hash = FNV1a()
    hash.add("locator".utf8)
    hash.add(0)
    hash.add("b-1".utf8)
    hash.add(0)
    var keyed = SplitMix64(
      state: hash.value ^ SplitMix64.mix(42) ^ SplitMix64.finalize(UInt64(3)))
    #expect(keyed.next() == 0xFAF6_2BBF_0FFA_FEBF)
    #expect(keyed.next() == 0x0536_F6E7_D02C_0BB5)
    var call = FNV1a()
    call.add("booking=1,slot=2,direction=book,generation=0,attempt=1".utf8)
    call.add(0xFF)
    call.add("stripe.refund".utf8)
    #expect(call.value == 0x3D3A_41B7_EFAA_7A36)
  }
}
