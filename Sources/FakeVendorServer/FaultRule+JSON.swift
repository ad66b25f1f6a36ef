import FoundationEssentials

extension FaultRule {
  private static let members = [
    "operation", "fault", "count", "after", "service", "seconds", "effect", "succeeds", "code",
    "decline_code", "minor", "minutes",
  ]

  /// Reads one order, or a list of them, as they are posted to a service's port.
  static func read(_ json: ControlJSON, at vendor: VendorName) throws(ControlError) -> [FaultRule] {
    guard case .list(let list) = json else { return [try one(json, at: vendor)] }
    var orders: [FaultRule] = []
    for json in list { orders.append(try one(json, at: vendor)) }
    return orders
  }

  private static func one(_ json: ControlJSON, at port: VendorName) throws(ControlError)
    -> FaultRule
  {
    let members = try json.members("a fault", known: Self.members)
    var vendor = port
    if let service = members["service"] {
      guard let named = service.string.flatMap(VendorName.init(named:)) else {
        throw ControlError("unknown service", known: VendorName.allCases.map(\.rawValue))
      }
      vendor = named
    }
    let menu = FaultMenu.entries(vendor)
    guard let name = members["fault"]?.string, let entry = menu.first(where: { $0.name == name })
    else {
      let found = members["fault"]?.string.map { "unknown fault '\($0)'" } ?? "a fault has no name"
      throw ControlError("\(found) of \(vendor.rawValue)", known: menu.map(\.name))
    }
    let operation = members["operation"]?.string ?? "*"
    let isKnown =
      operation == "*" || entry.layer == .webhook || vendor.operations.contains(operation)
    guard isKnown else {
      throw ControlError(
        "unknown operation '\(operation)' of \(vendor.rawValue)", known: ["*"] + vendor.operations)
    }
    let own = ["operation", "fault", "count", "after", "service"]
    for member in members.map(\.key).sorted() where !own.contains(member) {
      guard entry.parameters.contains(member) else {
        throw ControlError("\(name) does not take '\(member)'", known: own + entry.parameters)
      }
    }
    return FaultRule(
      vendor: vendor, operation: operation, fault: entry, parameters: try parameters(members),
      after: Int(try whole(members, "after", 0...1_000_000) ?? 0),
      count: Int(try whole(members, "count", 1...1_000_000) ?? 1))
  }

  private static func parameters(_ members: [String: ControlJSON]) throws(ControlError)
    -> Parameters
  {
    var told = Parameters()
    if let seconds = members["seconds"] {
      guard let value = seconds.double, (0...31_536_000).contains(value) else {
        throw ControlError("'seconds' is not a number from 0 to 31,536,000")
      }
      told.seconds = value
    }
    if let effect = members["effect"] {
      guard let word = effect.string, ["before", "after"].contains(word) else {
        throw ControlError("'effect' is not known", known: ["before", "after"])
      }
      // "after": the error comes after the effect.
      told.hasEffect = word == "after"
    }
    if let succeeds = members["succeeds"] {
      guard let value = succeeds.bool else { throw ControlError("'succeeds' is not true or false") }
      told.succeeds = value
    }
    for name in ["code", "decline_code"] {
      guard let member = members[name] else { continue }
      guard let text = member.string else { throw ControlError("'\(name)' is not a text") }
      if name == "code" { told.code = text } else { told.declineCode = text }
    }
    told.minor = try whole(members, "minor", -1_000_000_000...1_000_000_000)
    told.minutes = try whole(members, "minutes", -100_000...100_000).map(Int.init)
    return told
  }

  private static func whole(
    _ members: [String: ControlJSON], _ name: String, _ range: ClosedRange<Int64>
  ) throws(ControlError) -> Int64? {
    guard let member = members[name] else { return nil }
    guard let value = member.int, range.contains(value) else {
      throw ControlError(
        "'\(name)' is not a whole number from \(range.lowerBound) to \(range.upperBound)")
    }
    return value
  }
}

extension FaultRule: Encodable {
  private enum CodingKeys: CodingKey {
    case id, service, operation, fault, after, count, seconds, effect, succeeds, code, declineCode
    case minor, minutes
  }

  /// Writes an order as it was posted, with its number and what is left of its counts.
  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(id, forKey: .id)
    try container.encode(vendor.rawValue, forKey: .service)
    try container.encode(operation, forKey: .operation)
    try container.encode(fault.name, forKey: .fault)
    try container.encode(after, forKey: .after)
    try container.encode(count, forKey: .count)
    try container.encodeIfPresent(parameters.seconds, forKey: .seconds)
    try container.encodeIfPresent(
      parameters.hasEffect.map { $0 ? "after" : "before" }, forKey: .effect)
    try container.encodeIfPresent(parameters.succeeds, forKey: .succeeds)
    try container.encodeIfPresent(parameters.code, forKey: .code)
    try container.encodeIfPresent(parameters.declineCode, forKey: .declineCode)
    try container.encodeIfPresent(parameters.minor, forKey: .minor)
    try container.encodeIfPresent(parameters.minutes, forKey: .minutes)
  }
}
