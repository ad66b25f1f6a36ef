/// Small texts that a reader of JSON must take or refuse (RFC 8259).
enum JSONTexts {
  /// A text, and what is wrong where.
  struct Fault: Sendable {
    var text: String
    var reason: String
    var line = 1
    var column: Int
  }

  static let accepted: [String] = [
    "{}", "[]", " [ ] ", "\t\n\r {}\n", "null", "true", "false", "0", "-0", "-0.0", "\"\"", "1",
    "-1", "10", "0.5", "-12.25", "1e5", "1E5", "1e+5", "1E-5", "0e1", "0.0e-0",
    "123456789012345678",
    "9223372036854775807", "-9223372036854775808", "1.7976931348623157e308", "5e-324",
    "[1,2,3]", "[1 , 2\n,3 ]", "[[[]],{},[{}]]", #"{"a":1}"#, #"{ "a" : { "b" : [ ] } }"#,
    #"{"":0}"#, #"{"a":[true,false,null,-1,"\u00e9\n"],"b":{}}"#, #""\"\\\/\b\f\n\r\t""#,
    #""\u0000\u001f\u007f""#, #""\uD834\udd1e""#, #""\uD7FF\uE000\uFFFF""#, "\"\u{7F}\"",
    "\"é ß 日本 😀 \u{2028}\"", "\"\u{FFFF}\u{10FFFF}\"", #"{"\u0061b":1,"a":2}"#,
    #"{"a":{"a":{"a":1}}}"#, #"[{"a":1},{"a":2}]"#, #""/""#, #"{"é":1}"#,
  ]

  static let refused: [Fault] = [
    Fault(text: "", reason: "the text ends too early", column: 1),
    Fault(text: "  ", reason: "the text ends too early", column: 3),
    Fault(text: "{", reason: "the text ends too early", column: 2),
    Fault(text: "[", reason: "the text ends too early", column: 2),
    Fault(text: "[1", reason: "the text ends too early", column: 3),
    Fault(text: "[1,", reason: "the text ends too early", column: 4),
    Fault(text: "{\"a\"", reason: "the text ends too early", column: 5),
    Fault(text: "{\"a\":", reason: "the text ends too early", column: 6),
    Fault(text: "{\"a\":1", reason: "the text ends too early", column: 7),
    Fault(text: "{\"a\":1,}", reason: "expected '\"'", column: 8),
    Fault(text: "{,}", reason: "expected '\"'", column: 2),
    Fault(text: "{a:1}", reason: "expected '\"'", column: 2),
    Fault(text: "{'a':1}", reason: "expected '\"'", column: 2),
    Fault(text: "{1:1}", reason: "expected '\"'", column: 2),
    Fault(text: "{\"a\" 1}", reason: "expected ':'", column: 6),
    Fault(text: "{\"a\",1}", reason: "expected ':'", column: 5),
    Fault(text: "{\"a\":}", reason: "expected a value", column: 6),
    Fault(text: "{\"a\":1 \"b\":2}", reason: "expected '}'", column: 8),
    Fault(text: "{\"a\":1]", reason: "expected '}'", column: 7),
    Fault(text: "[1 2]", reason: "expected ']'", column: 4),
    Fault(text: "[1}", reason: "expected ']'", column: 3),
    Fault(text: "[1,]", reason: "expected a value", column: 4),
    Fault(text: "[,1]", reason: "expected a value", column: 2),
    Fault(text: "[1,,2]", reason: "expected a value", column: 4),
    Fault(text: "]", reason: "expected a value", column: 1),
    Fault(text: "}", reason: "expected a value", column: 1),
    Fault(text: "{\n \"a\": tru }", reason: "expected 'true'", line: 2, column: 7),
    Fault(text: "True", reason: "expected a value", column: 1),
    Fault(text: "nul", reason: "expected 'null'", column: 1),
    Fault(text: "nulll", reason: "something follows the value", column: 5),
    Fault(text: "falze", reason: "expected 'false'", column: 1),
    Fault(text: "{} x", reason: "something follows the value", column: 4),
    Fault(text: "{}{}", reason: "something follows the value", column: 3),
    Fault(text: "1 1", reason: "something follows the value", column: 3),
    Fault(text: "[] // x", reason: "something follows the value", column: 4),
    Fault(text: "/**/1", reason: "expected a value", column: 1),
    Fault(text: "[?]", reason: "expected a value", column: 2),
    Fault(text: "[NaN]", reason: "expected a value", column: 2),
    Fault(text: "[Infinity]", reason: "expected a value", column: 2),
    Fault(text: "[-Infinity]", reason: "expected a digit", column: 3),
    Fault(text: "[+1]", reason: "expected a value", column: 2),
    Fault(text: "[.5]", reason: "expected a value", column: 2),
    Fault(text: "[01]", reason: "not a number", column: 3),
    Fault(text: "[-01]", reason: "not a number", column: 4),
    Fault(text: "[00]", reason: "not a number", column: 3),
    Fault(text: "[0x1]", reason: "expected ']'", column: 3),
    Fault(text: "[1.]", reason: "expected a digit", column: 4),
    Fault(text: "[1.e1]", reason: "expected a digit", column: 4),
    Fault(text: "[1.2.3]", reason: "not a number", column: 5),
    Fault(text: "[-]", reason: "expected a digit", column: 3),
    Fault(text: "-", reason: "expected a digit", column: 2),
    Fault(text: "[1e]", reason: "expected a digit", column: 4),
    Fault(text: "[1e+]", reason: "expected a digit", column: 5),
    Fault(text: "[1e1.5]", reason: "not a number", column: 5),
    Fault(text: "[1-2]", reason: "not a number", column: 3),
    Fault(text: "[1\u{FF12}]", reason: "expected ']'", column: 3),
    Fault(text: "\"abc", reason: "the string does not end", column: 5),
    Fault(text: "\"abcdefghijklmnop", reason: "the string does not end", column: 18),
    Fault(text: "\"a\\", reason: "unknown escape", column: 4),
    Fault(text: "\"a\\\"", reason: "the string does not end", column: 5),
    Fault(text: "\"a\tb\"", reason: "a control character in a string", column: 3),
    Fault(text: "\"a\nb\"", reason: "a control character in a string", column: 3),
    Fault(text: "\"\0\"", reason: "a control character in a string", column: 2),
    Fault(text: "\"\\x\"", reason: "unknown escape", column: 3),
    Fault(text: "\"\\U0041\"", reason: "unknown escape", column: 3),
    Fault(text: "\"\\'\"", reason: "unknown escape", column: 3),
    Fault(text: "\"\\é\"", reason: "unknown escape", column: 3),
    Fault(
      text: "\"\\u12x\"", reason: "an escape without four hexadecimal digits", column: 6),
    Fault(
      text: "\"\\u12", reason: "an escape without four hexadecimal digits", column: 6),
    Fault(
      text: "\"\\u+123\"", reason: "an escape without four hexadecimal digits", column: 4),
    Fault(text: #"["\ud800"]"#, reason: "half of a surrogate pair", column: 3),
    Fault(text: #"["\udc00"]"#, reason: "half of a surrogate pair", column: 3),
    Fault(text: #"["x\ud83d\ud83d"]"#, reason: "half of a surrogate pair", column: 4),
    Fault(text: #"["\ud83dx\ude00"]"#, reason: "half of a surrogate pair", column: 3),
    Fault(text: #"["\ud83d\n"]"#, reason: "half of a surrogate pair", column: 3),
    Fault(text: "\u{A0}1", reason: "expected a value", column: 1),
    Fault(text: "\u{0C}1", reason: "expected a value", column: 1),
    Fault(text: "[1]\0", reason: "something follows the value", column: 4),
    Fault(text: "{\"é\":\n\t?}", reason: "expected a value", line: 2, column: 2),
  ]

  /// Bytes that are not well-formed UTF-8 (Unicode Standard, table 3-7).
  static let badUTF8: [[UInt8]] = [
    [0x80], [0xBF], [0xC0, 0x80], [0xC1, 0xBF], [0xC2], [0xC2, 0x41], [0xE0, 0x80, 0x80],
    [0xE0, 0x9F, 0xBF], [0xE2, 0x82], [0xED, 0xA0, 0x80], [0xED, 0xBF, 0xBF],
    [0xF0, 0x80, 0x80, 0x80], [0xF0, 0x8F, 0xBF, 0xBF], [0xF0, 0x9F, 0x98],
    [0xF4, 0x90, 0x80, 0x80],
    [0xF5, 0x80, 0x80, 0x80], [0xFE], [0xFF],
  ]
}
