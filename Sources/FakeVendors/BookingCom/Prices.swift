import Wire

extension BookingComState {
  /// How amounts are told: in the property's currency and in the one that the booker asked for.
  struct Prices: Sendable {
    /// The booker's currency, which everything is counted in.
    let currency: String
    /// The property's own; nil when it is the same.
    let local: FakeBookingCom.Product.Local?
    /// Whether nothing is told in the booker's currency, as when none is asked for.
    var isLocalOnly = false

    init(currency: String, local: FakeBookingCom.Product.Local?) {
      self.currency = currency
      self.local = local
    }

    /// Writes both currencies.
    func writeCurrency(to text: inout JSONWriter) {
      text.object("currency") { text in
        text.field("accommodation", local?.currency ?? currency)
        if isLocalOnly, local != nil {
          text.null("booker")
        } else {
          text.field("booker", currency)
        }
      }
    }

    /// Writes an amount in both currencies.
    func write(_ name: String, _ minor: Int64, to text: inout JSONWriter) {
      text.object(name) { text in
        text.number(
          "accommodation_currency",
          local.map { WireMoney.text(minor * $0.factor, $0.currency) }
            ?? WireMoney.text(minor, currency))
        if isLocalOnly, local != nil {
          text.null("booker_currency")
        } else {
          text.number("booker_currency", WireMoney.text(minor, currency))
        }
      }
    }

    /// Writes the price of a preview, in which nothing is charged beside the base price.
    func writePrice(_ minor: Int64, to text: inout JSONWriter) {
      text.object("price") { text in
        write("base", minor, to: &text)
        text.array("charges") { _ in }
        for name in ["chargeable_online", "display", "total"] { write(name, minor, to: &text) }
      }
    }
  }
}
