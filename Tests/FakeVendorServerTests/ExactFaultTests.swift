import FakeVendorServer
import FakeVendors
import Foundation
import HTTPService
import HTTPTypes
import Testing

struct ExactFaultTests {
  private static let paid = "&payment_method=pm_card_visa&confirm=true&payment_method_types[]=card"

  @Test func anAnswerCutOffHasHappenedAndIsReplayed() async throws {
    try await VendorBench.serve { bench in
      _ = try await bench.order(
        #"[{"operation":"payment_intents.create","fault":"reset-after"}]"#)
      let error = await #expect(throws: TransportError.self) {
        try await bench.pay(Self.paid, key: "k1")
      }
      #expect(error?.effect == .unknown)
      let again = try await bench.pay(Self.paid, key: "k1")
      #expect(again.status == 200)
      #expect(again.headers[HTTPField.Name("Idempotent-Replayed")!] == "true")  // a valid name
      #expect(try await bench.intents().count == 1)
    }
  }

  @Test(arguments: ["refused", "reset-before"])
  func aConnectionCutBeforeHasNoEffect(fault: String) async throws {
    try await VendorBench.serve { bench in
      _ = try await bench.order(#"{"operation":"payment_intents.create","fault":"\#(fault)"}"#)
      await #expect(throws: TransportError.self) { try await bench.pay() }
      #expect(try await bench.intents().isEmpty)
    }
  }

  @Test func aLostAnswerKeepsTheClientWaiting() async throws {
    try await VendorBench.serve { bench in
      _ = try await bench.order(#"{"fault":"response-lost"}"#)
      let error = await #expect(throws: TransportError.self) {
        try await bench.pay(within: .milliseconds(300))
      }
      #expect(error?.effect == .unknown)
      #expect(try await bench.intents().count == 1)
    }
  }

  @Test func aTruncatedBodyIsNoAnswer() async throws {
    try await VendorBench.serve { bench in
      _ = try await bench.order(#"{"fault":"truncated"}"#)
      await #expect(throws: TransportError.self) { try await bench.pay() }
      #expect(try await bench.intents().count == 1)
    }
  }

  @Test(arguments: ["incomplete", "odd-forms"])
  func aBentAnswerIsASuccessAllTheSame(fault: String) async throws {
    try await VendorBench.serve { bench in
      _ = try await bench.order(#"{"fault":"\#(fault)"}"#)
      let bent = try await bench.pay(Self.paid, key: "k1")
      let whole = try await bench.pay(Self.paid, key: "k1")
      #expect(bent.status == 200)
      #expect(bent.text != whole.text)
      #expect(bent.member("id") == whole.member("id"))
      #expect(bent.member("status") == "succeeded")
      #expect(try await bench.intents().count == 1)
    }
  }

  @Test func aBadGatewayHidesWhetherItHappened() async throws {
    try await VendorBench.serve { bench in
      _ = try await bench.order(
        #"[{"fault":"bad-gateway","effect":"after"},{"fault":"bad-gateway","effect":"before"}]"#)
      #expect(try await bench.pay().status == 502)
      #expect(try await bench.intents().count == 1)
      #expect(try await bench.pay().status == 502)
      #expect(try await bench.intents().count == 1)
    }
  }

  @Test func afterAndCountChooseTheCalls() async throws {
    try await VendorBench.serve { bench in
      _ = try await bench.order(
        #"{"operation":"payment_intents.create","fault":"rate-limited","after":1,"count":2}"#)
      var statuses: [Int] = []
      for _ in 1...4 { statuses.append(try await bench.pay().status) }
      #expect(statuses == [200, 429, 429, 200])
    }
  }

  @Test func aDeclineSaysWhatWasOrdered() async throws {
    try await VendorBench.serve { bench in
      _ = try await bench.order(
        #"{"operation":"payment_intents.create","fault":"decline","decline_code":"lost_card"}"#)
      let answer = try await bench.pay(Self.paid)
      #expect(answer.status == 402)
      #expect(answer.text.contains("lost_card"))
    }
  }

  @Test func aSlowCallHoldsItsKey() async throws {
    try await VendorBench.serve(
      { $0.time = .steered },
      { bench in
        _ = try await bench.order(
          #"{"operation":"payment_intents.create","fault":"slow","seconds":5}"#)
        async let first = bench.pay(key: "k")
        // The first call sleeps on a clock that stands still, so the second must meet it.
        while try await bench.send(.get, .stripe, "/_clock").member("next_us") == nil {}
        #expect(try await bench.pay(key: "k").status == 409)
        _ = try await bench.advance(5)
        #expect(try await first.status == 200)
      })
  }

  @Test func aRequestMayArriveTwice() async throws {
    try await VendorBench.serve(
      { $0.time = .steered },
      { bench in
        _ = try await bench.order(#"{"fault":"delivered-twice","seconds":3}"#)
        #expect(try await bench.pay().status == 200)
        #expect(try await bench.intents().count == 1)
        _ = try await bench.advance(3)
        #expect(try await bench.intents().count == 2)
      })
  }

  @Test func whatIsOrderedForAnotherServiceSparesThisOne() async throws {
    try await VendorBench.serve { bench in
      _ = try await bench.order(#"{"service":"mail","fault":"error-500"}"#)
      #expect(try await bench.pay().status == 200)
      #expect(try await bench.send(.get, .mail, "/_faults").text.contains("error-500"))
    }
  }
}
