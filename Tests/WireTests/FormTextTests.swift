import Foundation
import Testing

@testable import Wire

struct FormTextTests {
  @Test func pairsAreWrittenInTheirOrder() {
    var form = FormText()
    form.append("b[c]", "x y")
    form.append("a", "é/+&=%~-._")
    form.append("", "")
    #expect(form.text == "b%5Bc%5D=x%20y&a=%C3%A9%2F%2B%26%3D%25~-._&=")
  }

  @Test(arguments: [
    ("a=1&b[c]=2&d", [["a", "1"], ["b[c]", "2"], ["d", ""]]),
    ("a=%zz&b=%4", [["a", "%zz"], ["b", "%4"]]),
    ("x=a+b%2Bc&&=v&=", [["x", "a b+c"], ["", "v"], ["", ""]]),
    ("%F0%9F=1", [["\u{FFFD}", "1"]]), ("k=a=b", [["k", "a=b"]]), ("", []), ("&", []),
    ("a%5B0%5d=1", [["a[0]", "1"]]), ("%", [["%", ""]]),
  ])
  func brokenPairsAreKept(_ text: String, _ expected: [[String]]) {
    let pairs = FormText.pairs(of: Array(text.utf8))
    #expect(pairs.map { [$0.name, $0.value] } == expected)
  }

  @Test(arguments: [
    ("a=1&b=%zz&%4=2&c", [["a", "1"], ["c", ""]]), ("%F0%9F=1&a=+", [["a", " "]]),
  ])
  func brokenPairsArePassedOver(_ text: String, _ expected: [[String]]) {
    let pairs = FormText.pairs(of: Array(text.utf8), .skipped)
    #expect(pairs.map { [$0.name, $0.value] } == expected)
  }

  @Test(arguments: 0..<10 as Range<UInt64>)
  func whatIsEncodedIsDecodedAgainAlsoByFoundation(_ seed: UInt64) {
    var random = TestRandom(seed)
    let alphabet = Array("aZ09-._~ +&=%[]/?#é日😀\0\n\"")
    for _ in 0..<100 {
      let text = String(
        (0..<Int.random(in: 0...12, using: &random)).map { _ in
          alphabet.randomElement(using: &random) ?? "a"
        })
      let encoded = PercentCoding.encode(text)
      #expect(PercentCoding.decode(encoded) == text)
      #expect(encoded.removingPercentEncoding == text)
      let allowed = CharacterSet(
        charactersIn: "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~")
      #expect(text.addingPercentEncoding(withAllowedCharacters: allowed) == encoded)
      var form = FormText()
      form.append(text, encoded)
      #expect(FormText.pairs(of: form.bytes) == [FormText.Pair(name: text, value: encoded)])
    }
  }

  @Test(arguments: ["%", "%4", "%zz", "a%4", "%F0%9F", "%FF"])
  func malformedTextIsRefused(_ text: String) {
    #expect(PercentCoding.decode(text) == nil)
  }

  @Test func plusIsABlankOnlyInForms() {
    #expect(PercentCoding.decode("a+b%2f") == "a+b/")
    #expect(PercentCoding.decode("a+b", plusIsSpace: true) == "a b")
  }
}
