// swift-format-ignore-file: AlwaysUseLowerCamelCase
// Property names are those on the wire.

/// Booking.com's bodies as they are on the wire, as far as they are used.
///
/// Property names are the wire's own.
enum BookingComWire {
  struct PreviewRequest: Encodable {
    var accommodation: Accommodation
    var booker: Booker
    var currency: String

    struct Accommodation: Encodable {
      var checkin: String
      var checkout: String
      var id: Int
      var products: [Product]
    }
    struct Product: Encodable {
      var allocation: Allocation
      var id: String
    }
    struct Allocation: Encodable {
      var children: [Int]
      var number_of_adults: Int
    }
    struct Booker: Encodable {
      var country: String
      var platform: String
    }
  }

  struct CreateRequest: Encodable {
    var accommodation: Accommodation
    var booker: Booker
    var order_token: String
    var payment: Payment

    struct Accommodation: Encodable {
      var label: String
      var products: [Product]
    }
    struct Product: Encodable {
      var guests: [Guest]
      var id: String
    }
    struct Guest: Encodable {
      var email: String
      var name: String
    }
    struct Booker: Encodable {
      var address: Address
      var email: String
      var language: String
      var name: Name
      var telephone: String
    }
    struct Address: Encodable {
      var country: String
    }
    struct Name: Encodable {
      var first_name: String
      var last_name: String
    }
    struct Payment: Encodable {
      var method: String
      var timing: String
    }
  }

  struct CancelRequest: Encodable {
    var accommodation: Accommodation
    var order: String

    struct Accommodation: Encodable {
      var reason: String
      var reservation: String
    }
  }

  /// One of: a range of creation, a page of such a range, a list of orders.
  struct DetailsRequest: Encodable {
    var created: Range?
    var currency: String?
    var maximum_results: Int?
    var orders: [String]?
    var page: String?
    var services: [String]?

    struct Range: Encodable {
      var from: String
      var to: String
    }
  }

  struct Preview: Decodable {
    var data: Content

    struct Content: Decodable {
      var accommodation: Accommodation
      @Identity var order_token: String
    }
    struct Accommodation: Decodable {
      @WholeNumber var id: Int64
      @Decoration var currency: CurrencyPair?
      @Decoration var price: Price?
      var products: Readable<Product>
    }
    struct Product: Decodable {
      @Identity var id: String
    }
  }

  struct Created: Decodable {
    var data: Content

    struct Content: Decodable {
      @Identity var order: String
      var accommodation: Accommodation
    }
    struct Accommodation: Decodable {
      @Identity var reservation: String
      @Decoration var pincode: WireText?
    }
  }

  struct Cancelled: Decodable {
    var data: Content

    struct Content: Decodable {
      var status: String
    }
  }

  struct OrderPage: Decodable {
    var data: [Order]
    var metadata: Metadata?

    /// Only its label decides whose it is; only ours needs an id.
    struct Order: Decodable {
      @Decoration var id: WireText?
      @Decoration var label: String?
    }
    struct Metadata: Decodable {
      var next_page: String?
    }
  }

  struct AccommodationOrders: Decodable {
    var data: [Order]

    /// What is known; another word says neither that an order stands nor that it does not.
    static let statuses: Set = [
      "booked", "cancelled", "cancelled_by_guest", "cancelled_by_accommodation", "stayed",
      "no_show",
    ]

    struct Order: Decodable {
      @Identity var id: String
      @Identity var reservation: String
      var status: String
      @Decoration var label: String?
      @Decoration var currency: CurrencyPair?
      @Decoration var price: Price?
      @Decoration var cancellation_details: Cancellation?

      /// What the clients tell of it.
      func details(preferring wanted: Currency?) -> HotelOrderDetails {
        HotelOrderDetails(
          order: id, reservation: reservation, label: label, status: status,
          total: price?.total?.money(in: currency, preferring: wanted),
          cancellationFee: cancellation_details?.fee?.money(in: currency, preferring: wanted))
      }
    }
    struct Cancellation: Decodable {
      @Decoration var fee: Amount?
    }
  }

  struct Price: Decodable {
    @Decoration var total: Amount?
  }

  /// The currencies of the amounts beside it; the booker's is null unless one was asked for.
  struct CurrencyPair: Decodable {
    @Decoration var accommodation: String?
    @Decoration var booker: String?
  }

  /// One amount in two currencies.
  struct Amount: Decodable {
    @Decoration var accommodation_currency: WireAmount?
    @Decoration var booker_currency: WireAmount?

    /// The amount in the wanted currency when it is told in that, else in the property's own.
    func money(in currencies: CurrencyPair?, preferring wanted: Currency?) -> Money? {
      if let wanted, currencies?.booker == wanted.code,
        let money = Money(wire: booker_currency, currencyCode: wanted.code)
      {
        return money
      }
      return Money(wire: accommodation_currency, currencyCode: currencies?.accommodation)
    }

    /// The judgement of an amount that is told and that nobody can pay.
    func unpayable(
      in currencies: CurrencyPair?, preferring wanted: Currency, httpStatus: Int
    ) -> Rejection? {
      if currencies?.booker == wanted.code, let booker_currency {
        return Rejection(
          unpayable: booker_currency, currencyCode: wanted.code, httpStatus: httpStatus)
      }
      return Rejection(
        unpayable: accommodation_currency, currencyCode: currencies?.accommodation,
        httpStatus: httpStatus)
    }
  }

  struct Failure: Decodable {
    var errors: Readable<Item>

    struct Item: Decodable {
      @Identity var id: String
      @Decoration var message: String?
      @Decoration var reservation: WireText?
    }
  }
}
