package import FakeVendors
package import HTTPService
import HTTPTypes
package import Simulation
import Synchronization
import Wire

/// A fake whose answers of success are whole only in what decides (`incomplete` and `odd-forms`), or
/// not even in that (`hollow`).
///
/// The former mean what they meant before: what they lack or bend is optional by the vendor's own
/// documents (``OptionalMembers``); ids, statuses and the prices that are judged stay. The latter lack
/// one of those, and so prove nothing. Every draw is keyed by the call and has a purpose of its own, so
/// that worlds without these faults keep their bytes and those with them keep all other draws.
package final class BentAnswers: HTTPService {
  /// The faults' names in reports.
  package static let incomplete = "incomplete"
  package static let oddForms = "odd-forms"
  package static let hollow = "hollow"
  package static let names = [incomplete, oddForms, hollow]
  /// What is told about each.
  package static let declarations = [
    FaultDeclaration(incomplete, .every, "an answer of success lacks optional members"),
    FaultDeclaration(
      oddForms, .every,
      "an answer of success has optional members of other types, words nobody knows, and more"),
    FaultDeclaration(
      hollow, .every, "an answer of success lacks an id, a status or a price, or nobody can read it"
    ),
  ]

  private let fake: any HTTPService
  private let service: String
  private let authority: String
  private let common: Scenario.Common
  private let log: any FaultRecorder
  private let purpose: Purpose
  private let hollowPurpose: Purpose
  private let keys = Mutex(CallKeys())

  private init(
    _ fake: any HTTPService, _ service: String, authority: String, _ common: Scenario.Common,
    _ log: any FaultRecorder
  ) {
    self.fake = fake
    self.service = service
    self.authority = authority
    self.common = common
    self.log = log
    purpose = Purpose("conduct/\(service)/bent")
    hollowPurpose = Purpose("conduct/\(service)/hollow")
  }

  /// Returns a fake as a scenario wants its answers: itself when it wants them whole.
  package static func of(
    _ fake: any HTTPService, _ service: String, authority: String, _ common: Scenario.Common,
    _ log: any FaultRecorder
  ) -> any HTTPService {
    let isWhole = [common.incomplete, common.oddForms, common.hollow].allSatisfy { $0 == .never }
    guard !isWhole else { return fake }
    return BentAnswers(fake, service, authority: authority, common, log)
  }

  package func respond(to call: HTTPCall) async throws -> HTTPReply {
    let reply = try await fake.respond(to: call)
    guard reply.response.status.kind == .successful, !reply.body.isEmpty, !log.isQuiet else {
      return reply
    }
    let header = call.request.headerFields[VendorBaggage.field] ?? ""
    let (_, operation) = CallRouter.name(
      authority: authority, method: call.request.method.rawValue, path: call.request.path ?? "")
    let key = keys.withLock { $0.next(header, operation) }
    let said = ServiceCall(service: service, operation: operation, baggage: header, handle: "")
    var bent = reply
    var apart = log.streams.stream(hollowPurpose, key)
    if apart.chance(partsPerMillion: common.hollow.partsPerMillion) {
      let detail = Self.bend(&bent, Self.hollow, service, operation, &apart)
      if !detail.isEmpty {
        log.serviceFault(Self.hollow, of: said, detail: detail)
        return bent
      }
    }
    var stream = log.streams.stream(purpose, key)
    let lacks = stream.chance(partsPerMillion: common.incomplete.partsPerMillion)
    let bends = stream.chance(partsPerMillion: common.oddForms.partsPerMillion)
    guard lacks || bends else { return reply }
    for (isDrawn, name) in [(lacks, Self.incomplete), (bends, Self.oddForms)] where isDrawn {
      let detail = Self.bend(&bent, name, service, operation, &stream)
      if !detail.isEmpty { log.serviceFault(name, of: said, detail: detail) }
    }
    return bent
  }

  /// Applies one of the faults to an answer, and returns what it did; empty when it has no member that
  /// the fault could meet.
  package static func bend(
    _ reply: inout HTTPReply, _ fault: String, _ service: String, _ operation: String,
    _ stream: inout RandomStream
  ) -> String {
    guard var body = JSONValue(parsing: reply.body) else { return "" }
    let members = OptionalMembers.of(service, operation)
    var bender = Bender(stream)
    switch fault {
    case incomplete: bender.thin(&body, members)
    case oddForms: bender.bend(&body, members)
    default: bender.empty(&body, OptionalMembers.decisive(service, operation))
    }
    stream = bender.stream
    reply.body = body.written
    return bender.touched.joined(separator: " ")
  }
}

/// The header that says for whom a call is made (W3C Baggage).
private enum VendorBaggage {
  // A constant of token characters only, so the initialiser cannot return nil.
  static let field = HTTPField.Name("baggage")!
}

/// Takes members out of a body and bends them, as a stream says.
struct Bender {
  private(set) var stream: RandomStream
  /// What was changed, as `path=how`, in order.
  private(set) var touched: [String] = []

  init(_ stream: RandomStream) { self.stream = stream }

  /// Leaves optional members out, or makes them null or empty: half of those that are there.
  mutating func thin(_ body: inout JSONValue, _ members: [OptionalMembers.Member]) {
    each(&body, members) { bender, member, node in
      switch bender.stream.index(below: 6) {
      case 0: ("absent", nil)
      case 1: ("null", .null)
      case 2 where member.mayBend: ("empty", node.emptied)
      default: nil
      }
    }
  }

  /// Writes optional members in forms that nobody expects, and adds some that nobody knows.
  mutating func bend(_ body: inout JSONValue, _ members: [OptionalMembers.Member]) {
    each(&body, members.filter(\.mayBend)) { bender, member, node in
      switch bender.stream.index(below: 6) {
      // Null said in another form is a text, which must not be where a text is passed on to people.
      case 0 where member.mayBeNew || node != .null: ("form", node.inAnotherForm)
      case 1: ("type", node.ofAnotherType)
      case 2 where member.mayBeNew: ("new", .string("SOMETHING_NEW"))
      default: nil
      }
    }
    body = extended(body)
  }

  /// Takes out one of the members that decide of an answer, all that its path leads to, or writes it so
  /// that nobody can read it: in another type, or in a word that nobody knows where it is no name.
  mutating func empty(_ body: inout JSONValue, _ members: [OptionalMembers.Member]) {
    guard !members.isEmpty else { return }
    let member = members[stream.index(below: members.count)]
    let way = stream.index(below: member.mayBeNew ? 4 : 3)
    each(&body, [member]) { _, _, node in
      switch way {
      case 0: ("absent", nil)
      case 1: ("null", .null)
      case 2: ("type", node.ofAnotherType)
      default: ("new", .string("SOMETHING_NEW"))
      }
    }
  }

  /// Takes out one of the members that decide of an event.
  mutating func hollow(_ body: inout JSONValue, _ paths: [String]) {
    let path = paths[stream.index(below: paths.count)]
    let how: JSONValue? = stream.index(below: 2) == 0 ? nil : .null
    touched.append("\(path)=\(how == nil ? "absent" : "null")")
    body = body.changing(path.split(separator: ".")[...]) { _ in how } ?? body
  }

  /// Writes other amounts, all in the same way: of what there are all, or all but the first.
  mutating func misstate(_ body: inout JSONValue, _ paths: [String]) {
    let way = stream.index(below: 4)
    let isWhole = stream.index(below: 2) == 0
    for path in isWhole ? paths[...] : paths.dropFirst() {
      let changed = body.changing(path.split(separator: ".")[...]) { node in
        guard case .number(let digits) = node, let amount = Int64(digits), amount > 0 else {
          return node
        }
        let other =
          switch way {
          case 0: amount * 10
          case 1: amount / 2
          case 2: amount + 10
          default: max(1, amount - 10)
          }
        return .number(String(other))
      }
      body = changed ?? body
    }
    touched.append("amounts")
  }

  /// Writes another currency.
  mutating func exchange(_ body: inout JSONValue, _ path: String) {
    let others = ["usd", "eur", "jpy", "kwd"]
    let first = stream.index(below: others.count)
    let changed = body.changing(path.split(separator: ".")[...]) { node in
      let other = others[first]
      return .string(node == .string(other) ? others[(first + 1) % others.count] : other)
    }
    body = changed ?? body
    touched.append(path)
  }

  /// Changes every value that a path leads to and that is drawn.
  private mutating func each(
    _ body: inout JSONValue, _ members: [OptionalMembers.Member],
    _ draw: (inout Bender, OptionalMembers.Member, JSONValue) -> (how: String, new: JSONValue?)?
  ) {
    for member in members {
      let path = member.path.split(separator: ".")
      let changed = body.changing(path[...]) { node in
        guard let (how, new) = draw(&self, member, node), new != node else { return node }
        touched.append("\(member.path)=\(how)")
        return new
      }
      body = changed ?? body
    }
  }

  /// Adds a member to every third object.
  private mutating func extended(_ node: JSONValue) -> JSONValue {
    switch node {
    case .array(let elements):
      return .array(elements.map { extended($0) })
    case .object(var members):
      members = members.map { JSONValue.Member(key: $0.key, value: extended($0.value)) }
      guard stream.index(below: 3) == 0 else { return .object(members) }
      touched.append("+")
      let more = JSONValue.Member(
        key: "x_added_later",
        value: .object([
          JSONValue.Member(key: "since", value: .number("20301231")),
          JSONValue.Member(
            key: "kinds", value: .array([.null, .bool(true), .string("\u{1F9F3}")])),
        ]))
      members.insert(more, at: stream.index(below: members.count + 1))
      return .object(members)
    default: return node
    }
  }
}

extension JSONValue {
  /// Returns the value with all that a path leads to changed; `*` stands for every element. Nil from
  /// `change` takes the member out.
  fileprivate func changing(
    _ path: ArraySlice<Substring>, _ change: (JSONValue) -> JSONValue?
  ) -> JSONValue? {
    guard let first = path.first else { return change(self) }
    let rest = path.dropFirst()
    switch self {
    case .array(let elements) where first == "*":
      return .array(elements.compactMap { $0.changing(rest, change) })
    case .object(let members):
      return .object(
        members.compactMap { member in
          guard member.key == first else { return member }
          return member.value.changing(rest, change).map { Member(key: member.key, value: $0) }
        })
    default: return self
    }
  }

  /// The emptiest value of the same type; numbers and truth values have none and become null.
  fileprivate var emptied: JSONValue {
    switch self {
    case .string: .string("")
    case .array: .array([])
    case .object: .object([] as [Member])
    case .null, .bool, .number: .null
    }
  }

  /// The same said differently: numbers as text, a number's text as a number, a date with a zone.
  fileprivate var inAnotherForm: JSONValue {
    switch self {
    case .number(let digits): .string(digits)
    case .string(let text) where Int64(text).map { String($0) == text } ?? false: .number(text)
    case .string(let text): .array([.string(text)])
    case .bool(let value): .string(value ? "true" : "false")
    case .array(let elements): elements.first ?? .null
    case .object(let members): .array(members.map(\.value))
    case .null: .string("null")
    }
  }

  /// A value of a type that this one is not.
  fileprivate var ofAnotherType: JSONValue {
    switch self {
    case .string, .null: .object([] as [Member])
    case .number, .bool: .array([])
    case .array: .number("9007199254740993")
    case .object: .bool(false)
    }
  }
}
