import BookingOrchestrator
import FakeVendors
import Foundation
import HTTPService
import HTTPTypes
import TestSupport
import Testing
import Wire

@testable import BookingServer

struct DocumentationTests {
  let document: APIDocument
  init() throws { document = try APIDocument(Documentation.document) }

  private var operations: [(path: String, method: String, operation: JSONValue)] {
    (document["paths"]?.members ?? []).flatMap { item in
      (item.value.members ?? []).map { (item.key, $0.key, $0.value) }
    }
  }

  /// What of a source file stands between two texts.
  private func texts(in file: String, _ expression: Regex<(Substring, Substring)>) throws
    -> Set<String>
  {
    Set(try Repository.text(file).matches(of: expression).map { String($0.1) })
  }

  /// The paths that have parameters, by the cases of `Route` that are read from them.
  private static let templates = [
    "booking": ["/booking/{bookingId}"],
    "itinerary": ["/booking/{bookingId}/itinerary.pdf", "/booking/{bookingId}/itinerary.ics"],
    "links": ["/booking/{bookingId}/share"],
    "link": ["/booking/{bookingId}/share/{linkId}"],
    "shared": ["/share/{token}", "/share/{token}.pdf", "/share/{token}.ics"],
  ]

  @Test func everyRouteIsDocumentedAndNothingElse() throws {
    let file = "Sources/BookingOrchestrator/API/Route.swift"
    let cases = try texts(in: file, /case ([a-z]+)\(/)
    #expect(cases == Set(Self.templates.keys), "a path with parameters has no line above")
    var routes = try texts(in: file, /"(\/[a-z\/]+)"/)
    routes.formUnion(Self.templates.values.joined())
    routes.formUnion(
      try texts(in: "Sources/BookingServer/Operators/OperatorAPI.swift", /"(\/[a-z\/]+)"/)
        .map { $0.hasSuffix("/bookings/") ? "\($0){bookingId}" : $0 })
    routes.formUnion(["/openapi.json", "/docs"])
    // Both spellings of the overview are one page.
    routes.remove("/operator/")
    #expect(Set(operations.map(\.path)) == routes)
  }

  /// What the server says that it takes at each path, besides what it takes wherever it takes GET.
  @Test func everyMethodIsDocumentedAndNothingElse() async throws {
    let folder = try TestFolder()
    try await ServerRig.run(folder: folder) { [document] rig in
      for item in document["paths"]?.members ?? [] {
        let path = item.key.replacing(/\{[a-zA-Z]+\}/, with: "any")
        let isOperators = path == "/metrics" || path.hasPrefix("/operator")
        let reply = try await rig.send(
          .options, path, key: isOperators ? Keys.operator : Keys.client)
        let allowed = reply.response.headerFields[.allow] ?? ""
        let taken = Set(allowed.split(separator: ", ").map { String($0) })
        let documented = Set((item.value.members ?? []).map { $0.key.uppercased() })
        #expect(taken.subtracting(["HEAD", "OPTIONS"]) == documented, "\(item.key)")
      }
    }
  }

  @Test func everyProblemIsDocumentedAndNothingElse() throws {
    var codes: Set<String> = []
    for file in try Repository.files("Sources/BookingOrchestrator/API", ext: ".swift")
      + Repository.files("Sources/BookingServer/Serving", ext: ".swift")
    {
      codes.formUnion(try texts(in: file, /code: "([a-z-]+)"/))
    }
    let documented =
      document["components", "schemas", "Problem", "properties", "code", "enum"]?.array
      ?? []
    #expect(Set(documented.compactMap(\.string)) == codes)
    // Each is told of where it can be met; what is met everywhere, or nowhere that is documented, once.
    let text = String(decoding: Documentation.document, as: UTF8.self)
    for code in codes.subtracting(["method-not-allowed"]) {
      #expect(text.contains("`\(code)`"), "\(code) is explained nowhere")
    }
  }

  @Test func everyReferenceNamesSomething() {
    #expect(document.references.count > 100)
    for reference in document.references {
      let target = document.resolved(.object([.init(key: "$ref", value: .string(reference))]))
      #expect(target != .null, "\(reference)")
    }
  }

  @Test func examplesOfAnswersConform() throws {
    var count = 0
    for (path, method, operation) in operations {
      for response in operation["responses"]?.members ?? [] {
        for content in document.resolved(response.value)["content"]?.members ?? [] {
          let schema = try #require(content.value["schema"])
          for example in content.value["examples"]?.members ?? [] {
            let value = try #require(document.resolved(example.value)["value"])
            #expect(document.faults(value, schema) == [], "\(method) \(path) \(response.key)")
            count += 1
          }
        }
      }
    }
    #expect(count >= 5)
  }

  /// The examples in the order of the document, against a server and fakes that have the trip.
  @Test func examplesOfRequestsAreAnsweredAsDocumented() async throws {
    let folder = try TestFolder()
    try await ServerRig.run(folder: folder) { [document, operations] rig in
      let option = try #require(
        document[
          "paths", "/trip/options", "post", "requestBody", "content", "application/json",
          "examples", "trip", "value"])
      try rig.vendors.offer(option)
      // What the parameters of paths are, as the answers before told them.
      var known: [String: String] = [:]
      for (path, method, operation) in operations {
        let examples = operation["requestBody"]?["content"]?["application/json"]?["examples"]
        // The first status of each operation is that of its success.
        let success: Int? = operation["responses"]?.members?.first.flatMap { Int($0.key) }
        let requests =
          examples?.members?.map { ($0.key, $0.value["value"], $0.value["x-answer"]?.integer) }
          ?? (operation["requestBody"] == nil ? [("", nil, success)] : [])
        for (name, value, expected) in requests {
          let what = "\(method) \(path) \(name)"
          let place = known.reduce(path) { $0.replacing("{\($1.key)}", with: $1.value) }
          let body = value.map { $0.replacing(id: known["bookingId"] ?? "").written } ?? []
          let parameters = (operation["parameters"]?.array ?? []).map(document.resolved)
          let key = (operation["security"] ?? document["security"])?.array?.first
          let isOperators = key?["operatorKey"] != nil
          let reply = try await rig.send(
            try #require(HTTPRequest.Method(method.uppercased())), place + Self.query(parameters),
            body: body,
            key: key == nil ? nil : isOperators ? Keys.operator : Keys.client,
            fields: Self.fields(parameters, suffix: name))
          #expect(reply.response.status.code == expected, "\(what): \(text(reply))")
          let response = document.resolved(
            try #require(
              operation["responses"]?["\(reply.response.status.code)"], "\(what): not declared"))
          for header in response["headers"]?.members ?? [] {
            let field = try #require(HTTPField.Name(header.key))
            #expect(reply.response.headerFields[field] != nil, "\(what): \(header.key)")
          }
          guard let contents = response["content"] else {
            #expect(reply.body.isEmpty, "\(what): not declared")
            continue
          }
          let type = reply.response.headerFields[.contentType]?.split(separator: ";").first
          let content = try #require(contents[String(type ?? "")], "\(what): type")
          guard type?.hasSuffix("json") == true, path != "/openapi.json" else { continue }
          let answer = try JSONValue(reply.body)
          #expect(document.faults(answer, try #require(content["schema"])) == [], "\(what)")
          if path == "/booking/book", expected == 200 {
            #expect(answer["state"] == .string("CONFIRMED"), "\(text(reply))")
            known["bookingId"] = try #require(answer["bookingId"]?.string)
          }
          if path == "/booking/{bookingId}/share", expected == 201 {
            known["linkId"] = try #require(answer["id"]?.string)
            let url = try #require(answer["url"]?.string)
            known["token"] = url.split(separator: "/").last.map { String($0) }
          }
        }
      }
      #expect(known.count == 3)
    }
  }

  private static func query(_ parameters: [JSONValue]) -> String {
    let pairs = parameters.compactMap { parameter -> String? in
      guard parameter["in"]?.string == "query", let name = parameter["name"]?.string,
        let value = parameter["example"]?.identifier
      else { return nil }
      return "\(name)=\(value)"
    }
    return pairs.isEmpty ? "" : "?" + pairs.joined(separator: "&")
  }

  private static func fields(_ parameters: [JSONValue], suffix: String) -> HTTPFields {
    var fields: HTTPFields = [:]
    for parameter in parameters where parameter["in"]?.string == "header" {
      guard let name = HTTPField.Name(parameter["name"]?.string ?? ""),
        let value = parameter["example"]?.string
      else { continue }
      fields[name] = "\(value)-\(suffix)"
    }
    return fields
  }

  @Test func pageShowsEveryOperationAndLoadsNothing() async throws {
    let service = Documentation()
    func get(_ path: String, _ method: HTTPRequest.Method = .get) async throws -> HTTPReply {
      try await service.respond(
        to: HTTPCall(HTTPRequest(method: method, scheme: "http", authority: "a", path: path)))
    }
    let reply = try await get("/docs")
    let html = text(reply)
    #expect(reply.response.headerFields[.contentType] == "text/html; charset=utf-8")
    #expect(
      reply.response.headerFields[.contentSecurityPolicy]?.contains("default-src 'none'") == true)
    for (path, method, operation) in operations {
      #expect(html.contains("\(method.uppercased()) \(path)"))
      #expect(html.contains("id=\"\(operation["operationId"]?.string ?? "")\""))
    }
    #expect(html.contains("id=\"bookingEvent\""))
    for schema in document["components", "schemas"]?.members ?? [] {
      #expect(html.contains("<h3 id=\"\(schema.key)\">"))
    }
    #expect(!html.contains("<script") && !html.contains("src=") && !html.contains("://"))
    #expect(html.contains("&quot;tripOptionId&quot;"))

    let json = try await get("/openapi.json?now")
    #expect(json.body == Documentation.document)
    #expect(json.response.headerFields[.contentType] == "application/json")
    #expect(try await get("/docs", .head).body.isEmpty)
    let refused = try await get("/docs", .post)
    #expect(refused.response.status.code == 405)
    #expect(refused.response.headerFields[.allow] == "GET, HEAD, OPTIONS")
  }
}

extension JSONValue {
  /// The value with its `bookingId`, if it has one, set to that of a booking that exists.
  fileprivate func replacing(id: String) -> JSONValue {
    guard case .object(let members) = self else { return self }
    return .object(
      members.map {
        $0.key == "bookingId" ? Member(key: $0.key, value: .string(id)) : $0
      })
  }
}

extension VendorRig {
  /// Has what a trip option names, at its prices.
  func offer(_ option: JSONValue) throws {
    let currency = try #require(option["currency"]?.string)
    func amount(_ part: JSONValue?) -> Int64 { Int64(part?["amount"]?.integer ?? 0) }
    let flight = try #require(option["flight"]?["offerId"]?.string)
    amadeus.setCapacity(flight: flight, seats: 9)
    amadeus.add(
      .init(
        id: flight, flight: flight, currency: currency, totalMinor: amount(option["flight"]),
        seats: 1, expiresMicroseconds: SystemWallClock().now().microseconds + 86_400_000_000))
    let room = try #require(option["hotel"]?["productId"]?.string)
    bookingCom.setCapacity(stock: room, rooms: 9)
    bookingCom.add(
      .init(
        id: room, accommodation: try #require(option["hotel"]?["accommodationId"]?.integer),
        stock: room, currency: currency, totalMinor: amount(option["hotel"])))
    for activity in option["activities"]?.array ?? [] {
      let code = try #require(activity["productCode"]?.string)
      viator.setCapacity(stock: code, places: 9)
      viator.add(
        .init(code: code, stock: code, currency: currency, totalMinor: amount(activity)))
    }
  }
}
