import Wire

/// Schedules: when products can be had and for how much, before a date is chosen.
///
/// Source: the OpenAPI document of the Viator Partner API 2.0, `/availability/schedules/{product-code}`
/// and `/availability/schedules/bulk` (at most 500 codes), `ProductAvailabilitySchedule`. A fake's
/// product costs the same on every day and for every party, so its one season is priced per unit. That
/// what is gone or sold out has no bookable item, and that bulk leaves out unknown codes, is (U).
extension ViatorState {
  /// The longest party that the fake's unit price is said to be for; it is asked of no booking (U).
  private static let largestParty = 15

  /// Answers for one product.
  func schedule(of code: String, at now: Int64) throws(ViatorError) -> [UInt8] {
    guard let product = products[code] else { throw .notFound("Product \(code) not found") }
    return JSONWriter.object { write(scheduleOf: product, at: now, to: &$0) }
  }

  /// Answers for the products of a list.
  func schedules(_ body: JSONValue, at now: Int64) throws(ViatorError) -> [UInt8] {
    guard let nodes = body["productCodes"]?.array else { throw .missing("productCodes") }
    guard nodes.count <= 500 else { throw .badRequest("Invalid productCodes") }
    var asked: [FakeViator.Product] = []
    for node in nodes {
      guard let code = node.string else { throw .badRequest("Invalid productCodes") }
      if let product = products[code] { asked.append(product) }
    }
    return JSONWriter.object { text in
      text.array("availabilitySchedules") { text in
        for product in asked { text.object { write(scheduleOf: product, at: now, to: &$0) } }
      }
    }
  }

  private func write(
    scheduleOf product: FakeViator.Product, at now: Int64, to text: inout JSONWriter
  ) {
    text.field("productCode", product.code)
    text.array("bookableItems") { text in
      guard !product.gone, inventory.available(product.stock) > 0 else { return }
      text.object { text in
        text.array("seasons") { text in
          text.object { text in
            // Without an end a season goes on for 384 days.
            text.field("startDate", WireTime.date(now))
            text.array("pricingRecords") { text in
              text.object { write(pricingOf: product, to: &$0) }
            }
          }
        }
      }
    }
    text.field("currency", product.currency)
    text.object("summary") { text in
      text.number("fromPrice", WireMoney.text(product.totalMinor, product.currency))
    }
  }

  private func write(pricingOf product: FakeViator.Product, to text: inout JSONWriter) {
    text.array("daysOfWeek") { text in
      for day in [
        "MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY",
      ] {
        text.value(day)
      }
    }
    text.array("pricingDetails") { text in
      text.object { text in
        text.field("pricingPackageType", "UNIT")
        text.field("minTravelers", 1)
        text.field("maxTravelers", Self.largestParty)
        text.field("ageBand", "TRAVELER")
        text.object("price") { text in
          text.object("original") { text in
            let digits = WireMoney.text(product.totalMinor, product.currency)
            text.number("recommendedRetailPrice", digits)
            text.number("partnerNetPrice", digits)
            text.number("bookingFee", WireMoney.text(0, product.currency))
            text.number("partnerTotalPrice", digits)
          }
        }
      }
    }
  }
}
