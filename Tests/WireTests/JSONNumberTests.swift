import Foundation
import Testing

@testable import Wire

struct JSONNumberTests {
  @Test(
    arguments: [
      ("0", 0, 0), ("-0", 0, 0), ("12", 0, 12), ("12.0", 0, 12), ("12.5", 0, nil), ("12.5", 1, 125),
      ("12.5", 2, 1250), ("12.50", 1, 125), ("12.345", 2, nil), ("-0.01", 2, -1), ("0.001", 2, nil),
      ("1.2e3", 0, 1200), ("1.2E+3", 2, 120_000), ("1200e-2", 0, 12), ("1201e-2", 0, nil),
      ("1201e-2", 2, 1201), ("0e999999999999", 0, 0), ("0.0e-999999999999", 2, 0),
      ("1e999999999999", 0, nil), ("1e-999999999999", 5, nil), ("100e-2", 0, 1),
      ("9223372036854775807", 0, .max), ("9223372036854775808", 0, nil),
      ("-9223372036854775808", 0, .min), ("-9223372036854775809", 0, nil),
      ("92233720368547758.07", 2, .max), ("92233720368547758.08", 2, nil),
      ("-92233720368547758.08", 2, .min), ("922337203685477580700e-2", 0, .max),
      ("9223372036854775807", 1, nil), ("0.000000000000000000000000000000", 2, 0),
    ] as [(String, Int, Int64?)])
  func decimalsAreCountedExactly(_ text: String, _ scale: Int, _ expected: Int64?) throws {
    #expect(try #require(JSONNumber(text)).scaled(to: scale) == expected)
  }

  @Test(arguments: 0..<10 as Range<UInt64>)
  func decimalsAreCountedAsByDecimal(_ seed: UInt64) throws {
    var random = TestRandom(seed)
    for _ in 0..<500 {
      let text = JSONGenerator.number(&random)
      let scale = Int.random(in: 0...4, using: &random)
      let number = try #require(JSONNumber(text))
      guard let decimal = Decimal(string: text) else { continue }
      let (units, isExact) = Self.units(decimal, scale)
      #expect(number.scaled(to: scale) == (isExact ? units : nil), "\(text) \(scale)")
      if let plain = number.plain {
        #expect(Decimal(string: plain) == decimal, "\(text) \(plain)")
        #expect(!plain.contains { "eE+".contains($0) })
      }
    }
  }

  private static func units(_ decimal: Decimal, _ scale: Int) -> (Int64?, Bool) {
    var shifted = Decimal()
    var decimal = decimal
    guard NSDecimalMultiplyByPowerOf10(&shifted, &decimal, Int16(scale), .plain) == .noError else {
      return (nil, false)
    }
    var whole = Decimal()
    NSDecimalRound(&whole, &shifted, 0, .down)
    guard whole == shifted else { return (nil, false) }
    return (Int64(whole.description), true)
  }

  @Test(
    arguments: [
      ("1.50e1", "15"), ("-0.0", "0"), ("0010", nil), ("1e3", "1000"), ("1.5e-3", "0.0015"),
      ("-12.340", "-12.34"), ("1e2000", nil), ("0e2000", "0"), ("", nil), ("1 ", nil), (" 1", nil),
      ("1.25E2", "125"), ("100", "100"), ("0.10", "0.1"), ("x", nil),
    ] as [(String, String?)])
  func plainNumbersHaveNoExponent(_ text: String, _ expected: String?) {
    #expect(JSONNumber(text)?.plain == expected)
  }
}
