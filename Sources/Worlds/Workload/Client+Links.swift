import Audit
import Scenarios
import Simulation

/// What a client does with links: it makes one, opens it, and sees it end.
extension Client {
  /// Shares the trip, if it stands.
  func share(_ links: LinkPlan) async throws {
    guard let booking = memory.bookingID,
      let link = try await makeLink(to: booking, links)
    else { return }
    _ = try await desk.open(link, .itinerary, "/booking/\(booking)/itinerary.ics", by: number)
    try await open(link)
    try await openNone(like: link)
    try await desk.pause(links.after)
    switch links.end {
    case .kept: memory.link = link
    case .revoked: try await revoke(link)
    case .expired:
      let left = link.expiresMicroseconds - desk.now.microseconds
      try await desk.pause(.microseconds(max(0, left)))
    }
    try await open(link)
  }

  /// Opens a link that was not taken back, and the trip's own file, when the world is quiet.
  static func lastOpening(
    _ number: Int, _ link: LinkRecord, at desk: ClientConnection
  ) async throws {
    for path in ["/share/\(link.token)", "/share/\(link.token).ics"] {
      _ = try await desk.open(link, .openLink, path, by: number, keepsBody: true)
    }
    _ = try await desk.open(
      link, .itinerary, "/booking/\(link.booking)/itinerary.ics", by: number, keepsBody: true)
  }

  /// Makes a link; one whose answer was lost is made again, and the first is never known.
  private func makeLink(to booking: String, _ links: LinkPlan) async throws -> LinkRecord? {
    let hide = links.hidesPrices ? #","hide":["prices"]"# : ""
    let body = Array(#"{"expiresIn":\#(links.lifetime)\#(hide)}"#.utf8)
    for attempt in 1...5 {
      let link = try await desk.makeLink(
        to: booking, body, hidesPrices: links.hidesPrices, by: number, attempt: attempt)
      switch link {
      case .made(let link): return link
      case .refused: return nil
      case .unknown: try await desk.pause(.seconds(attempt))
      }
    }
    return nil
  }

  private func open(_ link: LinkRecord) async throws {
    for path in ["/share/\(link.token)", "/share/\(link.token).ics", "/share/\(link.token).pdf"] {
      _ = try await desk.open(link, .openLink, path, by: number)
    }
  }

  /// Tries a token that nobody was given.
  private func openNone(like link: LinkRecord) async throws {
    var none = link
    none.id = ""
    none.token = String(link.token.reversed())
    guard none.token != link.token else { return }
    _ = try await desk.open(none, .openLink, "/share/\(none.token)", by: number)
  }

  private func revoke(_ link: LinkRecord) async throws {
    for attempt in 1...5 {
      if try await desk.revoke(link, by: number, attempt: attempt) { return }
      try await desk.pause(.seconds(attempt))
    }
  }
}
