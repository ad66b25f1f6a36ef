// A14: a booking is its own client's.
extension APIChecker {
  /// A14 over the whole history.
  func judgeOwnership(_ history: History) {
    // Clients that asked for the end of their own trip; looked up only.
    var cancelled: Set<Int> = []
    for record in history.clients where record.request == .cancel {
      cancelled.insert(record.client)
    }
    for record in history.clients {
      if record.request.isForeign {
        judgeForeign(record, cancelled)
      } else {
        judgeOwn(record)
      }
    }
  }

  /// A request for another client's booking: there is none, as far as the client is told, and nothing
  /// becomes of it, also where no answer came.
  private func judgeForeign(_ record: ClientRecord, _ cancelled: Set<Int>) {
    let told = record.toldMicroseconds
    let trip = known(record.foreignBooking)
    let wasThere = trip.map { $0.createdAt <= record.askedMicroseconds } ?? false
    let isAnswered = record.result != .unknown
    findings.check(.a14, exercised: wasThere && isAnswered)
    let what = "client \(record.client) asked for \(record.foreignBooking), which it did not make"
    if record.result == .ok || !record.bookingID.isEmpty || !record.state.isEmpty {
      findings.violate(
        .a14, at: told, booking: record.foreignBooking, subject: "told \(record.request.rawValue)",
        "\(what) (\(record.request.rawValue)), and was answered \(record.httpStatus) "
          + "\(record.state) at \(seconds(told)) s")
    } else if isAnswered, ![404, 429].contains(record.httpStatus) {
      findings.violate(
        .a14, at: told, booking: record.foreignBooking,
        subject: "status \(record.request.rawValue)",
        "\(what) (\(record.request.rawValue)), and was answered \(record.httpStatus) at "
          + "\(seconds(told)) s: anything but 404 tells that it is there")
    } else if wasThere, record.httpStatus == 404 {
      mark("foreign-booking-refused")
    }
    guard record.request == .foreignCancel, let trip, let owner = trip.client,
      !cancelled.contains(owner), let change = trip.passed.first(where: { $0.state == .cancelling })
    else { return }
    findings.violate(
      .a14, at: change.at, booking: trip.id, subject: "changed",
      "\(trip.id) is cancelled from \(seconds(change.at)) s on, and of all clients only others than "
        + "its own asked for that: client \(record.client) at \(seconds(record.askedMicroseconds)) s"
    )
  }

  /// A client's own request meets nothing of another's: neither its booking nor its keys.
  private func judgeOwn(_ record: ClientRecord) {
    findings.check(.a14, exercised: false)
    let told = record.toldMicroseconds
    if let trip = known(record.bookingID), let owner = trip.client, owner != record.client {
      findings.violate(
        .a14, at: told, booking: trip.id, subject: "given to \(record.client)",
        "client \(record.client) asked for its own booking and was told at \(seconds(told)) s of "
          + "\(trip.id), which client \(owner) made")
    }
    if record.request == .book, record.trueBody, record.problem == "idempotency-key-reused" {
      findings.violate(
        .a14, at: told, booking: "", subject: "key of \(record.client)",
        "client \(record.client) sent nothing else under the key \(record.key), and was told at "
          + "\(seconds(told)) s that the key is used: it is another client's key")
    }
  }
}

extension ClientRecord.Request {
  /// Whether it is for a booking that another client made.
  var isForeign: Bool { self == .foreignLook || self == .foreignCancel || self == .foreignShare }
}
