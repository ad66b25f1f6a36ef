// A18: what answers carry beside their bodies.
extension APIChecker {
  /// A18 of one answer: who is told to wait is told how long and where to look, who used a wrong method
  /// is told the right ones, and HEAD is answered where GET is.
  ///
  /// Of refusals only those in the API's own words count; a page of somebody in between has none.
  func judgeForm(_ record: ClientRecord) {
    func wrong(_ what: String) {
      findings.violate(
        .a18, at: record.toldMicroseconds, booking: record.bookingID,
        subject: "\(record.request.rawValue) \(record.httpStatus) \(record.client)",
        "client \(record.client) (\(record.request.rawValue)) was answered \(record.httpStatus) at "
          + "\(seconds(record.toldMicroseconds)) s \(what)")
    }
    let isOwn = !record.problem.isEmpty
    switch record.httpStatus {
    case 202:
      findings.check(.a18)
      if !(1...Self.longestWait).contains(record.retryAfter ?? 0) {
        wrong("and told to come again after \(record.retryAfter.map { "\($0) s" } ?? "no time")")
      }
      if record.location?.hasPrefix("/booking/") != true { wrong("without a place to look at") }
    case 429 where isOwn, 503 where isOwn:
      findings.check(.a18)
      if record.retryAfter == nil { wrong("and not told when to come again") }
    case 405 where isOwn || record.request == .head:
      findings.check(.a18)
      if record.request == .head { wrong("although GET is answered there") }
      if record.allow?.contains("POST") != true, record.request == .otherMethod {
        wrong("and not told that POST is the method")
      }
    case 200..<300 where record.request == .otherMethod:
      wrong("although its path has no such method")
    default: break
    }
  }

  /// Whoever waits for a trip asks again within this; seconds.
  private static let longestWait = 60
}
