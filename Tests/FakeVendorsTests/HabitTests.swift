import HTTPService
import HTTPTypes
import Testing

@testable import FakeVendors

/// Habits of travel vendors that are no failures of theirs.
struct HabitTests {
  @Test func aPropertysOwnCurrencyHasAsManyDigits() {
    for (currency, own) in [("EUR", "THB"), ("THB", "USD"), ("JPY", "KRW"), ("KWD", "BHD")] {
      #expect(FakeBookingCom.Product.Local(abroadOf: currency).currency == own)
      #expect(WireMoney.exponent(currency) == WireMoney.exponent(own))
    }
  }

  @Test func aWaitIsToldInWholeSecondsRoundedUp() {
    #expect(VendorField.wholeSeconds(.milliseconds(1_200)) == 2)
    #expect(AmadeusError.wait(.seconds(600)).retryAfter == 600)
    #expect(
      BookingComError.wait(.seconds(600)).reply(requestID: "1").response.headerFields[
        VendorField.retryAfter] == "600")
  }
}
