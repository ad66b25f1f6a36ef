@testable import Audit
@testable import Worlds

extension AuditRig {
  /// What a link to the trip that ``book(_:activities:)`` books may show.
  static let shown = """
    reference: 3N4G5Z4J
    flight: flight-of-bk_0-1 hotel: hotel-of-bk_0-1 activity: activity-1-of-bk_0-1

    """

  /// A link, as its client knows it.
  func link(
    _ token: String = "TOKEN", hidesPrices: Bool = false, expires: Int64 = .max
  ) -> LinkRecord {
    LinkRecord(
      booking: "bk_0", token: token, id: "sl_0", hidesPrices: hidesPrices,
      expiresMicroseconds: expires)
  }

  /// A client makes a link.
  func makeLink(_ made: LinkRecord? = nil) {
    tell(.share, made ?? link(), .ok, 201, "")
  }

  /// A client takes a link back.
  func revokeLink(_ known: LinkRecord? = nil, result: ClientRecord.Result = .ok) {
    tell(.revokeLink, known ?? link(), result, result == .ok ? 204 : 0, "")
  }

  /// A link is opened.
  func open(
    _ what: String, _ body: String, _ known: LinkRecord? = nil, status: Int = 200,
    result: ClientRecord.Result? = nil, asked: Int64? = nil
  ) {
    tell(
      what == "itinerary" ? .itinerary : .openLink, known ?? link(),
      result ?? (status == 200 ? .ok : .fail), status, body, asked: asked)
  }

  private func tell(
    _ request: ClientRecord.Request, _ link: LinkRecord, _ result: ClientRecord.Result,
    _ status: Int, _ body: String, asked: Int64? = nil
  ) {
    var record = ClientRecord(
      client: 0, request: request, key: "", trueBody: true, askedMicroseconds: asked ?? now,
      toldMicroseconds: now, result: result, httpStatus: status, bookingID: "", state: "",
      needsAttention: false, warnings: [], problem: "", body: Array(body.utf8))
    record.link = link
    history.clients.append(record)
    auditor.observe(.told(record), at: now)
  }
}
