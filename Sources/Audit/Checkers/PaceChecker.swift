/// L15, L16: that trips are neither left alone while their vendor answers, nor call too often.
final class PaceChecker: Checker {
  let context: AuditContext
  /// Since when each vendor has answered every call well; missing while it does not. By key only.
  private var worksSince: [String: Int64] = [:]
  /// When a trip was last heard of, or until when its vendor asked it to wait; by key only.
  private var heardOf: [String: Int64] = [:]
  /// The calls of this hour; by key only.
  private var hours: [String: Hour] = [:]
  private var startedAt: Int64 = 0

  init(_ context: AuditContext) { self.context = context }

  private struct Hour {
    var began: Int64
    var calls = 0
    var crashes: Int
    /// The number of the last look: its further pages and what it opens are one with it.
    var look: Int?
  }

  /// A process started: what its predecessor knew of waits it has read.
  func started(_ at: Int64) { startedAt = at }

  /// A call is sent.
  func sent(_ record: CallRecord, _ at: Int64) {
    guard record.service != "mail", let trip = known(record.bookingID) else { return }
    judgeSilence(trip, record, at)
    judgeHour(trip, record, at)
    heardOf[trip.id] = max(heardOf[trip.id] ?? 0, at)
  }

  /// A call ended.
  func ended(_ record: CallRecord, _ retryAfterSeconds: Int?, _ at: Int64) {
    guard record.service != "mail" else { return }
    let status = record.ownStatus
    let worked = status != 0 && status < 500 && ![401, 408, 409, 425, 429].contains(status)
    if !worked {
      worksSince[record.service] = nil
    } else if worksSince[record.service] == nil {
      worksSince[record.service] = at
    }
    let until = at + Int64(retryAfterSeconds ?? 0) * 1_000_000
    heardOf[record.bookingID] = max(heardOf[record.bookingID] ?? 0, until)
  }

  /// L15: one vendor's outage delays nobody who does not need it, and nobody once it is over.
  ///
  /// What a trip waits for is told by what it does next. Its silence counts from when that vendor began
  /// to answer every call well, whoever made it: a breaker that stays open, a place in a line that nobody
  /// calls, a wake-up that is lost, all show as a longer silence than back-off and pause can make
  /// together. A wait that the vendor asked for is no silence, and a process must live to speak.
  private func judgeSilence(_ trip: AuditedTrip, _ record: CallRecord, _ at: Int64) {
    guard !trip.state.isTerminal else { return }
    let works = worksSince(needed(by: trip, record))
    findings.check(.l15, exercised: works != nil)
    guard let works else { return }
    // A changed trip that is cancelled waits for its modifications, and these for one another; their own
    // silence is judged by itself.
    let heard = trip.group.reduce(Int64(0)) {
      max($0, heardOf[$1.id] ?? 0, $1.since, $1.lastNews)
    }
    let from = max(works, heard, startedAt)
    guard at - from > Bounds.silence else { return }
    findings.violate(
      .l15, at: at, booking: trip.id, subject: "\(record.service) \(seconds(at))",
      "\(trip.id) (\(trip.state.rawValue)) calls \(record.service) \(record.operation) at "
        + "\(seconds(at)) s after \(seconds(at - from)) s of silence, in all of which "
        + "\(record.service) answered every call")
  }

  /// Whom a trip waits for when it makes a call. A validation that goes on begins anew, whichever of its
  /// vendors it had waited for.
  private func needed(by trip: AuditedTrip, _ record: CallRecord) -> [String] {
    guard trip.state == .pending || trip.state == .validating else { return [record.service] }
    return ["flight", "hotel"] + (trip.activityCount > 0 ? ["activity"] : [])
  }

  /// Since when all of some vendors have answered every call well; nil while one does not.
  private func worksSince(_ services: [String]) -> Int64? {
    var latest: Int64 = 0
    for service in services {
      guard let since = worksSince[service] else { return nil }
      latest = max(latest, since)
    }
    return latest
  }

  /// L16: what one step asks and sends in an hour.
  ///
  /// Hours begin with the first call. A death takes back-offs with it that were not committed, so each
  /// allows as many again. Slots count by direction, and sending and looking each by itself.
  private func judgeHour(_ trip: AuditedTrip, _ record: CallRecord, _ at: Int64) {
    let kind = record.isMutating ? "sent" : "asked after"
    let key = "\(trip.id) \(record.slot) \(record.direction) \(kind)"
    var hour = hours[key] ?? Hour(began: at, crashes: trip.crashes)
    if at - hour.began >= 3_600_000_000 { hour = Hour(began: at, crashes: trip.crashes) }
    let look = record.isMutating ? nil : record.attempt
    if look == nil || look != hour.look { hour.calls += 1 }
    hour.look = look
    hours[key] = hour
    findings.check(.l16, exercised: hour.calls > 1)
    guard hour.calls > Bounds.callsAnHour * (1 + trip.crashes - hour.crashes) else { return }
    findings.violate(
      .l16, at: at, booking: trip.id, subject: "\(record.slot) \(record.direction) \(kind)",
      "\(record.slot) \(record.direction) of \(trip.id) is \(kind) for the \(hour.calls)th time "
        + "since \(seconds(hour.began)) s, at \(seconds(at)) s, the last time by "
        + "\(record.service) \(record.operation)")
  }
}
