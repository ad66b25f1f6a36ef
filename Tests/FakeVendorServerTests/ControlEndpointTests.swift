import FakeVendorServer
import FakeVendors
import Foundation
import HTTPTypes
import Testing

struct ControlEndpointTests {
  @Test func unknownEndpointNamesTheKnownOnes() async throws {
    try await VendorBench.serve { bench in
      let answer = try await bench.send(.get, .viator, "/_nothing")
      #expect(answer.status == 404)
      #expect(answer.text.contains("POST /_clock/advance"))
    }
  }

  @Test(arguments: [
    (#"{"fault":"nope"}"#, "lock-timeout"),
    (#"{"fault":"decline","operation":"payment_intents.crate"}"#, "payment_intents.create"),
    (#"{"fault":"decline","seconds":3}"#, "decline_code"),
    (#"{"fault":"decline","count":0}"#, "whole number"),
    (#"{"service":"strip","fault":"decline"}"#, "bookingcom"),
    (#"{"fault":"error-500","effect":"never"}"#, "before"),
    (#"[1]"#, "not an object"), ("{", "not JSON"),
  ])
  func badOrdersSayWhatIsKnown(order: String, known: String) async throws {
    try await VendorBench.serve { bench in
      let answer = try await bench.order(order)
      #expect(answer.status == 400)
      #expect(answer.text.contains(known), "\(answer.text)")
      #expect(try await bench.send(.get, .stripe, "/_faults").text.contains("fault") == false)
    }
  }

  @Test(arguments: [
    (#""charge.disputed""#, "charge.dispute.created"), ("1", "no text"),
  ])
  func webhookOfAnUnknownEventTypeIsRefused(type: String, says: String) async throws {
    try await VendorBench.serve { bench in
      let body = #"{"url":"http://127.0.0.1:1/hook","types":["payment_intent.created",\#(type)]}"#
      let answer = try await bench.send(.put, .stripe, "/_webhook", json: body)
      #expect(answer.status == 400)
      #expect(answer.text.contains(says), "\(answer.text)")
      #expect(!(try await bench.send(.get, .stripe, "/_webhook").text.contains("hook")))
    }
  }

  @Test(arguments: [
    ("/_checkout", "{}", 400, "'session' is not a text"),
    ("/_checkout", #"{"session":"cs_test_x"}"#, 409, "no open session"),
    ("/_checkout", #"{"session":"cs_test_x","card":1}"#, 400, "payment_method"),
    ("/_dispute", #"{"payment_intent":1}"#, 400, "'payment_intent' is not a text"),
    ("/_dispute", #"{"payment_intent":"pi_x"}"#, 409, "nothing that can be disputed"),
    ("/_dispute", #"{"payment_intent":"pi_x","reason":"spite"}"#, 400, "product_not_received"),
  ])
  func mistakesOfWhoPlaysPeopleAreTold(
    path: String, body: String, status: Int, says: String
  ) async throws {
    try await VendorBench.serve { bench in
      let answer = try await bench.send(.post, .stripe, path, json: body)
      #expect(answer.status == status)
      #expect(answer.text.contains(says), "\(answer.text)")
    }
  }

  @Test func openOrdersAreListedAndCleared() async throws {
    try await VendorBench.serve { bench in
      _ = try await bench.order(#"[{"fault":"decline","count":3},{"fault":"lock-timeout"}]"#)
      _ = try await bench.pay()
      let open = try await bench.send(.get, .amadeus, "/_faults").text
      #expect(open.contains(#""count" : 2"#) && open.contains("lock-timeout"))
      _ = try await bench.send(.delete, .stripe, "/_faults")
      #expect(!(try await bench.send(.get, .stripe, "/_faults").text.contains("decline")))
    }
  }

  @Test func everyTestKeyOpensStripeAndNoOther() async throws {
    try await VendorBench.serve { bench in
      for (key, status) in [("Bearer sk_test_a", 200), ("Basic c2tfdGVzdF9hOg==", 200)] {
        let answer = try await bench.send(
          .get, .stripe, "/v1/payment_intents", authorization: key)
        #expect(answer.status == status)
      }
      let live = try await bench.send(
        .get, .stripe, "/v1/payment_intents", authorization: "Bearer sk_live_a")
      #expect(live.status == 401)
    }
  }

  @Test func aChosenKeyIsTheOnlyOne() async throws {
    try await VendorBench.serve(
      { $0.onlyStripeKey = "sk_test_one" },
      { bench in
        let answer = try await bench.pay()
        #expect(answer.status == 401)
      })
  }

  @Test func whatIsAddedToTheCatalogueIsOnSale() async throws {
    try await VendorBench.serve { bench in
      let added = try await bench.send(
        .post, .viator, "/_catalogue",
        json: #"""
          {"activities":[{"code":"77P1","stock":"s","currency":"EUR","total_minor":1200,"capacity":1}]}
          """#)
      #expect(added.status == 200)
      #expect(added.text.contains("77P1") && added.text.contains("flight-1"))
      let bad = try await bench.send(
        .post, .viator, "/_catalogue", json: #"{"rooms":[{"id":"1"}]}"#)
      #expect(bad.status == 400)
      #expect(bad.text.contains("accommodation"))
    }
  }

  @Test func aTripOfTheCatalogueIsReadyToBeOffered() async throws {
    try await VendorBench.serve { bench in
      let answer = try await bench.send(.get, .mail, "/_catalogue?trip=4")
      #expect(answer.member("currency") == "JPY")
      #expect(answer.member("tripOptionId") == "trip-4")
      #expect(try await bench.send(.get, .mail, "/_catalogue?trip=99").status == 404)
    }
  }

  @Test func theSameSeedSellsTheSame() async throws {
    let (texts, text) = AsyncStream.makeStream(of: String.self)
    for _ in 1...2 {
      try await VendorBench.serve { bench in
        text.yield(try await bench.send(.get, .stripe, "/_catalogue").text)
      }
    }
    text.finish()
    var seen: Set<String> = []
    for await text in texts { seen.insert(text) }
    #expect(seen.count == 1)
  }
}
