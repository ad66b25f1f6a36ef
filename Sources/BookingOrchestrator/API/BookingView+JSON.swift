import Wire

extension BookingView {
  /// The body of every answer about a booking.
  ///
  /// First what the published contract names, then what the server says beyond it.
  var json: [UInt8] {
    JSONWriter.object(.newline) {
      $0.field("success", hasSucceeded)
      $0.field("bookingId", id.rawValue)
      $0.field("bookingReference", reference)
      $0.field("tripOptionId", option.rawValue)
      $0.field("state", state.rawValue)
      $0.field("confirmations", objectOf: self) { $1.write(confirmations: &$0) }
      $0.field("payment", objectOf: payment) {
        $0.field("paymentIntentId", $1.paymentIntent)
        $0.field("amount", $1.amount)
        $0.field("currency", total.currency.code)
        $0.field("status", $1.status)
        $0.field("refunded", refunded)
        $0.field("chargedBack", chargedBack)
        if let authorized = $1.authorized {
          $0.field("authorized", authorized)
          $0.field("held", $1.held)
        }
      }
      $0.field("warnings", arrayOf: warnings) {
        $0.field("slot", $1.slot)
        $0.field("code", $1.code)
        $0.field("message", $1.message)
      }
      $0.field("error", objectOf: failure) {
        $0.field("code", $1.code)
        $0.field("message", Self.sentence(for: $1))
      }
      $0.field("cancellation", objectOf: cancelled.isEmpty ? nil : cancelled) { json, parts in
        json.field("components", arrayOf: parts) {
          $0.field("slot", $1.slot)
          $0.field("amount", $1.amount)
          $0.field("penalty", penalty(of: $1))
          $0.field("refund", due(for: $1))
        }
        json.field("penalty", parts.reduce(0) { $0 + penalty(of: $1) })
        json.field(
          "refund", refund(of: isUnpaid ? charged : parts.reduce(0) { $0 + due(for: $1) }))
        if chargedBack > 0 { json.field("chargedBack", chargedBack) }
      }
      write(modification: &$0)
      write(details: &$0)
    }
  }

  /// Whether what the client asked for came about: the trip is booked, or it is cancelled.
  private var hasSucceeded: Bool { state == .confirmed || state == .cancelled }

  /// The parts of a trip that was booked and then cancelled by its client.
  ///
  /// Not an activity that failed, whatever was found and undone of it later: its price went back
  /// before, and what its supplier keeps is ours to bear.
  private var cancelled: [Component] {
    guard state == .cancelling || state == .cancelled else { return [] }
    let failed = warnings.filter { $0.code == TripWarning.activityFailed }.map(\.slot)
    return components.filter { part in
      // What its vendor refuses for ever to cancel costs what was quoted for it.
      let isRefused = part.status == "NEEDS_ATTENTION" && penalties[part.slot] != nil
      return (part.status == "CANCELLED" || isRefused) && !failed.contains(part.slot)
    }
  }

  /// What is refunded of all that is due: what the customer's bank gave them is not paid once more.
  private func refund(of due: Int64) -> Int64 { min(due, max(refunded, due - chargedBack)) }

  /// What the client bears of what its vendor keeps: nothing when the trip was never paid.
  private func penalty(of part: Component) -> Int64 {
    isUnpaid ? 0 : penalties[part.slot] ?? 0
  }

  /// What goes back for a part: nothing when the trip was never paid.
  private func due(for part: Component) -> Int64 {
    isUnpaid ? 0 : part.amount - penalty(of: part)
  }

  /// Whether the card was to be charged when the trip is booked, and was not, or not enough: somebody
  /// captured a part of the hold by hand.
  private var isUnpaid: Bool {
    guard let authorized = payment?.authorized else { return false }
    let failed = warnings.filter { $0.code == TripWarning.activityFailed }
      .reduce(Int64(0)) { $0 + (component($1.slot)?.amount ?? 0) }
    return charged == 0 || charged < authorized - failed
  }

  /// What is booked, as far as is known; a part that is not is `null` or left out.
  private func write(confirmations json: inout JSONWriter) {
    json.field("flight", objectOf: component("flight").flatMap { $0.isBooked ? $0 : nil }) {
      $0.field("confirmationCode", $1.pnr ?? $1.reference)
      $0.field("bookingReference", reference)
      $0.field("pnr", $1.pnr)
      $0.field("provider", $1.provider)
      $0.field("totalPrice", $1.amount)
      $0.field("currency", total.currency.code)
    }
    json.field("hotel", objectOf: component("hotel").flatMap { $0.isBooked ? $0 : nil }) {
      $0.field("confirmationCode", $1.confirmation ?? $1.reference)
      $0.field("bookingReference", reference)
      $0.field("hotelName", $1.name)
      $0.field("totalPrice", $1.amount)
      $0.field("currency", total.currency.code)
    }
    json.field("activities", arrayOf: activities.filter(\.isBooked)) {
      $0.field("confirmationCode", $1.confirmation ?? $1.reference)
      $0.field("bookingReference", reference)
      $0.field("name", $1.name)
      $0.field("provider", $1.provider)
      $0.field("totalPrice", $1.amount)
      $0.field("currency", total.currency.code)
    }
  }

  /// What the server says beyond the contract.
  private func write(details json: inout JSONWriter) {
    json.field("needsAttention", needsAttention)
    json.field("amount", total.minorUnits)
    json.field("currency", total.currency.code)
    json.field("charged", charged)
    json.field("refunded", refunded)
    json.field("flight", objectOf: component("flight")) {
      $0.field("status", $1.status)
      $0.field("reference", $1.reference)
      $0.field("pnr", $1.pnr)
      $0.field("amount", $1.amount)
    }
    json.field("hotel", objectOf: component("hotel")) {
      $0.field("status", $1.status)
      $0.field("reference", $1.reference)
      $0.field("reservation", $1.confirmation)
      $0.field("amount", $1.amount)
    }
    json.field("activities", arrayOf: activities) {
      $0.field("slot", $1.slot)
      $0.field("status", $1.status)
      $0.field("reference", $1.reference ?? $1.confirmation)
      $0.field("amount", $1.amount)
    }
    json.field("failure", objectOf: failure) {
      $0.field("code", $1.code)
      $0.field("message", $1.message)
    }
    json.field("attention", arrayOf: attention) {
      $0.field("slot", $1.slot)
      $0.field("reason", $1.reason)
      $0.field("advice", $1.advice)
    }
    json.field("createdAt", createdAt.iso8601)
    json.field("finishedAt", finishedAt?.iso8601)
    json.field("message", message)
  }
}
