import FakeVendors
import Testing

struct StripeListTests {
  /// Creates intents one second apart and returns their ids, newest first.
  private static func fill(_ world: StripeTestWorld, _ count: Int) async throws -> [String] {
    var ids: [String] = []
    for _ in 0..<count {
      ids.insert(try await world.intent().id, at: 0)
      try await world.sleep(.seconds(1))
    }
    return ids
  }

  @Test func listIsNewestFirstAndHasTenEntries() throws {
    try StripeTestWorld.run { world in
      let ids = try await Self.fill(world, 12)
      let list = try await world.get("payment_intents")
      #expect(list.data.map { $0["id"].string } == Array(ids.prefix(10)))
      #expect(list.json["has_more"].bool == true)
      #expect(list.json["object"].string == "list")
      #expect(list.json["url"].string == "/v1/payment_intents")
    }
  }

  @Test func pagesFollowEachOther() throws {
    try StripeTestWorld.run { world in
      let ids = try await Self.fill(world, 5)
      var seen: [String?] = []
      var query = "limit=2"
      while true {
        let list = try await world.get("payment_intents", query)
        seen += list.data.map { $0["id"].string }
        guard list.json["has_more"].bool == true, let last = seen.last ?? nil else { break }
        query = "limit=2&starting_after=\(last)"
      }
      #expect(seen == ids)
    }
  }

  @Test func endingBeforeShowsWhatIsDirectlyNewer() throws {
    try StripeTestWorld.run { world in
      let ids = try await Self.fill(world, 5)
      let list = try await world.get("payment_intents", "limit=2&ending_before=\(ids[3])")
      #expect(list.data.map { $0["id"].string } == Array(ids[1...2]))
      #expect(list.json["has_more"].bool == true)
    }
  }

  @Test(arguments: [
    ("created[gte]", 3, 3), ("created[gt]", 3, 2), ("created[lte]", 1, 2), ("created[lt]", 1, 1),
    ("created", 2, 1),
  ])
  func createdRangeSelects(bound: String, second: Int64, count: Int) throws {
    try StripeTestWorld.run { world in
      _ = try await Self.fill(world, 6)
      let time = ManualClock.epoch / 1_000_000 + second
      let list = try await world.get("payment_intents", "\(bound)=\(time)")
      #expect(list.data.count == count)
    }
  }

  @Test func customerSelects() throws {
    try StripeTestWorld.run { world in
      world.stripe.addCustomer(id: "cus_1")
      _ = try await world.intent()
      let id = try await world.intent("customer=cus_1").id
      let list = try await world.get("payment_intents", "customer=cus_1")
      #expect(list.data.map { $0["id"].string } == [id])
    }
  }

  @Test(arguments: [("0", 400), ("1", 200), ("100", 200), ("101", 400), ("x", 400)])
  func limitIsOneToAHundred(limit: String, status: Int) throws {
    try StripeTestWorld.run { world in
      let answer = try await world.get("payment_intents", "limit=\(limit)")
      #expect(answer.status == status)
    }
  }

  @Test func refundsOfOnePaymentAreListed() throws {
    try StripeTestWorld.run { world in
      let other = try await world.paid()
      _ = try await world.post("refunds", "payment_intent=\(other)")
      let id = try await world.paid()
      var ids: [String] = []
      for _ in 0..<3 {
        ids.insert(try await world.post("refunds", "payment_intent=\(id)&amount=100").id, at: 0)
      }
      let list = try await world.get("refunds", "payment_intent=\(id)")
      #expect(list.data.map { $0["id"].string } == ids)
      let page = try await world.get(
        "refunds", "payment_intent=\(id)&limit=1&starting_after=\(ids[0])")
      #expect(page.data.map { $0["id"].string } == [ids[1]])
      #expect(page.json["has_more"].bool == true)
      let charge = list.data[0]["charge"].string ?? ""
      #expect(try await world.get("refunds", "charge=\(charge)").data.count == 3)
      #expect(try await world.get("refunds").data.count == 4)
    }
  }

  @Test func eventsAreSelectedByType() throws {
    try StripeTestWorld.run { world in
      let id = try await world.paid()
      _ = try await world.post("refunds", "payment_intent=\(id)")
      #expect(try await world.get("events").data.count == 5)
      #expect(try await world.get("events", "type=charge.*").data.count == 2)
      let two = try await world.get("events", "types[]=refund.created&types[]=charge.refunded")
      #expect(two.data.map { $0["type"].string } == ["charge.refunded", "refund.created"])
      let event = try await world.get("events/\(two.data[1]["id"].string ?? "")")
      #expect(event.json["data"]["object"]["object"].string == "refund")
    }
  }

  @Test func eventsAreListedForThirtyDays() throws {
    try StripeTestWorld.run { world in
      _ = try await world.intent()
      try await world.sleep(.seconds(30 * 86_400))
      #expect(try await world.get("events").data.count == 1)
      try await world.sleep(.seconds(1))
      #expect(try await world.get("events").data.isEmpty)
    }
  }
}
