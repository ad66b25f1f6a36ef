import Testing

@testable import BookingOrchestrator

struct JSONFaultTests {
  @Test(arguments: [
    ("", "the text ends too early", 1, 1), ("{", "the text ends too early", 1, 2),
    ("{\"a\":1,}", "expected '\"'", 1, 8), ("{\"a\" 1}", "expected ':'", 1, 6),
    ("[1 2]", "expected ']'", 1, 4), ("{\n \"a\": tru }", "expected 'true'", 2, 7),
    ("{} x", "something follows the value", 1, 4), ("\"abc", "the string does not end", 1, 5),
    ("\"a\tb\"", "a control character in a string", 1, 3), ("\"\\x\"", "unknown escape", 1, 3),
    ("[?]", "expected a value", 1, 2),
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

  @Test(arguments: ["{}", " [ ] ", #"{"a":[true,false,null,-1,"\u00e9\n"],"b":{}}"#])
  func goodTextHasNone(_ text: String) {
    #expect(JSONFault.first(in: Array(text.utf8)) == nil)
  }

  @Test func aDeepTextIsAFaultNotACrash() {
    let fault = JSONFault.first(in: Array(repeating: UInt8(ascii: "["), count: 200_000))
    #expect(fault?.reason == "too many levels")
  }
}
