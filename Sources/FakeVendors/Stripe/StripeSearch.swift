/// A search for payment intents or charges: `status:"succeeded" AND metadata["order"]:"7"`.
///
/// Source: Stripe documentation, Search: one kind of connective in a query, `:` for equal, `~` for a
/// part of a text, `<`, `>`, `<=`, `>=` for numbers, `-` for not. Stripe's index is about a minute
/// behind; the fake's is never.
struct StripeSearch: Sendable {
  /// One condition.
  struct Clause: Sendable {
    var negated = false
    /// `status`, or `metadata` with a ``key``.
    var field: String
    var key: String?
    /// `:`, `~`, `<`, `>`, `<=` or `>=`.
    var comparison: String
    var value: String
  }

  private(set) var clauses: [Clause] = []
  /// Whether all clauses must hold; else one is enough.
  private(set) var needsAll = true
  let limit: Int
  /// How many results the pages before this one had.
  let offset: Int

  init(_ form: StripeForm, of operation: StripeOperation) throws(StripeError) {
    guard let query = form.string("query") else { throw .missing("query") }
    let limit = try form.integer("limit", least: 1) ?? 10
    guard limit <= 100 else { throw .tooHigh("limit", most: 100) }
    self.limit = Int(limit)
    if let page = form.string("page") {
      guard let offset = Int(page), offset >= 0 else { throw .badQuery("page", page) }
      self.offset = offset
    } else {
      offset = 0
    }
    let fields =
      operation == .searchCharges
      ? ["amount", "created", "currency", "customer", "metadata", "status", "disputed", "refunded"]
      : ["amount", "created", "currency", "customer", "metadata", "status"]
    var reader = Reader(query)
    var connectives: Set<String> = []
    repeat {
      guard let clause = reader.clause(), fields.contains(clause.field) else {
        throw .badQuery("query", query)
      }
      clauses.append(clause)
      guard let word = reader.connective() else { break }
      connectives.insert(word)
    } while true
    guard reader.isAtEnd, connectives.count < 2, connectives.isSubset(of: ["AND", "OR"]) else {
      throw .badQuery("query", query)
    }
    needsAll = !connectives.contains("OR")
  }

  /// Whether an object is looked for.
  /// - Parameter read: returns what a clause compares with; nil when the object lacks it.
  func matches(_ read: (Clause) -> String?) -> Bool {
    func holds(_ clause: Clause) -> Bool { clause.holds(for: read(clause)) != clause.negated }
    return needsAll ? clauses.allSatisfy(holds) : clauses.contains(where: holds)
  }

  /// Reads a query from left to right.
  private struct Reader {
    private var rest: Substring

    init(_ query: String) { rest = query[...] }

    var isAtEnd: Bool { rest.allSatisfy { $0 == " " } }

    mutating func clause() -> Clause? {
      skipBlanks()
      var clause = Clause(field: "", comparison: "", value: "")
      if take("-") { clause.negated = true }
      let name = rest.prefix { $0.isLetter || $0 == "_" }
      guard !name.isEmpty else { return nil }
      clause.field = String(name)
      rest = rest.dropFirst(name.count)
      if take("[") {
        guard let key = quoted(), take("]") else { return nil }
        clause.key = key
      }
      guard (clause.key != nil) == (clause.field == "metadata"),
        let comparison = ["<=", ">=", ":", "~", "<", ">"].first(where: { rest.hasPrefix($0) })
      else { return nil }
      clause.comparison = comparison
      rest = rest.dropFirst(comparison.count)
      if let text = quoted() {
        clause.value = text
      } else {
        let word = rest.prefix { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "-" }
        guard !word.isEmpty else { return nil }
        clause.value = String(word)
        rest = rest.dropFirst(word.count)
      }
      return clause
    }

    mutating func connective() -> String? {
      skipBlanks()
      let word = rest.prefix { $0.isLetter }
      guard !word.isEmpty else { return nil }
      rest = rest.dropFirst(word.count)
      return word.uppercased()
    }

    private mutating func quoted() -> String? {
      guard let mark = rest.first, mark == "\"" || mark == "'" else { return nil }
      let inside = rest.dropFirst()
      guard let end = inside.firstIndex(of: mark) else { return nil }
      rest = inside[inside.index(after: end)...]
      return String(inside[..<end])
    }

    private mutating func take(_ character: Character) -> Bool {
      guard rest.first == character else { return false }
      rest = rest.dropFirst()
      return true
    }

    private mutating func skipBlanks() { rest = rest.drop { $0 == " " } }
  }
}

extension StripeSearch.Clause {
  fileprivate func holds(for actual: String?) -> Bool {
    if comparison == ":", value == "null" { return actual == nil }
    guard let actual else { return false }
    switch comparison {
    case ":": return actual.lowercased() == value.lowercased()
    case "~": return actual.lowercased().contains(value.lowercased())
    default:
      guard let left = Int64(actual), let right = Int64(value) else { return false }
      return switch comparison {
      case "<": left < right
      case ">": left > right
      case "<=": left <= right
      default: left >= right
      }
    }
  }
}

extension StripeError {
  /// The text is (U).
  static func badQuery(_ param: String, _ value: String) -> StripeError {
    StripeError(
      param: param, message: "We were unable to parse your search \(param): \(value)")
  }
}

extension StripeAccount {
  /// Returns one page of what is found, newest first.
  func search(_ search: StripeSearch, charges wantsCharges: Bool) -> StripeBody {
    let found: [StripeBody] =
      wantsCharges
      ? charges.objects.filter { matches($0.value, search) }.map { .charge($0) }
      : intents.filter { matches($0.object.value, search) }.map { .intent($0.object) }
    let page = found.reversed().dropFirst(search.offset).prefix(search.limit)
    let end = search.offset + page.count
    return .search(
      url: wantsCharges ? "/v1/charges/search" : "/v1/payment_intents/search",
      next: end < found.count ? String(end) : nil, Array(page))
  }

  private func matches(_ intent: StripeIntent, _ search: StripeSearch) -> Bool {
    search.matches { clause in
      switch clause.field {
      case "amount": String(intent.amount)
      case "created": String(intent.created)
      case "currency": intent.currency.code
      case "customer": intent.customer
      case "metadata": intent.metadata[clause.key ?? ""]
      default: intent.status.rawValue
      }
    }
  }

  private func matches(_ charge: ChargeObject, _ search: StripeSearch) -> Bool {
    search.matches { clause in
      switch clause.field {
      case "amount": String(charge.amount)
      case "created": String(charge.created)
      case "currency": charge.currency.code
      case "customer": charge.customer
      case "disputed": String(charge.disputed)
      case "metadata": charge.metadata[clause.key ?? ""]
      case "refunded": String(charge.refunded)
      default: charge.status.rawValue
      }
    }
  }
}
