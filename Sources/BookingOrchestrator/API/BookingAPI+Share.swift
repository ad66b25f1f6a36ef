import HTTPService
import HTTPTypes
import Wire

/// Links that show a booking's itinerary to whoever has them.
extension BookingAPI {
  private struct ShareRequest: Decodable {
    /// Seconds.
    var expiresIn: Int64?
    var hide: [String]?
  }

  /// How long a link may work, and how long it does where nobody says, in seconds.
  static let lifetimes: ClosedRange<Int64> = 60...31_536_000
  static let usualLifetime: Int64 = 30 * 86_400

  /// `POST /booking/:id/share`: makes a link. Its token is told here and never again: a client that
  /// did not get the answer makes another link, and can revoke the first.
  func share(_ id: BookingID, _ call: HTTPCall) async throws -> HTTPReply {
    let request =
      call.body.isEmpty
      ? ShareRequest()
      : try RequestBody.decode(
        ShareRequest.self, from: call.body, decoder, known: ["/expiresIn", "/hide", "/hide/*"])
    let lifetime = request.expiresIn ?? Self.usualLifetime
    guard Self.lifetimes.contains(lifetime) else {
      throw Problem.invalid(
        "/expiresIn",
        "A link works for \(Self.lifetimes.lowerBound) to \(Self.lifetimes.upperBound) seconds.")
    }
    let hide = try Self.hidden(request.hide ?? [])
    let client = ClientName(of: call.request)
    let now = wallClock.now()
    let link = ShareStore.Link(
      id: ids.identifier("sl", hint: id.rawValue), booking: id, hide: hide, views: 0,
      createdAt: now, expiresAt: now + .seconds(lifetime), revokedAt: nil)
    let token = ShareToken(secrets, hint: link.id)
    try await database.write { db in
      guard try BookingView.version(db, id, of: client) != nil else {
        throw Problem.bookingUnknown(id)
      }
      guard let sources = try ItineraryStore.sources(db, id), Itinerary(sources) != nil else {
        throw Problem.nothingToShow(id)
      }
      guard try ShareStore.open(db, of: id, at: now) < ShareStore.most else {
        throw Problem.linksExhausted(ShareStore.most)
      }
      try ShareStore.add(db, link, token: token)
    }
    let body = JSONWriter.object(.newline) {
      $0.field("id", link.id)
      $0.field("url", configuration.publicURL + Self.path(token))
      $0.field("expiresAt", link.expiresAt.iso8601)
    }
    var reply = HTTPReply(status: .created, contentType: Self.json, body: body)
    reply.response.headerFields[.cacheControl] = "no-store"
    return reply
  }

  /// `GET /booking/:id/share`: the links of a booking, without their tokens.
  func links(of id: BookingID, for client: ClientName) async throws -> HTTPReply {
    let links: [ShareStore.Link]? = try await database.read { db in
      guard try BookingView.version(db, id, of: client) != nil else { return nil }
      return try ShareStore.links(db, of: id)
    }
    guard let links else { throw Problem.bookingUnknown(id) }
    let body = JSONWriter.object(.newline) {
      $0.field("links", arrayOf: links) {
        $0.field("id", $1.id)
        $0.field("createdAt", $1.createdAt.iso8601)
        $0.field("expiresAt", $1.expiresAt.iso8601)
        $0.field("revokedAt", $1.revokedAt?.iso8601)
        $0.field("views", $1.views)
        $0.field("hide", strings: $1.hide.map(\.rawValue).sorted())
      }
    }
    return HTTPReply(status: .ok, contentType: Self.json, body: body)
  }

  /// `DELETE /booking/:id/share/:linkId`: the link shows nothing from now on, also when asked twice.
  func revoke(
    _ link: String, of id: BookingID, for client: ClientName
  ) async throws -> HTTPReply {
    let now = wallClock.now()
    try await database.write { db in
      guard try BookingView.version(db, id, of: client) != nil else {
        throw Problem.bookingUnknown(id)
      }
      guard try ShareStore.revoke(db, link, of: id, at: now) else {
        throw Problem.linkUnknown(link)
      }
    }
    return HTTPReply(HTTPResponse(status: .noContent))
  }

  /// `GET /share/:token`, `.pdf`, `.ics`: what the link shows, to anybody.
  ///
  /// Links that never were, are over or were revoked are answered alike, to the byte.
  /// - Parameter counting: whether it is one more view.
  func shared(
    _ text: String, as file: ItineraryFile?, counting: Bool
  ) async throws -> HTTPReply {
    guard let token = ShareToken(sent: text) else { return try missing() }
    let now = wallClock.now()
    let found = try await database.read { db -> (ShareStore.Link, Itinerary.Sources)? in
      guard let link = try ShareStore.opened(db, by: token, at: now),
        let sources = try ItineraryStore.sources(db, link.booking)
      else { return nil }
      return (link, sources)
    }
    guard let (link, sources) = found, let itinerary = Itinerary(sources, hiding: link.hide) else {
      return try missing()
    }
    if counting { try await database.write { try ShareStore.noteView($0, of: link.id) } }
    if let file { return try reply(with: itinerary, as: file).unlisted }
    let page = try renderer.page(itinerary, path: Self.path(token))
    return Self.page(.ok, page)
  }

  private func missing() throws -> HTTPReply { Self.page(.notFound, try renderer.missingPage()) }

  private static func page(_ status: HTTPResponse.Status, _ body: [UInt8]) -> HTTPReply {
    var reply = HTTPReply(status: status, contentType: "text/html; charset=utf-8", body: body)
    reply.response.headerFields[.contentSecurityPolicy] =
      "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none';"
      + " frame-ancestors 'none'"
    reply.response.headerFields[.xContentTypeOptions] = "nosniff"
    return reply.unlisted
  }

  private static func path(_ token: ShareToken) -> String { "/share/\(token.text)" }

  private static func hidden(_ words: [String]) throws(Problem) -> Set<Itinerary.Hidden> {
    var hide: Set<Itinerary.Hidden> = []
    for (index, word) in words.enumerated() {
      guard let hidden = Itinerary.Hidden(rawValue: word) else {
        let known = Itinerary.Hidden.allCases.map(\.rawValue).joined(separator: ", ")
        throw .invalid("/hide/\(index)", "'\(word)' cannot be hidden; what can: \(known).")
      }
      hide.insert(hidden)
    }
    return hide
  }
}

extension HTTPReply {
  /// The reply as search engines, other sites and shared computers are to have it: not at all.
  fileprivate var unlisted: HTTPReply {
    var reply = self
    reply.response.headerFields[.robots] = "noindex, nofollow"
    reply.response.headerFields[.referrerPolicy] = "no-referrer"
    reply.response.headerFields[.cacheControl] = "private, no-store"
    return reply
  }
}

extension HTTPField.Name {
  // Constants that are valid field names (RFC 9110, token).
  fileprivate static let robots = HTTPField.Name("X-Robots-Tag")!
  fileprivate static let referrerPolicy = HTTPField.Name("Referrer-Policy")!
}
