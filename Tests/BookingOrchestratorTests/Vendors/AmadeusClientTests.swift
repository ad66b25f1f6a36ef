import Dispatch
import HTTPService
import HTTPTypes
import Testing

@testable import BookingOrchestrator

struct AmadeusClientTests {
  private let clock = ManualClock(seconds: 1_795_420_000)

  private func client(_ transport: ScriptedTransport) -> AmadeusClient {
    AmadeusClient(configuration, transport: transport, wallClock: clock)
  }

  private static func token(_ text: String, expiresIn seconds: Int = 1799) -> HTTPReply {
    reply(
      200,
      #"{"type":"amadeusOAuth2Token","token_type":"Bearer","access_token":"\#(text)","#
        + #""expires_in":\#(seconds),"state":"approved"}"#)
  }

  private static func error(_ status: Int, _ code: Int) -> HTTPReply {
    reply(
      status,
      #"{"errors":[{"status":\#(status),"code":\#(code),"title":"TITLE","detail":"Words"}]}"#)
  }

  private static let created = reply(
    201,
    #"{"data":{"type":"flight-order","id":"eJz%2fAiY%3D","associatedRecords":[{"reference":"2ZYVAL","#
      + #""originSystemCode":"GDS"}],"flightOffers":[{"id":"1","itineraries":[{"segments":[{"#
      + #""departure":{"iataCode":"LHR","at":"2027-01-01T07:00:00"}}]}],"price":{"currency":"EUR","#
      + #""grandTotal":"355.34"}}]}}"#)

  private let flight = TripOption.Flight(
    componentId: "f", amount: 35534, offer: #"{"id":"1","price":{"grandTotal":"355.34"},"z":1.10}"#,
    offerId: "1")

  private func cancelled(_ transport: ScriptedTransport) async throws -> Outcome<Bool> {
    let client = client(transport)
    return try await client.sendCancel(client.cancelOrder("x"), context)
  }

  private func tokensAsked(_ transport: ScriptedTransport) -> Int {
    transport.calls.count { $0.request.path == "/v1/security/oauth2/token" }
  }

  private func authorizations(_ transport: ScriptedTransport) -> [String] {
    transport.calls.compactMap { $0.request.headerFields[.authorization] }
  }

  // MARK: Token

  @Test func tokenIsFetchedWithTheClientsCredentials() async throws {
    let transport = ScriptedTransport(Self.token("t1"), reply(204))
    #expect(try await cancelled(transport).verdict == "done")
    let call = try #require(transport.calls.first)
    #expect(call.url == "POST http://amadeus.test/v1/security/oauth2/token")
    #expect(
      call.text == "grant_type=client_credentials&client_id=client%261&client_secret=s%3Dcret")
    #expect(call.request.headerFields[.contentType] == "application/x-www-form-urlencoded")
    #expect(authorizations(transport) == ["Bearer t1"])
  }

  @Test func tokenIsUsedUntilTenSecondsBeforeItsEnd() async throws {
    let transport = ScriptedTransport(
      Self.token("t1"), reply(204), reply(204), Self.token("t2"), reply(204))
    let client = client(transport)
    let request = client.cancelOrder("x")
    _ = try await client.sendCancel(request, context)
    clock.advance(by: .seconds(1788))
    _ = try await client.sendCancel(request, context)
    clock.advance(by: .seconds(1))
    _ = try await client.sendCancel(request, context)
    #expect(authorizations(transport) == ["Bearer t1", "Bearer t1", "Bearer t2"])
  }

  // On one queue, children run in turn and change at each suspension: while the first waits for its
  // token, all others arrive.
  private func fourVerdicts(_ transport: ScriptedTransport) async -> [String] {
    let client = client(transport)
    return await withTaskExecutorPreference(InTurn()) {
      await withTaskGroup(of: String.self) { group in
        for _ in 0..<4 {
          group.addTask {
            do {
              return try await client.sendCancel(client.cancelOrder("x"), context).verdict
            } catch {
              return "\(type(of: error))"
            }
          }
        }
        var verdicts: [String] = []
        for await verdict in group { verdicts.append(verdict) }
        return verdicts.sorted()
      }
    }
  }

  @Test func concurrentCallersShareOneFetch() async {
    let transport = ScriptedTransport(
      Self.token("t1"), reply(204), reply(204), reply(204), reply(204))
    #expect(await fourVerdicts(transport) == ["done", "done", "done", "done"])
    #expect(tokensAsked(transport) == 1)
  }

  @Test func waitersShareAFailedFetch() async {
    let transport = ScriptedTransport(reply(503))
    #expect(await fourVerdicts(transport) == ["retry", "retry", "retry", "retry"])
    #expect(tokensAsked(transport) == 1)
  }

  @Test func fetchThatDiesHandsOverToOneWhoWaits() async {
    let transport = ScriptedTransport([
      .failure(Died()), .success(Self.token("t2")), .success(reply(204)), .success(reply(204)),
      .success(reply(204)),
    ])
    #expect(await fourVerdicts(transport) == ["Died", "done", "done", "done"])
    #expect(tokensAsked(transport) == 2)
  }

  @Test(arguments: [
    Result<HTTPReply, any Error>.success(reply(401, #"{"error":"invalid_client","code":38187}"#)),
    .success(reply(200, "<html>")), .success(reply(500)),
    .failure(TransportError(effect: .unknown, reason: "timed out")),
    .failure(TransportError(effect: .none, reason: "refused")),
  ])
  func withoutATokenNothingWasOrdered(answer: Result<HTTPReply, any Error>) async throws {
    let transport = ScriptedTransport([answer])
    let client = client(transport)
    let request = client.createOrder(offer: [], travelers: travelers, contact: customer)
    let outcome = try await client.sendCreate(request, context)
    #expect(outcome.verdict == "retry")
    #expect(outcome.reason?.contains("s=cret") == false)
  }

  @Test(arguments: [38190, 38191, 38192, 38193])
  func refusedTokenIsReplacedAndTheOrderSentOnceMore(code: Int) async throws {
    let transport = ScriptedTransport(
      Self.token("t1"), Self.error(401, code), Self.token("t2"), Self.created)
    let client = client(transport)
    let request = client.createOrder(
      offer: Array("{}".utf8), travelers: travelers, contact: customer)
    #expect(try await client.sendCreate(request, context).value?.pnr == "2ZYVAL")
    #expect(authorizations(transport) == ["Bearer t1", "Bearer t2"])
    let orders = transport.calls.filter { $0.request.path == request.path }
    #expect(orders.map(\.body) == [request.body, request.body])
  }

  @Test func tokenRefusedTwiceIsARetry() async throws {
    let transport = ScriptedTransport(
      Self.token("t1"), Self.error(401, 38192), Self.token("t2"), Self.error(401, 38190))
    #expect(try await cancelled(transport).verdict == "retry")
    #expect(transport.calls.count == 4)
  }

  @Test func tokenRefusedTwiceIsNotUsedByTheNextCall() async throws {
    let transport = ScriptedTransport(
      Self.token("t1"), Self.error(401, 38192), Self.token("t2"), Self.error(401, 38190),
      Self.token("t3"), reply(204))
    let client = client(transport)
    let request = client.cancelOrder("o1")
    _ = try await client.sendCancel(request, context)
    #expect(try await client.sendCancel(request, context).verdict == "done")
    #expect(authorizations(transport) == ["Bearer t1", "Bearer t2", "Bearer t3"])
  }

  /// Somebody in between may have answered after Amadeus had booked.
  @Test func a401OfSomebodyElseProvesNothing() async throws {
    let transport = ScriptedTransport(
      Self.token("t1"), reply(401, "<html>", ["Content-Type": "text/html"]), Self.created)
    let client = client(transport)
    let request = client.createOrder(
      offer: Array("{}".utf8), travelers: travelers, contact: customer)
    #expect(try await client.sendCreate(request, context).verdict == "unknown")
    #expect(transport.calls.count == 2)
  }

  // MARK: Price

  @Test func priceSendsTheOfferAsItIs() async throws {
    let transport = ScriptedTransport(Self.token("t1"), Self.error(400, 4926))
    _ = try await client(transport).price(flight, currency: try currency("EUR"), context)
    let call = try #require(transport.calls.last)
    #expect(call.url == "POST http://amadeus.test/v1/shopping/flight-offers/pricing")
    #expect(
      call.text
        == #"{"data":{"flightOffers":[{"id":"1","price":{"grandTotal":"355.34"},"z":1.10}],"#
        + #""type":"flight-offers-pricing"}}"#)
    #expect(
      call.lines == [
        "Accept: application/vnd.amadeus+json, application/json",
        "Content-Type: application/vnd.amadeus+json", "X-HTTP-Method-Override: GET",
        "Authorization: Bearer t1", "baggage: \(baggage)",
      ])
  }

  @Test(arguments: [
    ("355.34", "EUR", Int64(35534)), ("0.10", "USD", 10), ("35534", "JPY", 35534),
    ("35534.00", "JPY", 35534), ("35.534", "KWD", 35534),
    ("4503599627370497.01", "USD", 450_359_962_737_049_701),
  ])
  func totalIsReadExactly(text: String, code: String, minor: Int64) async throws {
    let offer = #"{ "z": 1.10, "id":"1", "price":{"currency":"\#(code)","grandTotal":"\#(text)"} }"#
    let transport = ScriptedTransport(
      Self.token("t1"), reply(200, #"{"data":{"type":"x","flightOffers":[\#(offer)]}}"#))
    let outcome = try await client(transport).price(
      flight, currency: try currency("EUR"), context)
    let priced = try #require(outcome.value)
    #expect(priced.total == Money(minorUnits: minor, currency: try currency(code)))
    #expect(priced.offer == Array(offer.utf8))
    #expect(priced.offerID == "1")
  }

  @Test(arguments: [
    Reading(error(400, 37200), "rejected 37200"), Reading(error(400, 34651), "rejected 34651"),
    Reading(error(400, 4926), "rejected 4926"), Reading(error(429, 38194), "retry"),
    Reading(error(403, 38197), "retry"), Reading(error(500, 141), "unknown"),
    Reading(reply(200, #"{"data":{"flightOffers":[]}}"#), "unknown"),
    Reading(
      reply(
        200,
        #"{"data":{"flightOffers":[{"id":"1","price":{"currency":"EUR","grandTotal":"1.001"}}]}}"#),
      "rejected price_unpayable"),
    Reading(reply(502, "<html>"), "unknown"),
  ])
  func priceIsClassified(reading: Reading) async throws {
    let transport = ScriptedTransport(Self.token("t1"), reading.reply)
    let outcome = try await client(transport).price(flight, currency: try currency("EUR"), context)
    #expect(outcome.verdict == reading.verdict)
  }

  // MARK: Orders

  @Test func orderCarriesOfferTravellersAndContact() {
    let request = client(ScriptedTransport()).createOrder(
      offer: Array(#"{"id":"1", "z":1.10}"#.utf8), travelers: travelers, contact: customer)
    #expect(request.method == "POST")
    #expect(request.path == "/v1/booking/flight-orders")
    #expect(
      request.text
        == #"{"data":{"contacts":[{"addresseeName":{"firstName":"ANN","lastName":"LEE"},"#
        + #""emailAddress":"ann@example.test","phones":[{"deviceType":"MOBILE","number":"442079460000"}],"#
        + #""purpose":"STANDARD"}],"flightOffers":[{"id":"1", "z":1.10}],"travelers":[{"#
        + #""dateOfBirth":"1980-01-02","id":"1","name":{"firstName":"ANN","lastName":"LEE"}},{"#
        + #""dateOfBirth":"1981-03-04","id":"2","name":{"firstName":"BO","lastName":"LEE"}}],"#
        + #""type":"flight-order"}}"#)
  }

  @Test func orderIsReadWhole() async throws {
    let transport = ScriptedTransport(Self.token("t1"), Self.created)
    let client = client(transport)
    let outcome = try await client.sendCreate(
      client.createOrder(offer: [], travelers: [], contact: customer), context)
    #expect(
      outcome.value
        == FlightOrder(
          id: "eJz%2fAiY%3D", pnr: "2ZYVAL",
          total: Money(minorUnits: 35534, currency: try currency("EUR")),
          departures: ["2027-01-01T07:00:00"]))
  }

  @Test func orderWithoutALocatorIsAnOrder() async throws {
    let transport = ScriptedTransport(Self.token("t1"), reply(201, #"{"data":{"id":"x"}}"#))
    let client = client(transport)
    let outcome = try await client.sendCreate(
      client.createOrder(offer: [], travelers: [], contact: customer), context)
    #expect(outcome.value == FlightOrder(id: "x", pnr: ""))
  }

  @Test(arguments: [
    Reading(error(400, 34651), "rejected 34651"), Reading(error(404, 38196), "rejected 38196"),
    Reading(error(429, 38195), "retry"), Reading(error(500, 141), "unknown"),
    Reading(error(500, 38189), "unknown"), Reading(reply(502, "<html>"), "unknown"),
    Reading(reply(400, "<html>"), "unknown"), Reading(reply(404, "<html>"), "unknown"),
    Reading(reply(201, "{"), "unknown"), Reading(reply(201, #"{"data":{}}"#), "unknown"),
    Reading(reply(408), "unknown"),
  ])
  func createIsClassified(reading: Reading) async throws {
    let transport = ScriptedTransport(Self.token("t1"), reading.reply)
    let client = client(transport)
    let outcome = try await client.sendCreate(
      client.createOrder(offer: [], travelers: [], contact: customer), context)
    #expect(outcome.verdict == reading.verdict)
  }

  @Test func idGoesIntoThePathAsReceived() async throws {
    let transport = ScriptedTransport(Self.token("t1"), Self.created)
    let client = client(transport)
    #expect(
      client.cancelOrder("eJz%2fAiY%3D")
        == PreparedRequest(
          method: "DELETE", path: "/v1/booking/flight-orders/eJz%2fAiY%3D", body: []))
    #expect(try await client.order("eJz%2fAiY%3D", context).value?.id == "eJz%2fAiY%3D")
    #expect(
      transport.calls.last?.url
        == "GET http://amadeus.test/v1/booking/flight-orders/eJz%2fAiY%3D")
  }

  @Test(arguments: [
    Reading(reply(204), "done"), Reading(reply(200), "done"), Reading(error(404, 1797), "done"),
    Reading(reply(404, "<html>"), "unknown"), Reading(error(400, 32171), "rejected 32171"),
    Reading(error(429, 38194), "retry"), Reading(error(500, 141), "unknown"),
    Reading(reply(504), "unknown"),
  ])
  func cancelIsClassified(reading: Reading) async throws {
    #expect(
      try await cancelled(ScriptedTransport(Self.token("t1"), reading.reply)).verdict
        == reading.verdict)
  }

  @Test func unknownOrderIsRejected() async throws {
    let transport = ScriptedTransport(Self.token("t1"), Self.error(404, 1797))
    #expect(try await client(transport).order("x", context).verdict == "rejected 1797")
  }
}

/// Runs jobs one after the other, in the order in which they come.
private final class InTurn: TaskExecutor {
  private let queue = DispatchQueue(label: "in turn")

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    queue.async { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
  }
}
