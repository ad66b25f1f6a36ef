extension BookingView {
  /// The body of every answer about a booking.
  var json: [UInt8] {
    JSONText.object {
      $0.field("bookingId", id.rawValue)
      $0.field("tripOptionId", option.rawValue)
      $0.field("state", state.rawValue)
      $0.field("needsAttention", needsAttention)
      $0.field("amount", total.minorUnits)
      $0.field("currency", total.currency.code)
      $0.field("charged", charged)
      $0.field("refunded", refunded)
      $0.field("payment", objectOf: payment) {
        $0.field("paymentIntentId", $1.paymentIntent)
        $0.field("status", $1.status)
      }
      $0.field("flight", objectOf: component("flight")) {
        $0.field("status", $1.status)
        $0.field("reference", $1.reference)
        $0.field("pnr", $1.pnr)
        $0.field("amount", $1.amount)
      }
      $0.field("hotel", objectOf: component("hotel")) {
        $0.field("status", $1.status)
        $0.field("reference", $1.reference)
        $0.field("reservation", $1.confirmation)
        $0.field("amount", $1.amount)
      }
      $0.field("activities", arrayOf: activities) {
        $0.field("slot", $1.slot)
        $0.field("status", $1.status)
        $0.field("reference", $1.reference ?? $1.confirmation)
        $0.field("amount", $1.amount)
      }
      $0.field("warnings", arrayOf: warnings) {
        $0.field("slot", $1.slot)
        $0.field("code", $1.code)
        $0.field("message", $1.message)
      }
      $0.field("failure", objectOf: failure) {
        $0.field("code", $1.code)
        $0.field("message", $1.message)
      }
      $0.field("attention", arrayOf: attention) {
        $0.field("slot", $1.slot)
        $0.field("reason", $1.reason)
        $0.field("advice", $1.advice)
      }
      $0.field("createdAt", createdAt.iso8601)
      $0.field("finishedAt", finishedAt?.iso8601)
      $0.field("message", message)
    }
  }
}
