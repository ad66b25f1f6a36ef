/// Renders the mails, from nothing but the booking as the database has it.
enum MailText {
  /// Returns the subject line.
  static func subject(_ kind: MailKind, _ view: BookingView) -> String {
    let trip = "Your trip \(view.id)"
    switch kind {
    case .confirmation where !view.warnings.isEmpty: return "\(trip) is confirmed, with changes"
    case .confirmation: return "\(trip) is confirmed"
    case .failure where view.needsAttention:
      return "\(trip) could not be booked; something is still being settled"
    case .failure: return "\(trip) could not be booked"
    case .cancellation where view.needsAttention:
      return "\(trip) is cancelled; something is still being settled"
    case .cancellation: return "\(trip) is cancelled"
    case .update: return "News about your trip \(view.id)"
    case .changed where !view.warnings.isEmpty: return "\(trip) is changed, with a warning"
    case .changed: return "\(trip) is changed"
    case .unchanged: return "\(trip) could not be changed"
    }
  }

  /// Returns the text: greeting, what happened, the parts, every warning, what is open, the money.
  static func body(_ kind: MailKind, _ view: BookingView, firstName: String) -> String {
    var paragraphs = ["Dear \(firstName),", opening(kind, view)]
    let booked = view.components.filter { $0.status == "BOOKED" }
    if !booked.isEmpty {
      paragraphs.append(block("Booked:", inTripOrder(booked).map { line($0, view) }))
    }
    if !view.warnings.isEmpty {
      paragraphs.append(block("Please note:", view.warnings.map(\.message)))
    }
    if !view.parked.isEmpty {
      paragraphs.append(block("Still being settled by our staff:", view.parked))
    }
    paragraphs.append(view.money)
    // What is said on the phone first; replies to the mail are found by either.
    paragraphs.append(
      "Booking reference: " + (view.reference.map { "\($0) (\(view.id))" } ?? "\(view.id)"))
    return paragraphs.joined(separator: "\n\n") + "\n"
  }

  private static func opening(_ kind: MailKind, _ view: BookingView) -> String {
    switch kind {
    case .confirmation:
      return "Your trip is confirmed."
    case .failure:
      guard let failure = view.failure else { return "Your trip could not be booked." }
      return "Your trip could not be booked. \(failure.message)"
    case .cancellation:
      return "Your trip is cancelled."
    case .update:
      return "There is news about your trip."
    case .changed:
      return
        "Your trip is changed. The parts that it no longer has are being cancelled, and what is"
        + " left over is refunded, less what their suppliers keep."
    case .unchanged:
      guard let failure = view.modification?.failure else {
        return "Your trip could not be changed. It stands as it was."
      }
      return BookingView.sentence(refusing: failure)
    }
  }

  private static func line(_ part: BookingView.Component, _ view: BookingView) -> String {
    let name = BookingView.name(part.slot).replacing("the ", with: "", maxReplacements: 1)
    let reference = part.pnr ?? part.confirmation ?? part.reference
    let price = view.text(part.amount)
    return reference.map { "\(name): \($0), \(price)" } ?? "\(name): \(price)"
  }

  private static func inTripOrder(_ parts: [BookingView.Component]) -> [BookingView.Component] {
    parts.filter { $0.slot == "flight" } + parts.filter { $0.slot != "flight" }
  }

  private static func block(_ heading: String, _ lines: [String]) -> String {
    ([heading] + lines.map { "- \($0)" }).joined(separator: "\n")
  }
}
