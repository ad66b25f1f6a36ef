import Foundation
import Testing

@testable import Wire

struct JSONWriterTests {
  @Test func membersAreWrittenInTheOrderOfTheCalls() {
    let bytes = JSONWriter.object {
      $0.field("b", "x")
      $0.field("a", Int64(-5))
      $0.field("n", nil as String?)
      $0.field("m", nil as Int64?)
      $0.field("t", true)
      $0.field("u", UInt64.max)
      $0.number("d", "1.50")
      $0.null("z")
      $0.object("o") { $0.field("i", 0) }
      $0.object("e") { _ in }
      $0.array("l") {
        $0.value("s")
        $0.value(1)
        $0.value(false)
        $0.null()
        $0.object { $0.field("k", "v") }
        $0.array { _ in }
        $0.written(Array("[1, 2]".utf8))
        $0.value(JSONValue.object([.init(key: "q", value: .array([.null, .number("1e2")]))]))
      }
      $0.field("j", .string("y"))
    }
    #expect(
      String(decoding: bytes, as: UTF8.self)
        == #"{"b":"x","a":-5,"n":null,"m":null,"t":true,"u":18446744073709551615,"d":1.50,"z":null,"#
        + #""o":{"i":0},"e":{},"l":["s",1,false,null,{"k":"v"},[],[1, 2],{"q":[null,1e2]}],"j":"y"}"#
    )
  }

  @Test func membersAreWrittenFromValues() {
    let bytes = JSONWriter.object {
      $0.field("none", objectOf: nil as Int?) { $0.field("x", $1) }
      $0.field("some", objectOf: 1) { $0.field("x", $1) }
      $0.field("list", arrayOf: [1, 2]) { $0.field("x", $1) }
      $0.field("empty", arrayOf: [Int]()) { $0.field("x", $1) }
      $0.field("texts", strings: ["a", "b"])
      $0.field("noTexts", strings: nil)
      $0.field("whole", integers: [3, 4])
      $0.field("byName", members: ["b": 2, "a": 1]) { $0.value($1) }
    }
    #expect(
      String(decoding: bytes, as: UTF8.self)
        == #"{"none":null,"some":{"x":1},"list":[{"x":1},{"x":2}],"empty":[],"texts":["a","b"],"#
        + #""noTexts":null,"whole":[3,4],"byName":{"a":1,"b":2}}"#)
  }

  @Test(arguments: [
    (JSONEscapes(), ""), (.newline, "n"), (.space, "tnr"), (.letters, "btnfr"),
  ])
  func controlCharactersAreEscapedAsTheWriterSays(_ escapes: JSONEscapes, _ letters: String) throws
  {
    let names: [UInt32: Character] = [8: "b", 9: "t", 10: "n", 12: "f", 13: "r"]
    for code in UInt32(0)..<0x120 {
      let scalar = try #require(Unicode.Scalar(code))
      var written: [UInt8] = []
      written.append(jsonString: "x\(scalar)", escapes)
      let expected =
        switch scalar {
        case "\"": "\\\""
        case "\\": "\\\\"
        case _ where code >= 0x20: String(scalar)
        case _ where names[code].map(letters.contains) ?? false: "\\\(names[code] ?? " ")"
        default: String(format: "\\u%04x", code)
        }
      #expect(String(decoding: written, as: UTF8.self) == "\"x\(expected)\"")
      #expect(try JSONValue(written) == .string("x\(scalar)"))
    }
  }

  @Test func allLettersAreFoundationsEscapes() throws {
    let text = String(String.UnicodeScalarView((0..<0x250).compactMap(Unicode.Scalar.init)))
    let encoder = JSONEncoder()
    encoder.outputFormatting = .withoutEscapingSlashes
    var written: [UInt8] = []
    written.append(jsonString: text, .letters)
    #expect(try written == Array(encoder.encode(text)))
  }

  @Test(arguments: [0, 1, -1, 9, 10, -10, 1_234_567_890, .max, .min])
  func numbersHaveTheirDigits(_ value: Int64) {
    var written: [UInt8] = []
    written.append(decimal: value)
    #expect(String(decoding: written, as: UTF8.self) == "\(value)")
  }
}

struct JSONLayoutTests {
  @Test func textForPeopleHasALineForEachMember() throws {
    let value = try JSONValue(
      Array(#"{"a":{},"b":[1,"x",null],"c":[{"d":true},{"e":[]}],"f":"\n\u0001/"}"#.utf8))
    #expect(
      value.text() == """
        {
          "a": {},
          "b": [1, "x", null],
          "c": [
            {
              "d": true
            },
            {
              "e": []
            }
          ],
          "f": "\\n\\u0001/"
        }
        """)
    #expect(
      value.text(indent: 0)
        == #"{"a": {}, "b": [1, "x", null], "c": [{"d": true}, {"e": []}], "f": "\n\u0001/"}"#)
  }
}
