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
    name = names > 1 ? "client-\(client % names)" : nil
    number = client / names
  }

  /// Returns the client that asks, from the number in its name and the one in its key.
  static func client(name: Int, number: Int, names: Int) -> Int { number * names + name }
}
