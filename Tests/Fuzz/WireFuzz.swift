import Foundation

/// What libFuzzer calls with bytes of its own making; the first one chooses what reads the rest.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzWire(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let input = Array(UnsafeBufferPointer(start: start, count: count))
  guard let choice = input.first else { return 0 }
  let bytes = Array(input.dropFirst())
  switch choice % 8 {
  case 0: fuzzForm(bytes)
  case 1: fuzzTime(bytes)
  case 2: fuzzNumber(bytes)
  default: fuzzJSON(bytes, withFoundation: choice % 8 == 3)
  }
  return 0
}

/// A text is read in the same way by all that reads, written so that it reads the same, and never
/// taken when Foundation refuses it.
private func fuzzJSON(_ bytes: [UInt8], withFoundation: Bool) {
  let lenient: JSONValue
  do throws(JSONError) {
    lenient = try JSONValue(bytes, .lenient)
  } catch {
    precondition(error.offset >= 0 && error.offset <= bytes.count)
    precondition(error.line >= 1 && error.column >= 1 && error.column <= bytes.count + 1)
    precondition((try? JSONReader.check(bytes, .lenient)) == nil)
    precondition((try? JSONReader.check(bytes)) == nil)
    precondition((try? JSONIndex(bytes, .lenient)) == nil)
    return
  }
  precondition((try? JSONReader.check(bytes, .lenient)) != nil)
  let written = lenient.written
  precondition(JSONValue(parsing: written) == lenient)
  precondition(JSONValue(parsing: lenient.written([.letters, .slash])) == lenient)
  precondition(JSONValue(parsing: lenient.spread()) == lenient)
  precondition(JSONValue(parsing: Array(lenient.text().utf8)) == lenient)
  let isStrict = (try? JSONReader.check(bytes)) != nil
  precondition(isStrict == !lenient.namesTwice)
  precondition(((try? JSONValue(bytes)) != nil) == isStrict)
  let decoded = try? JSONTextDecoder(.lenient).decode(Fuzzed.self, from: bytes)
  precondition(decoded?.matches(lenient) == true)
  if withFoundation, !lenient.hasHugeNumber {
    let theirs = try? JSONSerialization.jsonObject(
      with: Data(bytes), options: .fragmentsAllowed)
    precondition(theirs != nil)
  }
}

private func fuzzForm(_ bytes: [UInt8]) {
  var form = FormText()
  let pairs = FormText.pairs(of: bytes)
  for pair in pairs { form.append(pair.name, pair.value) }
  precondition(FormText.pairs(of: form.bytes) == pairs)
  precondition(FormText.pairs(of: form.bytes, .skipped) == pairs)
  precondition(FormText.pairs(of: bytes, .skipped).count <= pairs.count)
}

private func fuzzTime(_ bytes: [UInt8]) {
  let text = String(decoding: bytes, as: UTF8.self)
  if let date = CivilDate(text) {
    precondition(date.description == text)
    precondition(CivilDate(daysSince1970: date.daysSince1970) == date)
  }
  guard let moment = CivilTime.parse(text) else { return }
  let again = CivilTime.text(moment, .microseconds)
  // An offset may lead out of the years that have four digits.
  precondition(again.utf8.count != 27 || CivilTime.parse(again) == moment)
}

private func fuzzNumber(_ bytes: [UInt8]) {
  let text = String(decoding: bytes.dropFirst(), as: UTF8.self)
  guard let number = JSONNumber(text) else { return }
  let scale = Int(bytes.first ?? 0) % 5
  let count = number.scaled(to: scale)
  guard let plain = number.plain else { return }
  precondition(JSONNumber(plain)?.scaled(to: scale) == count)
  precondition(JSONNumber(plain)?.plain == plain)
  precondition(Double(plain) == number.double || number.double.isSubnormal)
  if let count, scale == 0 { precondition(String(count) == plain) }
}

extension JSONValue {
  fileprivate var namesTwice: Bool {
    switch self {
    case .array(let elements): elements.contains(where: \.namesTwice)
    case .object(let members):
      Set(members.map { Array($0.key.utf8) }).count < members.count
        || members.contains(where: \.value.namesTwice)
    default: false
    }
  }

  fileprivate var hasHugeNumber: Bool {
    switch self {
    case .number(let digits): !(Double(digits) ?? 0).isFinite
    case .array(let elements): elements.contains(where: \.hasHugeNumber)
    case .object(let members): members.contains(where: \.value.hasHugeNumber)
    default: false
    }
  }
}

/// A value read by way of `Decodable`.
private enum Fuzzed: Decodable {
  case null
  case bool(Bool)
  case number(JSONNumber)
  case text(String)
  case list([Fuzzed])
  case object([String: Fuzzed])

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      self = .null
    } else if let value = try? container.decode(Bool.self) {
      self = .bool(value)
    } else if let value = try? container.decode(JSONNumber.self) {
      self = .number(value)
    } else if let value = try? container.decode(String.self) {
      self = .text(value)
    } else if let value = try? container.decode([Fuzzed].self) {
      self = .list(value)
    } else {
      self = .object(try container.decode([String: Fuzzed].self))
    }
  }

  func matches(_ value: JSONValue) -> Bool {
    switch (self, value) {
    case (.null, .null): true
    case (.bool(let a), .bool(let b)): a == b
    case (.number(let a), .number(let b)): a.text == b
    case (.text(let a), .string(let b)): a == b
    case (.list(let a), .array(let b)):
      a.count == b.count && zip(a, b).allSatisfy { $0.matches($1) }
    case (.object(let a), .object(let b)):
      // Names that Swift takes for equal (é in one scalar and in two) share an entry.
      a.count == Set(b.map(\.key)).count
        && (a.count < b.count || b.allSatisfy { a[$0.key]?.matches($0.value) == true })
    default: false
    }
  }
}
