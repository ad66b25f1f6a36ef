import Audit
import HTTPService
import HTTPTypes
import Scenarios
import Simulation
import Wire

/// Requests about links, and what is written down of their answers.
extension ClientConnection {
  /// What became of a request for a link.
  enum Making {
    case made(LinkRecord)
    case refused, unknown
  }

  private struct Made: Decodable {
    var id: String
    var url: String
    var expiresAt: String
  }

  /// Asks for a link.
  func makeLink(
    to booking: String, _ body: [UInt8], hidesPrices: Bool, by client: Int, attempt: Int
  ) async throws -> Making {
    let asked = now.microseconds
    let reply = try await exchange(
      .share, .post, "/booking/\(booking)/share", body, by: client, attempt: attempt)
    var link: LinkRecord?
    // nil is an answer here: a body that was cut tells of no link.
    if reply?.response.status == .created, let body = reply?.body,
      let made = try? JSONTextDecoder().decode(Made.self, from: body),
      let token = made.url.split(separator: "/").last,
      let expires = CivilTime.parse(made.expiresAt)
    {
      link = LinkRecord(
        booking: booking, token: String(token), id: made.id, hidesPrices: hidesPrices,
        expiresMicroseconds: expires - World.epoch)
    }
    let unnamed = LinkRecord(
      booking: booking, token: "", id: "", hidesPrices: hidesPrices, expiresMicroseconds: 0)
    note(.share, reply, link ?? unnamed, isWhole: link != nil, by: client, asked, keepsBody: false)
    if let link { return .made(link) }
    return (400..<500).contains(reply?.response.status.code ?? 0) ? .refused : .unknown
  }

  /// Opens a link, or the file of a booking, and has what is shown judged.
  func open(
    _ link: LinkRecord, _ kind: ClientRecord.Request, _ path: String, by client: Int,
    keepsBody: Bool = false
  ) async throws -> Int {
    let asked = now.microseconds
    let reply = try await exchange(kind, .get, path, by: client, attempt: 1)
    let text = String(decoding: reply?.body ?? [], as: UTF8.self)
    // A document, a calendar, or problem details; a body that was cut ends in the middle.
    let ends = ["\(PlainItineraries.end)\n", "END:VCALENDAR\r\n", "}"]
    let isWhole = ends.contains(where: text.hasSuffix)
    note(kind, reply, link, isWhole: isWhole, by: client, asked, keepsBody: keepsBody)
    return reply?.response.status.code ?? 0
  }

  /// Takes a link back; whether that is known to be done.
  func revoke(_ link: LinkRecord, by client: Int, attempt: Int) async throws -> Bool {
    let asked = now.microseconds
    let reply = try await exchange(
      .revokeLink, .delete, "/booking/\(link.booking)/share/\(link.id)", by: client,
      attempt: attempt)
    let isDone = reply?.response.status == .noContent
    note(.revokeLink, reply, link, isWhole: isDone, by: client, asked, keepsBody: false)
    return isDone
  }

  private func note(
    _ kind: ClientRecord.Request, _ reply: HTTPReply?, _ link: LinkRecord, isWhole: Bool,
    by client: Int, _ asked: Int64, keepsBody: Bool
  ) {
    let status = reply?.response.status.code ?? 0
    var result = ClientRecord.Result.unknown
    if (200..<300).contains(status), isWhole { result = .ok }
    // Whatever refuses a link says so on a whole page; other refusals are problem details.
    if (400..<500).contains(status), isWhole || kind != .openLink { result = .fail }
    var record = ClientRecord(
      client: client, request: kind, key: "", trueBody: true, askedMicroseconds: asked,
      toldMicroseconds: now.microseconds, result: result, httpStatus: status, bookingID: "",
      state: "", needsAttention: false, warnings: [], problem: "", body: reply?.body ?? [])
    record.link = link
    recorder.told(record, keepsBody: keepsBody)
  }
}
