import Crypto
import Testing
import Wire

@testable import BookingOrchestrator

struct PreparedRequestTests {
  private let request = PreparedRequest(
    method: "POST", path: "/v1/refunds", body: Array("payment_intent=pi_1".utf8))

  /// Computed with `printf 'POST /v1/refunds\npayment_intent=pi_1' | sha256sum`.
  @Test func hashIsThatOfMethodPathAndBody() {
    #expect(
      request.payloadHash == "eb41af44f5077d628757b935ffc541693d99d2e4d0f7335aa7d83844ba7268f1")
  }

  @Test func hashHasTwoDigitsPerByte() {
    let digest = SHA256.hash(data: Array("DELETE /x\n".utf8))
    let hex = digest.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    #expect(PreparedRequest(method: "DELETE", path: "/x", body: []).payloadHash == hex)
  }

  @Test(arguments: [
    PreparedRequest(method: "PUT", path: "/v1/refunds", body: Array("payment_intent=pi_1".utf8)),
    PreparedRequest(method: "POST", path: "/v1/refund", body: Array("payment_intent=pi_1".utf8)),
    PreparedRequest(method: "POST", path: "/v1/refunds", body: Array("payment_intent=pi_2".utf8)),
  ])
  func anotherRequestHasAnotherHash(other: PreparedRequest) {
    #expect(other.payloadHash != request.payloadHash)
  }
}

struct FormEncodingTests {
  @Test func pairsKeepTheirOrder() {
    var form = FormText()
    form.append("b", "1")
    form.append("a", "2")
    #expect(form.text == "b=1&a=2")
  }

  @Test(arguments: [
    ("metadata[booking]", "metadata%5Bbooking%5D"), ("a b+c", "a%20b%2Bc"), ("x&y=z", "x%26y%3Dz"),
    ("é€", "%C3%A9%E2%82%AC"), ("Az09-._~", "Az09-._~"), ("", ""), ("../x?", "..%2Fx%3F"),
  ])
  func textIsPercentEncoded(text: String, encoded: String) {
    #expect(PercentCoding.encode(text) == encoded)
  }
}

struct RawJSONTests {
  private func first(_ text: String) -> String? {
    RawJSON.firstElement(ofArrayAt: ["data", "offers"], in: Array(text.utf8)).map {
      String(decoding: $0, as: UTF8.self)
    }
  }

  @Test(arguments: [
    (#"{"data":{"offers":[{"b":1.10,"a":[]}]}}"#, #"{"b":1.10,"a":[]}"#),
    (#" { "x" : [1,{"y":"}"}] , "data" : { "offers" : [ {"a": 1} , {"b":2}]}}"#, #"{"a": 1}"#),
    (#"{"data":{"n":-1.5e3,"t":true,"offers":[{"s":"\"]}\\"}]}}"#, #"{"s":"\"]}\\"}"#),
    (#"{"data":{"offers":[17,18]}}"#, "17"),
    (#"{"data":{"offers":[17]}}"#, "17"),
    (#"{"data":{"offers":["é"]}}"#, #""é""#),
    (#"{"offers":[1],"data":{"data":{"offers":[2]},"offers":[3 ]}}"#, "3"),
  ])
  func firstElementIsFoundAsItIsWritten(text: String, expected: String) {
    #expect(first(text) == expected)
  }

  @Test(arguments: [
    "", "{", "[]", #"{"data":{}}"#, #"{"data":{"offers":[]}}"#, #"{"data":{"offers":{}}}"#,
    #"{"data":{"offers":[{"a":1"#, #"{"data":{"offers":["a\"#, #"{"dat":{"offers":[1]}}"#,
  ])
  func whatIsNotThereIsNotFound(text: String) {
    #expect(first(text) == nil)
  }
}
