import Testing

@testable import BookingOrchestrator

struct JSONFaultTests {
  @Test(arguments: [
    ("", "the text ends too early", 1, 1), ("{", "the text ends too early", 1, 2),
    ("{\"a\":1,}", "expected '\"'", 1, 8), ("{\"a\" 1}", "expected ':'", 1, 6),
    ("[1 2]", "expected ']'", 1, 4), ("{\n \"a\": tru }", "expected 'true'", 2, 7),
    ("{} x", "something follows the value", 1, 4), ("\"abc", "the string does not end", 1, 5),
    ("\"a\tb\"", "a control character in a string", 1, 3), ("\"\\x\"", "unknown escape", 1, 3),
    ("[?]", "expected a value", 1, 2), ("[01]", "not a number", 1, 3),
    ("[1.]", "expected a digit", 1, 4), ("[-]", "expected a digit", 1, 3),
    ("[1e+]", "expected a digit", 1, 5),
    ("\"\\u12x\"", "an escape without four hexadecimal digits", 1, 6),
  ])
  func theFirstFaultIsFound(_ text: String, _ reason: String, _ line: Int, _ column: Int) {
    #expect(
      JSONFault.first(in: Array(text.utf8))
        == JSONFault(reason: reason, line: line, column: column))
  }

  @Test(arguments: ["1.5", "1e400", "9223372036854775808"])
  func anOddNumberIsFoundByItsPointer(_ number: String) {
    let fault = JSONFault.first(in: Array("{\"a\":[1,{\"b/c\":\(number)}]}".utf8))
    #expect(fault?.numberPointer == "/a/1/b~1c")
  }

  @Test(arguments: [
    ("{\"a\":1,\n \"a\":2}", "/a", 2, 2), ("{\"x\":[{\"b/c\":1,\"b/c\":1}]}", "/x/0/b~1c", 1, 16),
    ("{\"a\":1,\"\\u0061\":2}", "/a", 1, 8),
  ])
  func aMemberNamedTwiceIsFound(_ text: String, _ pointer: String, _ line: Int, _ column: Int) {
    let fault = JSONFault.first(in: Array(text.utf8))
    #expect(fault?.duplicatePointer == pointer)
    #expect(fault?.line == line)
    #expect(fault?.column == column)
  }

  @Test(arguments: [
    "{}", #"{"a":{"b":1},"b":{"a":1}}"#, " [ ] ", #"{"a":[true,false,null,-1,"\u00e9\n"],"b":{}}"#,
  ])
  func goodTextHasNone(_ text: String) {
    #expect(JSONFault.first(in: Array(text.utf8)) == nil)
  }

  @Test func aDeepTextIsAFaultNotACrash() {
    let fault = JSONFault.first(in: Array(repeating: UInt8(ascii: "["), count: 200_000))
    #expect(fault?.reason == "too many levels")
  }
}
