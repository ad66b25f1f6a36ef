/// The members of a W3C `baggage` header that reports need.
///
/// Source: the project's own convention for outbound calls, `booking=bk_17,slot=flight,…`.
struct Baggage {
  var booking = ""
  var slot = ""

  init(_ header: String) {
    for member in header.split(separator: ",") {
      if let value = Self.value("booking=", member) { booking = value }
      if let value = Self.value("slot=", member) { slot = value }
    }
  }

  private static func value(_ prefix: String, _ member: Substring) -> String? {
    let trimmed = member.drop { $0 == " " }
    return trimmed.hasPrefix(prefix) ? String(trimmed.dropFirst(prefix.count)) : nil
  }
}
