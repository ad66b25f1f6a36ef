/// The operation that a call or an effect comes from, as its `baggage` header tells.
struct Origin: Hashable {
  var booking = ""
  var slot = ""
  /// `do` or `undo`.
  var direction = ""
  var generation = 0
  var attempt = 0
  var epoch: Int64 = 0

  /// Reads `booking=bk_17,slot=flight,direction=do,generation=1,attempt=2,epoch=3`; unknown members
  /// are skipped, missing ones stay empty.
  init(_ header: String) {
    for member in header.utf8.split(separator: UInt8(ascii: ",")) {
      guard let equals = member.firstIndex(of: UInt8(ascii: "=")) else { continue }
      let value = Substring(member[member.index(after: equals)...])
      switch Substring(member[..<equals]) {
      case "booking": booking = String(value)
      case "slot": slot = String(value)
      case "direction": direction = String(value)
      case "generation": generation = Int(value) ?? 0
      case "attempt": attempt = Int(value) ?? 0
      case "epoch": epoch = Int64(value) ?? 0
      default: break
      }
    }
  }

  /// The operation's idempotency key: `bk_17:charge:do:1`.
  var key: String { "\(booking):\(slot):\(direction):\(generation)" }
}
