import Testing

@testable import Audit
@testable import Worlds

/// The auditor's own reading of what Stripe takes.
struct ChargeStepTests {
  @Test(
    arguments: [
      ("KWD", 152_505, 152_500), ("KWD", 152_500, 152_500), ("BHD", 9, 0), ("JOD", 10, 10),
      ("OMR", 19, 10), ("TND", 0, 0), ("ISK", 550, 500), ("UGX", 99, 0), ("USD", 152_505, 152_505),
      ("JPY", 7, 7), ("HUF", 17_501, 17_501),
    ] as [(String, Int64, Int64)])
  func noFractionOfAStepIsKept(_ currency: String, _ amount: Int64, _ kept: Int64) {
    #expect(ChargeStep.kept(amount, currency) == kept)
  }
}
