/// When the money of a trip is taken.
public enum CaptureTime: String, Sendable, Hashable, Codable, CaseIterable {
  /// As the card is asked, before anything is booked; what fails is refunded.
  case atOnce = "at-once"
  /// The card is asked to hold the total, and charged once what can be booked is booked.
  case whenBooked = "when-booked"
}
