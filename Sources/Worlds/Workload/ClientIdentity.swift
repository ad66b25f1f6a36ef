/// Whom a simulated client asks for: one of the scenario's names, with keys that all names use.
///
/// Of three names, clients 6, 7 and 8 have one each, and their keys end in 2: it is the third request
/// of each name. With one name nobody says it, and every client has a number of its own.
struct ClientIdentity: Sendable, Hashable {
  /// As a server that had checked the client's key would tell it; nil in a world of one name.
  let name: String?
  /// What the client's keys end in.
  let number: Int

  /// Creates the identity of a client.
  init(_ client: Int, names: Int) {
    let number = client % names
    name = names > 1 ? (number % 2 == 0 ? "client-" : "Client-") + "\(number / 2)" : nil
    self.number = client / names
  }

  /// Returns the client that asks, from its name and the number in its key; nil when it has no such name.
  static func client(name: Substring, number: Int, names: Int) -> Int? {
    guard let half = name.split(separator: "-").last.flatMap({ Int($0) }) else { return nil }
    return number * names + half * 2 + (name.hasPrefix("C") ? 1 : 0)
  }
}
