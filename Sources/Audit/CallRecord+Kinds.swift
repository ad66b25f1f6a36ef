import Scenarios

extension CallRecord {
  /// Whether a call changes something at a vendor. The world's names of operations.
  package var isMutating: Bool {
    switch service {
    case "stripe":
      switch operation {
      case "payment_intents.create", "payment_intents.confirm", "payment_intents.cancel",
        "payment_intents.capture", "refunds.create":
        true
      default: false
      }
    case "flight", "hotel": operation == "create" || operation == "cancel"
    case "activity": operation == "book" || operation == "cancel"
    default: false
    }
  }

  /// Whether a call's answer was cut, replaced or emptied, so that whoever got it knows nothing by it.
  package var isGarbled: Bool {
    // Most calls meet no fault, and looking into a string is dear.
    !fault.isEmpty
      && (fault == BentAnswers.hollow || fault == "foreign-page"
        || ["trunc", "garbl", "gateway", "malformed"].contains(where: fault.contains))
  }

  /// Whether a call was answered whole only in what decides.
  var isBent: Bool {
    fault == BentAnswers.incomplete || fault == BentAnswers.oddForms
  }
}
