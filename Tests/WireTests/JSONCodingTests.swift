import Foundation
import Testing

@testable import Wire

struct JSONCodingTests {
  @Test func typesAreWrittenAsByFoundationAndReadAgain() throws {
    let things = [Thing.full, Thing.bare, Thing.odd]
    for escapes in [JSONEscapes.letters, [.letters, .slash]] {
      for isSpread in [false, true] {
        for isSnakeCase in [false, true] {
          let encoder = JSONEncoder()
          encoder.outputFormatting = .sortedKeys
          if !escapes.contains(.slash) {
            encoder.outputFormatting.insert(.withoutEscapingSlashes)
          }
          if isSpread { encoder.outputFormatting.insert(.prettyPrinted) }
          if isSnakeCase { encoder.keyEncodingStrategy = .convertToSnakeCase }
          let ours = try JSONTextEncoder(isSpread: isSpread, isSnakeCase: isSnakeCase, escapes)
            .encode(things)
          let theirs = try encoder.encode(things)
          let at = zip(ours, theirs).enumerated().first { $1.0 != $1.1 }?.offset ?? 0
          #expect(
            String(decoding: ours.dropFirst(at).prefix(60), as: UTF8.self)
              == String(decoding: theirs.dropFirst(at).prefix(60), as: UTF8.self))
          guard !isSnakeCase else { continue }
          #expect(try JSONTextDecoder().decode([Thing].self, from: ours) == things)
          #expect(try JSONDecoder().decode([Thing].self, from: Data(ours)) == things)
        }
      }
    }
  }

  @Test(arguments: ["myURLProperty", "bookingId", "a", "aB", "aBC", "already_snake", "iOS", "x1Y"])
  func namesBecomeSnakeCaseAsByFoundation(_ name: String) throws {
    struct Named: Encodable {
      var name: JSONKey
      func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: JSONKey.self)
        try container.encode(1, forKey: name)
      }
    }
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .convertToSnakeCase
    let named = Named(name: JSONKey(name))
    #expect(
      try JSONTextEncoder(isSnakeCase: true).encode(named) == Array(encoder.encode(named)))
  }

  @Test(arguments: ["1", "-1", "true", "null", "\"x/y\"", "[]", "{}", "[1.5,2e3]", "0.1", "1e300"])
  func plainValuesAreReadAsByFoundation(_ text: String) throws {
    try Self.compare(Int.self, text)
    try Self.compare(Int8.self, text)
    try Self.compare(UInt64.self, text)
    try Self.compare(Double.self, text)
    try Self.compare(Bool.self, text)
    try Self.compare(String.self, text)
    try Self.compare([Double].self, text)
    try Self.compare([Int?].self, text)
    try Self.compare([String: Int].self, text)
    try Self.compare(Int?.self, text)
  }

  @Test(arguments: [
    "2.0", "2e0", "2.5", "-0", "127", "128", "-128", "-129", "1e2", "1e3", "18446744073709551615",
    "18446744073709551616", "9223372036854775808", "9007199254740993", "1e19",
  ])
  func wholeNumbersAreReadAsByFoundation(_ text: String) throws {
    try Self.compare(Int.self, text)
    try Self.compare(Int8.self, text)
    try Self.compare(Int64.self, text)
    if text != "1e19" { try Self.compare(UInt64.self, text) }
    try Self.compare(Double.self, text)
  }

  private static func compare<Value: Decodable & Equatable>(
    _ type: Value.Type, _ text: String
  ) throws {
    let theirs = try? JSONDecoder().decode(type, from: Data(text.utf8))
    let ours = try? JSONTextDecoder().decode(type, from: text)
    #expect(ours == theirs, "\(type) \(text)")
  }

  @Test func numbersAreTakenAsTheyStand() throws {
    let prices = try JSONTextDecoder().decode(
      [String: JSONNumber].self, from: #"{"a":10.50,"b":3.1,"c":1234567890123456789.01}"#)
    #expect(prices["a"]?.text == "10.50")
    #expect(prices["b"]?.text == "3.1")
    #expect(prices["c"]?.scaled(to: 2) == nil)
    #expect(prices["c"]?.text == "1234567890123456789.01")
    #expect(
      try JSONTextEncoder().encode(prices)
        == Array(
          #"{"a":10.50,"b":3.1,"c":1234567890123456789.01}"#.utf8))
  }

  @Test func whereAMemberStandsTwiceFoundationsIsTaken() throws {
    let text = #"{"a":1,"b":2,"a":3}"#
    #expect(throws: JSONError.self) {
      try JSONTextDecoder().decode([String: Int].self, from: text)
    }
    struct Named: Decodable { var a: Int }
    let theirs = try JSONDecoder().decode(Named.self, from: Data(text.utf8))
    #expect(try JSONTextDecoder(.lenient).decode(Named.self, from: text).a == theirs.a)
  }

  @Test func errorsSayWhereTheValueStands() {
    struct Outer: Decodable {
      struct Inner: Decodable { var count: Int }
      var list: [Inner]
    }
    let faults: [(String, String, String)] = [
      (
        "{\"list\":[{\"count\":1},\n{\"count\":\"x\"}]}", "/list/1/count",
        "expected a number, found a string at line 2, column 10"
      ),
      (
        #"{"list":[{"Count":1}]}"#, "/list/0",
        "the member 'count' is missing in the object at line 1, column 10"
      ),
      (#"{"list":null}"#, "/list", "expected an array, found null at line 1, column 9"),
      (
        #"{"x":[[],{}],"list":[{"count":1.5}]}"#, "/list/0/count",
        "1.5 is not a whole number of at most 64 bits at line 1, column 31"
      ),
    ]
    for (text, pointer, words) in faults {
      let error = #expect(throws: DecodingError.self) {
        try JSONTextDecoder().decode(Outer.self, from: text)
      }
      let context: DecodingError.Context? =
        switch error {
        case .typeMismatch(_, let context), .valueNotFound(_, let context),
          .keyNotFound(_, let context), .dataCorrupted(let context):
          context
        default: nil
        }
      #expect(context?.codingPath.map { "/" + $0.stringValue }.joined() == pointer)
      #expect(context?.debugDescription == words)
    }
  }

  @Test(arguments: 40..<50 as Range<UInt64>)
  func anyTextIsDecodedAsByFoundation(_ seed: UInt64) throws {
    var random = TestRandom(seed)
    for _ in 0..<100 {
      let text = JSONGenerator.text(&random)
      let theirs = try? JSONDecoder().decode(AnyThing.self, from: Data(text.utf8))
      let ours = try? JSONTextDecoder(.lenient).decode(AnyThing.self, from: text)
      let isSame = ours == theirs
      #expect(isSame, "\(text)")
    }
  }
}

/// Has a property of every kind that is stored somewhere.
private struct Thing: Codable, Equatable {
  enum Kind: String, Codable { case one, two }
  struct Part: Codable, Equatable { var microseconds: Int64 }
  var text: String?
  var bookingId: Int64
  var isURLSafe: Bool
  var kind: Kind
  var parts: [Part]
  var byName: [String: Part]
  var numbers: [Double]
  var nested: [[Int]]
  var part: Part?
  var byte: UInt8
  var big: UInt64

  static let full = Thing(
    text: "a/b \"é\" \u{1}\n\u{8}\u{C}\r\t\u{7F}\u{2028}😀\\", bookingId: .min, isURLSafe: true,
    kind: .two, parts: [Part(microseconds: 1), Part(microseconds: 2)],
    byName: ["b": Part(microseconds: 3), "aB": Part(microseconds: 4), "B": Part(microseconds: 4)],
    numbers: [0, -0.0, 1, 1.5, 1e20, 1e-7, 123_456_789.125, 1e16, .greatestFiniteMagnitude],
    nested: [[], [1], [2, 3]], part: Part(microseconds: 5), byte: 255, big: .max)
  static let bare = Thing(
    bookingId: 0, isURLSafe: false, kind: .one, parts: [], byName: [:], numbers: [], nested: [],
    byte: 0, big: 0)
  static let odd = Thing(
    text: "", bookingId: .max, isURLSafe: false, kind: .one, parts: [Part(microseconds: -1)],
    byName: [
      "": Part(microseconds: 0), "é": Part(microseconds: 1), "z": Part(microseconds: 1),
      "e\u{301}x": Part(microseconds: 2), "a10": Part(microseconds: 3), "a9": Part(microseconds: 3),
      "日": Part(microseconds: 3), "\u{FF5E}": Part(microseconds: 6), "😀": Part(microseconds: 7),
      "_": Part(microseconds: 3),
    ],
    numbers: [.pi], nested: [[]], byte: 1, big: 1)
}

/// A value of any kind, decoded by trying.
private enum AnyThing: Decodable, Equatable {
  case null
  case bool(Bool)
  case number(Double)
  case text(String)
  case list([AnyThing])
  case object([String: AnyThing])

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      self = .null
    } else if let value = try? container.decode(Bool.self) {
      self = .bool(value)
    } else if let value = try? container.decode(Int64.self) {
      // Foundation takes numbers for whole that are nearly so; and no zero with an exponent for one
      // that is not whole.
      self = .number(Double(value))
    } else if let value = try? container.decode(Double.self) {
      self = .number(value)
    } else if let value = try? container.decode(String.self) {
      self = .text(value)
    } else if let value = try? container.decode([AnyThing].self) {
      self = .list(value)
    } else {
      self = .object(try container.decode([String: AnyThing].self))
    }
  }
}
