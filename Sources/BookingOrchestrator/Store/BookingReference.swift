import Crypto
import GRDB

/// Our own name of a booking: eight characters that can be said on the phone.
///
/// Made from the booking's id, so that nothing is drawn; the store keeps it unique.
enum BookingReference {
  /// Digits and consonants that are not taken for one another: no 0, 1, I, O, and no vowels that
  /// make words.
  private static let alphabet = Array("23456789BCDFGHJKLMNPQRSTVWXZ".utf8)
  private static let length = 8

  /// Returns the reference of a booking.
  /// - Parameter round: how many of its references belong to other bookings already.
  static func of(_ booking: String, round: Int = 0) -> String {
    var hash = SHA256()
    Array("\(booking)/\(round)".utf8).withUnsafeBytes { hash.update(bufferPointer: $0) }
    let letters = hash.finalize().prefix(length).map { alphabet[Int($0) % alphabet.count] }
    return String(decoding: letters, as: UTF8.self)
  }

  /// Returns the first reference of a booking that no other booking has.
  static func free(_ db: Database, for booking: String) throws -> String {
    let taken = try db.cachedStatement(sql: "SELECT 1 FROM trip_booking WHERE reference = ?")
    var round = 0
    while true {
      let reference = of(booking, round: round)
      if try Int.fetchOne(taken, arguments: [reference]) == nil { return reference }
      round += 1
    }
  }
}
