/// One line of a Checkout Session as Stripe's API shows it, with the price that was made for it.
///
/// Source: `LineItem` and `Price` of Stripe's Python library 16.1.0. Discounts and taxes are not here.
struct StripeLineItem: Sendable, Hashable {
  /// Empty until the session has an id.
  var id = ""
  var currency: StripeCurrency
  var description: String?
  /// Empty until the session has an id.
  var price = ""
  var product = ""
  var quantity: Int64
  /// Seconds since 1970.
  var created: Int64 = 0
  var unitAmount: Int64

  func write(to json: inout StripeJSON) {
    let total = unitAmount * quantity
    json.string(#"{"id":"#, id)
    json.raw(#","object":"item","adjustable_quantity":null,"amount_discount":0"#)
    json.int(#","amount_subtotal":"#, total)
    json.int(#","amount_tax":0,"amount_total":"#, total)
    json.string(#","currency":"#, currency.code)
    json.string(#","description":"#, orNull: description)
    json.string(#","metadata":{},"price":{"id":"#, price)
    json.raw(#","object":"price","active":false,"billing_scheme":"per_unit""#)
    json.int(#","created":"#, created)
    json.string(#","currency":"#, currency.code)
    json.raw(#","custom_unit_amount":null,"livemode":false,"lookup_key":null,"metadata":{}"#)
    json.string(#","nickname":null,"product":"#, product)
    json.raw(#","recurring":null,"tax_behavior":"unspecified","tiers_mode":null"#)
    json.int(#","transform_quantity":null,"type":"one_time","unit_amount":"#, unitAmount)
    json.string(#","unit_amount_decimal":"#, String(unitAmount))
    json.int(#"},"quantity":"#, quantity)
    json.raw("}")
  }
}

extension StripeSession {
  /// Gives the lines their ids, derived from the session's.
  mutating func nameItems(_ ids: StripeIDs) {
    for index in items.indices {
      let root = StripeHash.mix(StripeHash.of(id.utf8, from: 11) &+ UInt64(index))
      items[index].id = ids.id("li_", alone: root)
      items[index].price = ids.id("price_", alone: root ^ 1)
      items[index].product = ids.short("prod_", root: root ^ 2, count: 14)
      items[index].created = created
    }
  }
}

extension StripeAccount {
  /// Returns one page of a session's lines, in the order of the request.
  func items(of session: StripeSession, _ page: StripeCommand.Page?) throws(StripeError)
    -> StripeBody
  {
    func position(_ id: String) throws(StripeError) -> Int {
      guard let position = session.items.firstIndex(where: { $0.id == id }) else {
        throw .noSuch("line item", id, param: "starting_after", status: 400)
      }
      return position
    }
    let limit = page?.limit ?? 10
    var first = 0
    var end = session.items.count
    if let id = page?.startingAfter { first = try position(id) + 1 }
    if let id = page?.endingBefore {
      end = try position(id)
      first = max(first, end - limit)
    }
    let shown = session.items[first..<max(first, end)].prefix(limit)
    let more = page?.endingBefore == nil ? shown.endIndex < end : first > 0
    return .list(
      url: "/v1/checkout/sessions/\(session.id)/line_items", hasMore: more,
      shown.map { .lineItem($0) })
  }
}
