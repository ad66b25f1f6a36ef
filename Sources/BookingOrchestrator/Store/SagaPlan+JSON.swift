import Wire

extension SagaPlan {
  /// The plan as the trip's row keeps it; read back by `Codable`, and so with its names.
  ///
  /// By hand because nearly every step of every trip writes it, and `JSONEncoder` took a sixth of
  /// the time of a commit. A test holds every property against it.
  var json: String {
    let bytes = JSONWriter.object(.newline) {
      $0.field("phase", phase.rawValue)
      $0.field("cause", cause?.rawValue)
      $0.field("leftOut", integers: leftOut)
      $0.field("failed", integers: failed)
      $0.field("paymentIntent", paymentIntent)
      $0.field("hotelReservation", hotelReservation)
      $0.field("penalties", members: penalties) { $0.value($1) }
      $0.field("finalPenalties", strings: finalPenalties)
      $0.field("activitiesUntil", activitiesUntil)
      $0.field("departure", departure)
      $0.field("inspectAt", inspectAt)
      $0.field("flightInspected", flightInspected)
      $0.field("hotelInspected", hotelInspected)
      $0.field("hotelGone", hotelGone)
      $0.field("gone", objectOf: gone) { json, gone in
        json.field("flight", gone.flight)
        json.field("inspected", integers: gone.inspected)
        json.field("activities", integers: gone.activities)
      }
      $0.field("hotelLookedTwice", hotelLookedTwice)
      $0.field("hotelCameLate", hotelCameLate)
      $0.field("cancelAsked", cancelAsked)
      $0.field("retried", strings: retried)
      $0.field("refunds", arrayOf: refunds) { json, refund in
        json.field("id", refund.id)
        json.field("slot", refund.slot)
        json.field("amount", refund.amount)
        json.field("status", refund.status)
        if let left = refund.left { json.field("left", left) }
      }
      $0.field("refundsInDoubt", refundsInDoubt)
      $0.field("disputesInDoubt", disputesInDoubt)
      $0.field("closedRefused", closedRefused)
      $0.field("rounded", rounded)
      $0.field("hold", objectOf: hold) { json, hold in
        json.field("captured", hold.captured)
        json.field("released", integers: hold.released)
        json.field("isInDoubt", hold.isInDoubt)
        json.field("hasEnded", hold.hasEnded)
      }
      write(changes: &$0)
      $0.field("tries", objectOf: tries) { json, tries in
        json.field("entries", members: tries.entries) { json, entry in
          json.object {
            $0.field("failures", Int64(entry.failures))
            $0.field("notBefore", objectOf: entry.notBefore) {
              $0.field("microseconds", $1.microseconds)
            }
          }
        }
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  private func write(changes json: inout JSONWriter) {
    json.field("modifies", objectOf: modifies) { json, modifies in
      json.field("base", modifies.base)
      json.field("kept", members: modifies.kept) { $0.value($1) }
      json.field("worth", modifies.worth)
      json.field("told", modifies.told)
      if let lenders = modifies.lenders {
        json.field("lenders", arrayOf: lenders) { json, lender in
          json.field("id", lender.id)
          json.field("worth", lender.worth)
        }
      } else {
        json.field("lenders", String?.none)
      }
    }
    guard let modifications else {
      json.field("modifications", String?.none)
      return
    }
    json.field("modifications", arrayOf: modifications) { json, change in
      json.field("id", change.id)
      json.field("stage", change.stage.rawValue)
      json.field("replaced", strings: change.replaced)
      json.field("worth", change.worth)
      json.field("credit", change.credit)
      json.field("released", change.released)
      json.field("left", change.left)
      json.field("borne", change.borne)
      json.field("penalties", change.penalties)
      json.field("posted", strings: change.posted)
    }
  }
}
