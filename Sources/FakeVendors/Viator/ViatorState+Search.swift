import Wire

/// Product search: what is on sale, before availability is checked.
///
/// Source: the OpenAPI document of the Viator Partner API 2.0, `/products/search`: `filtering`
/// (`destination`, `lowestPrice`, `highestPrice`, `flags`), `sorting`, `pagination` (`start` from 1,
/// `count` up to 50), `currency`; answers `products` and `totalCount`. Messages are (U).
extension ViatorState {
  /// Answers a search. The fake's activities are nowhere in particular: any destination finds them.
  func search(_ body: JSONValue) throws(ViatorError) -> [UInt8] {
    guard let currency = body["currency"]?.string else { throw .missing("currency") }
    guard let filter = body["filtering"] else { throw .missing("filtering") }
    guard let place = filter["destination"]?.identifier, !place.isEmpty else {
      throw .missing("filtering.destination")
    }
    func price(_ name: String) throws(ViatorError) -> Int64? {
      guard let node = filter[name] else { return nil }
      guard case .number(let digits) = node, let minor = WireMoney.minor(digits, currency) else {
        throw .badRequest("Invalid filtering.\(name)")
      }
      return minor
    }
    let lowest = try price("lowestPrice") ?? 0
    let highest = try price("highestPrice") ?? Int64.max
    let flags = filter["flags"]?.array?.compactMap(\.string) ?? []
    let start = body["pagination"]?["start"]?.integer ?? 1
    let count = body["pagination"]?["count"]?.integer ?? 50
    guard start >= 1, (1...50).contains(count) else { throw .badRequest("Invalid pagination") }
    var found: [FakeViator.Product] = []
    for code in productCodes {
      guard let product = products[code], !product.gone, product.currency == currency,
        (lowest...max(lowest, highest)).contains(product.totalMinor), lowest <= highest,
        !flags.contains("FREE_CANCELLATION") || product.percentageRefundable == 100
      else { continue }
      found.append(product)
    }
    if body["sorting"]?["sort"]?.string == "PRICE" {
      let descending = body["sorting"]?["order"]?.string == "DESCENDING"
      // Equal prices keep the order of the catalogue.
      let order = found.enumerated().sorted { left, right in
        let (one, other) = (left.element.totalMinor, right.element.totalMinor)
        if one != other { return descending ? one > other : one < other }
        return left.offset < right.offset
      }
      found = order.map(\.element)
    }
    return JSONWriter.object { text in
      text.array("products") { text in
        for product in found.dropFirst(start - 1).prefix(count) {
          text.object { text in
            text.field("productCode", product.code)
            text.field("title", "Activity \(product.code)")
            text.field("confirmationType", "INSTANT")
            text.object("pricing") { text in
              text.object("summary") { text in
                text.number("fromPrice", WireMoney.text(product.totalMinor, currency))
                text.number("fromPriceBeforeDiscount", WireMoney.text(product.totalMinor, currency))
              }
              text.field("currency", currency)
            }
            text.array("flags") { text in
              if product.percentageRefundable == 100 { text.value("FREE_CANCELLATION") }
            }
          }
        }
      }
      text.field("totalCount", found.count)
    }
  }
}
