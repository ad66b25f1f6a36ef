import Wire

/// The bodies of bookings.
extension ViatorState {
  /// Returns a booking as `book` and `status` describe it now.
  func describe(_ index: Int) -> [UInt8] {
    let reservation = book.all[index]
    let booking = bookings[index]
    return JSONWriter.object { text in
      switch reservation.status {
      case .confirmed: text.field("status", "CONFIRMED")
      case .processing:
        text.field("status", booking.undecided)
        if let due = booking.decision?.due {
          // Rounded up: whoever asks at that time gets the decision.
          text.field("nextPollAt", WireTime.seconds(due + WireTime.second - 1) + "Z")
        }
      case .rejected:
        text.field("status", "REJECTED")
        text.field("rejectionReasonCode", "BOOKABLE_ITEM_IS_NO_LONGER_AVAILABLE")
      case .cancelled: text.field("status", "CANCELED")
      case .held, .cancelling, .expired:
        preconditionFailure("a booking of Viator is never \(reservation.status)")
      }
      text.field("bookingRef", reservation.reference)
      text.field("partnerBookingRef", reservation.clientReference)
      guard reservation.status == .confirmed || reservation.status == .processing else { return }
      text.field("currency", reservation.currency)
      Self.writePrice(booking.product, booking.party, to: &text)
      text.object("cancellationPolicy") { text in
        let percentage = booking.product.percentageRefundable
        text.field(
          "type",
          percentage == 100 ? "STANDARD" : percentage == 0 ? "ALL_SALES_FINAL" : "CUSTOM")
        text.field("cancelIfBadWeather", false)
        text.field("cancelIfInsufficientTravelers", false)
        text.array("refundEligibility") { text in
          text.object { text in
            text.field("dayRangeMin", 0)
            text.field("percentageRefundable", percentage)
          }
        }
      }
      guard reservation.status == .confirmed else { return }
      text.object("voucherInfo") { text in
        text.field("url", "http://viator.test/ticket?code=\(reservation.reference)")
        text.field("format", "HTML")
        text.field("type", "STANDARD")
      }
    }
  }

  /// Returns a rejection that leaves no booking.
  static func rejection(_ code: String, _ clientReference: String) -> [UInt8] {
    JSONWriter.object { text in
      text.field("status", "REJECTED")
      text.field("rejectionReasonCode", code)
      text.field("partnerBookingRef", clientReference)
    }
  }

  /// The body of `/bookings/cancel-reasons`.
  static var cancelReasons: [UInt8] {
    let reasons = [
      ("I canceled my entire trip", "Customer_Service.I_canceled_my_entire_trip"),
      ("I chose a different activity", "Customer_Service.I_chose_a_different_cheaper_tour"),
      ("Duplicate booking", "Customer_Service.Duplicate_Booking"),
    ]
    return JSONWriter.object { text in
      text.array("reasons") { text in
        for (reason, code) in reasons {
          text.object { text in
            text.field("cancellationReasonText", reason)
            text.field("cancellationReasonCode", code)
          }
        }
      }
    }
  }

  /// Writes `lineItems` and `totalPrice`; the first line carries the price of the whole party.
  static func writePrice(
    _ product: FakeViator.Product, _ party: Party, odd: OddPrice? = nil, to text: inout JSONWriter
  ) {
    text.array("lineItems") { text in
      for (position, band) in party.mix.enumerated() {
        text.object { text in
          text.field("ageBand", band.name)
          text.field("numberOfTravelers", band.count)
          text.object("subtotalPrice") { text in
            writeAmounts(position == 0 ? product.totalMinor : 0, product.currency, to: &text)
          }
        }
      }
    }
    text.object("totalPrice") {
      let digits =
        odd?.told(product.totalMinor, product.currency).digits
        ?? WireMoney.text(product.totalMinor, product.currency)
      writeAmounts(digits, product.currency, to: &$0)
    }
  }

  private static func writeAmounts(
    _ minor: Int64, _ currency: String, to text: inout JSONWriter
  ) {
    writeAmounts(WireMoney.text(minor, currency), currency, to: &text)
  }

  private static func writeAmounts(
    _ digits: String, _ currency: String, to text: inout JSONWriter
  ) {
    text.object("price") { text in
      text.number("recommendedRetailPrice", digits)
      text.number("partnerNetPrice", digits)
      text.number("bookingFee", WireMoney.text(0, currency))
      text.number("partnerTotalPrice", digits)
    }
  }
}
