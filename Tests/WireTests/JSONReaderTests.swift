import Foundation
import Testing

@testable import Wire

struct JSONReaderTests {
  @Test func valuesAreHandedOutInTheirOrder() throws {
    var json = JSONReader(Array(#" {"id":"a\u00e9b","n":[1,-2.50,1e3],"t":true,"z":null} "#.utf8))
    try json.beginObject()
    #expect(try json.nextMember() == "id")
    #expect(try json.string() == "aéb")
    #expect(try json.nextMember() == "n")
    try json.beginArray()
    #expect(try json.nextElement())
    #expect(try json.integer() == 1)
    #expect(try json.nextElement())
    #expect(try json.decimal(scale: 2) == -250)
    #expect(try json.nextElement())
    #expect(try json.number() == "1e3")
    #expect(try !json.nextElement())
    #expect(try json.nextMember() == "t")
    #expect(try json.bool())
    #expect(try json.nextMember() == "z")
    #expect(try json.null())
    #expect(try json.nextMember() == nil)
    try json.end()
  }

  @Test func aValueThatIsPassedOverIsHandedOutAsItStands() throws {
    var json = JSONReader(Array(#"{"a": {"b" : [1.0, "x"]} , "c":2}"#.utf8))
    try json.beginObject()
    _ = try json.nextMember()
    #expect(try json.raw().elementsEqual(#"{"b" : [1.0, "x"]}"#.utf8))
    _ = try json.nextMember()
    #expect(try json.raw().elementsEqual("2".utf8))
    #expect(try json.nextMember() == nil)
  }

  @Test(arguments: JSONTexts.accepted)
  func whatTheStandardAllowsIsTaken(_ text: String) throws {
    try JSONReader.check(Array(text.utf8))
    let value = try JSONValue(Array(text.utf8))
    let theirs = try JSONSerialization.jsonObject(
      with: Data(text.utf8), options: .fragmentsAllowed)
    #expect(Likeness.difference(value, theirs) == nil)
  }

  @Test(arguments: JSONTexts.refused)
  func whatTheStandardForbidsIsRefused(_ fault: JSONTexts.Fault) {
    let error = #expect(throws: JSONError.self) {
      try JSONReader.check(Array(fault.text.utf8))
    }
    #expect(error?.reason == fault.reason)
    #expect(error.map { [$0.line, $0.column] } == [fault.line, fault.column])
    // The tree is built by the same reader.
    #expect(throws: JSONError.self) { try JSONValue(Array(fault.text.utf8)) }
  }

  @Test(arguments: JSONTexts.badUTF8)
  func whatIsNotUTF8IsRefused(_ bytes: [UInt8]) {
    let error = #expect(throws: JSONError.self) {
      try JSONReader.check(Array("[\"a".utf8) + bytes + Array("\"]".utf8))
    }
    #expect(error?.reason == "a byte that is not UTF-8")
    #expect(error?.offset == 3)
    #expect(error?.pointer == "/0")
    #expect(throws: JSONError.self) { try JSONReader.check(bytes) }
  }

  @Test func otherEncodingsAreRefused() throws {
    for encoding in [String.Encoding.utf16LittleEndian, .utf16BigEndian, .utf32LittleEndian] {
      let data = try #require(#"{"a":1}"#.data(using: encoding))
      #expect(throws: JSONError.self) { try JSONReader.check([UInt8](data)) }
    }
    let error = #expect(throws: JSONError.self) {
      try JSONReader.check([0xEF, 0xBB, 0xBF] + Array("{}".utf8))
    }
    #expect(error?.reason == "the text begins with a byte order mark")
  }

  @Test(arguments: [
    (#"{"a":1,"b":{"a":2},"a":3}"#, "/a", 20), (#"{"x":[{},{"b/c":1,"b/c":1}]}"#, "/x/1/b~1c", 19),
    (#"{"a":1,"\u0061":2}"#, "/a", 8), (#"{"":1,"":2}"#, "/", 7),
  ])
  func aMemberNamedTwiceIsRefusedUnlessAllowed(
    _ text: String, _ pointer: String, _ column: Int
  ) throws {
    let error = #expect(throws: JSONError.self) { try JSONReader.check(Array(text.utf8)) }
    #expect(error?.kind == .duplicateMember)
    #expect(error?.pointer == pointer)
    #expect(error?.column == column)
    try JSONReader.check(Array(text.utf8), .lenient)
  }

  @Test(arguments: [2, 95, 96, 97, 98, 300, 20_000])
  func namesOfAWideObjectAreComparedToo(_ count: Int) throws {
    // An object within, also wide, so that the sets are left in the right order.
    var inner = "{" + (0..<count).map { "\"i\($0)\":0" }.joined(separator: ",") + "}"
    if count == 2 { inner = "{}" }
    let members = (0..<count).map { "\"m\($0)\":\($0 == count / 2 ? inner : "[]")" }
    let text = "{" + members.joined(separator: ",")
    try JSONReader.check(Array((text + "}").utf8))
    for again in [0, count / 2, count - 1] {
      let error = #expect(throws: JSONError.self) {
        try JSONReader.check(Array((text + ",\"\\u006d\(again)\":1}").utf8))
      }
      #expect(error?.kind == .duplicateMember)
      #expect(error?.pointer == "/m\(again)")
    }
  }

  @Test func namesAreComparedByTheirCharactersNotByLooks() throws {
    // é in one scalar and in two: different names (RFC 8259 section 8.3).
    try JSONReader.check(Array("{\"\u{E9}\":1,\"e\u{301}\":2}".utf8))
  }

  @Test func depthIsLimited() throws {
    let deep = Array(repeating: UInt8(ascii: "["), count: 200_000)
    let error = #expect(throws: JSONError.self) { try JSONReader.check(deep) }
    #expect(error?.kind == .tooDeep)
    #expect(error?.reason == "too many levels")
    #expect(error?.offset == 512)
    let three = JSONPolicy(maximumDepth: 3)
    try JSONReader.check(Array(#"[[{"a":1}],{}]"#.utf8), three)
    #expect(throws: JSONError.self) { try JSONReader.check(Array("[[[[]]]]".utf8), three) }
    let most = Array((String(repeating: "[", count: 512) + String(repeating: "]", count: 512)).utf8)
    #expect(try JSONValue(most).written == most)
  }

  @Test func anotherTypeThanTheOneAskedForIsSaidWithItsPlace() {
    var json = JSONReader(Array("{\"a\":\n [true, \"x\"]}".utf8))
    let error = #expect(throws: JSONError.self) {
      try json.beginObject()
      _ = try json.nextMember()
      try json.beginArray()
      _ = try json.nextElement()
      _ = try json.bool()
      _ = try json.nextElement()
      _ = try json.integer()
    }
    #expect(error?.kind == .unexpectedType)
    #expect(
      error?.description == "expected a number, found a string at line 2, column 9 (/a/1)")
  }

  @Test(arguments: ["1.5", "1e400", "9223372036854775808", "1e-1", "-9223372036854775809"])
  func anInexactNumberIsSaidWithItsPlace(_ number: String) {
    var json = JSONReader(Array("{\"a~\":\(number)}".utf8))
    let error = #expect(throws: JSONError.self) {
      try json.beginObject()
      _ = try json.nextMember()
      _ = try json.integer()
    }
    #expect(error?.kind == .inexactNumber)
    #expect(error?.reason == "\(number) is not a whole number of at most 64 bits")
    #expect(error?.pointer == "/a~0")
    #expect(error?.column == 7)
  }

  @Test func stringsOfEveryLengthAreReadToTheirEnd() throws {
    for length in 0...40 {
      for special in [#"\n"#, "é", #"\ud83d\ude00"#, "", "\u{7F}", "日本"] {
        let plain = String(repeating: "x", count: length)
        let text = "\"\(plain)\(special)\(plain)\""
        let theirs = try JSONSerialization.jsonObject(
          with: Data(text.utf8), options: .fragmentsAllowed)
        #expect(Likeness.difference(try JSONValue(Array(text.utf8)), theirs) == nil)
      }
    }
  }

  @Test(arguments: [
    ("{\"a\":1,\n \"x\":{}}", "/x", 2, 2), (#"{"l":[{"b/c":1},{"b":1}]}"#, "/l/1/b", 1, 18),
    (#"{"a":{"l":[]}}"#, "/a/l", 1, 7),
  ])
  func aMemberThatIsNotKnownIsRefused(
    _ text: String, _ pointer: String, _ line: Int, _ column: Int
  ) throws {
    let known: Set = ["/a", "/l", "/l/*/b~1c"]
    let error = #expect(throws: JSONError.self) {
      try JSONReader.check(Array(text.utf8), known: known)
    }
    #expect(error?.kind == .unknownMember)
    #expect(error?.pointer == pointer)
    #expect(error.map { [$0.line, $0.column] } == [line, column])
    try JSONReader.check(Array(#"{"a":[[1]],"l":[{"b\/c":{}},2]}"#.utf8), known: known)
  }
}
