import FakeVendors
import Wire

extension FaultRule {
  /// The members that every order may have.
  private static let common = ["operation", "fault", "count", "after", "service"]
  private static let members =
    common
    + VendorName.allCases.flatMap(OrderableFault.all).flatMap(\.declaration.members)
    .reduce(into: []) { if !$0.contains($1) { $0.append($1) } }

  /// Reads one order, or a list of them, as they are posted to a service's port.
  static func read(_ json: JSONValue, at vendor: VendorName) throws(ControlError) -> [FaultRule] {
    guard case .array(let list) = json else { return [try one(json, at: vendor)] }
    var orders: [FaultRule] = []
    for json in list { orders.append(try one(json, at: vendor)) }
    return orders
  }

  private static func one(_ json: JSONValue, at port: VendorName) throws(ControlError)
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
    let all = OrderableFault.all(vendor)
    guard let name = members["fault"]?.string,
      let fault = all.first(where: { $0.declaration.name == name })
    else {
      let found = members["fault"]?.string.map { "unknown fault '\($0)'" } ?? "a fault has no name"
      throw ControlError("\(found) of \(vendor.rawValue)", known: all.map(\.declaration.name))
    }
    let operation = members["operation"]?.string ?? "*"
    let isKnown =
      operation == "*" || fault.layer == .webhook || vendor.operations.names.contains(operation)
    guard isKnown else {
      throw ControlError(
        "unknown operation '\(operation)' of \(vendor.rawValue)",
        known: ["*"] + vendor.operations.names)
    }
    let own = fault.declaration.members
    for member in members.map(\.key).sorted() where !common.contains(member) {
      guard own.contains(member) else {
        throw ControlError("\(name) does not take '\(member)'", known: common + own)
      }
    }
    var told: [String: FaultValue] = [:]
    for parameter in fault.declaration.parameters {
      guard let member = parameter.member, let json = members[member] else { continue }
      told[member] = try value(json, member, parameter)
    }
    return FaultRule(
      vendor: vendor, operation: operation, fault: fault, told: told,
      after: Int(try whole(members, "after", 0...1_000_000) ?? 0),
      count: Int(try whole(members, "count", 1...1_000_000) ?? 1))
  }

  /// Reads what a member tells.
  private static func value(
    _ json: JSONValue, _ name: String, _ parameter: FaultParameter
  ) throws(ControlError) -> FaultValue {
    switch parameter.kind {
    case .time, .wait:
      guard let value = json.double, (0...31_536_000).contains(value) else {
        throw ControlError("'\(name)' is not a number from 0 to 31,536,000")
      }
      return .time(.microseconds(Int64(value * 1e6)))
    case .odds:
      guard let value = json.bool else { throw ControlError("'\(name)' is not true or false") }
      return .bool(value)
    case .coin:
      let words = [false, true].compactMap { parameter.word(.bool($0)) }
      guard let word = json.string, words.contains(word) else {
        throw ControlError("'\(name)' is not known", known: words)
      }
      return .bool(word == words.last)
    case .whole(_, _, _, let most): return .whole(try whole(json, name, -most...most))
    case .word(let words):
      guard let word = json.string, words.contains(word) else {
        throw ControlError("'\(name)' is not known", known: words)
      }
      return .text(word)
    case .text:
      guard let text = json.string else { throw ControlError("'\(name)' is not a text") }
      return .text(text)
    }
  }

  private static func whole(
    _ members: [String: JSONValue], _ name: String, _ range: ClosedRange<Int64>
  ) throws(ControlError) -> Int64? {
    guard let member = members[name] else { return nil }
    return try whole(member, name, range)
  }

  private static func whole(
    _ json: JSONValue, _ name: String, _ range: ClosedRange<Int64>
  ) throws(ControlError) -> Int64 {
    guard let value = json.whole, range.contains(value) else {
      throw ControlError(
        "'\(name)' is not a whole number from \(range.lowerBound) to \(range.upperBound)")
    }
    return value
  }
}

extension FaultRule: Encodable {
  /// The name of a member.
  private struct Member: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }
    init(_ name: String) { stringValue = name }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  /// Writes an order as it was posted, with its number and what is left of its counts.
  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Member.self)
    try container.encode(id, forKey: Member("id"))
    try container.encode(vendor.rawValue, forKey: Member("service"))
    try container.encode(operation, forKey: Member("operation"))
    try container.encode(fault.declaration.name, forKey: Member("fault"))
    try container.encode(after, forKey: Member("after"))
    try container.encode(count, forKey: Member("count"))
    for parameter in fault.declaration.parameters {
      guard let member = parameter.member, let value = told[member] else { continue }
      switch (value, parameter.kind) {
      case (.bool, .coin):
        try container.encode(parameter.word(value), forKey: Member(member))
      case (.bool(let value), _): try container.encode(value, forKey: Member(member))
      case (.whole(let value), _): try container.encode(value, forKey: Member(member))
      case (.text(let value), _): try container.encode(value, forKey: Member(member))
      case (.time(let value), _):
        try container.encode(value / .seconds(1), forKey: Member(member))
      }
    }
  }
}
