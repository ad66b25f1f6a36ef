import Audit
import BookingOrchestrator
import Simulation

/// Draws prices of a plausible size in whole minor units of one currency.
///
/// All of them are whole multiples of what Stripe can charge: with three decimals the last digit
/// must be zero (Stripe documentation, Currencies, three-decimal currencies). What vendors keep of a
/// price is theirs to say, and need not be one.
struct PriceTable {
  /// Minor units for about one US dollar.
  let perDollar: Int64
  /// Prices are multiples of this.
  let step: Int64

  init(_ currency: Currency) {
    step = currency.exponent == 3 ? 10 : 1
    perDollar =
      switch currency.code {
      case "JPY": 150
      case "KRW": 1_350
      case "CLP": 950
      case "VND": 18_000  // Less than it is, so that the dearest trip has eight digits.
      case "KWD", "BHD", "OMR": 400
      case "JOD": 710
      case "TND": 3_100
      case "CNY", "DKK", "HKD", "NOK", "SEK": 800
      case "INR": 8_300
      case "CZK": 2_300
      case "MXN", "ZAR", "THB": 1_900
      default: 100
      }
  }

  /// All seats together: 60 to 600 dollars each.
  func flight(travelers: Int, _ stream: inout RandomStream) -> Int64 {
    Int64(travelers) * draw(60, 600, &stream)
  }

  /// The stay: 60 to 180 dollars a night.
  func hotel(nights: Int, _ stream: inout RandomStream) -> Int64 {
    Int64(nights) * draw(60, 180, &stream)
  }

  /// The whole party: 15 to 80 dollars each.
  func activity(travelers: Int, _ stream: inout RandomStream) -> Int64 {
    Int64(travelers) * draw(15, 80, &stream)
  }

  /// A percentage of a price, rounded down to the minor unit.
  func part(_ percent: Int64, of price: Int64) -> Int64 { price * percent / 100 }

  /// A price between two numbers of dollars, with no love for round numbers.
  private func draw(_ low: Int64, _ high: Int64, _ stream: inout RandomStream) -> Int64 {
    let spread = (high - low) * perDollar
    return (low * perDollar + Int64(stream.index(below: Int(spread)))) / step * step
  }
}
