import HTTPService
import HTTPTypes
import Testing

@testable import BookingOrchestrator

struct MailClientTests {
  private func send(_ transport: ScriptedTransport) async throws -> Outcome<String> {
    try await MailClient(configuration, transport: transport).send(
      to: "ann@example.test", subject: "Your trip", text: "Line 1\n\"é\" / x", tag: "confirmation",
      metadata: ["version": "2", "booking": "bk_17"], context)
  }

  @Test func mailIsSentInPostmarksShape() async throws {
    let transport = ScriptedTransport(reply(500))
    _ = try await send(transport)
    let call = try #require(transport.calls.first)
    #expect(call.url == "POST http://mail.test/email")
    #expect(
      call.lines == [
        "Accept: application/json", "X-Postmark-Server-Token: mail_token",
        "Content-Type: application/json", "baggage: \(baggage)",
      ])
    #expect(
      call.text
        == #"{"From":"desk@example.test","MessageStream":"outbound","Metadata":{"#
        + #""booking":"bk_17","version":"2"},"Subject":"Your trip","Tag":"confirmation","#
        + #""TextBody":"Line 1\n\"é\" / x","To":"ann@example.test"}"#)
  }

  @Test func acceptedMailHasAnID() async throws {
    let transport = ScriptedTransport(
      reply(200, #"{"To":"a","MessageID":"0a129aee","ErrorCode":0,"Message":"OK"}"#))
    #expect(try await send(transport).value == "0a129aee")
  }

  @Test(arguments: [
    Reading(reply(200, #"{"ErrorCode":300,"Message":"x"}"#), "rejected 300"),
    Reading(reply(422, #"{"ErrorCode":406,"Message":"inactive recipient"}"#), "rejected 406"),
    Reading(reply(422, "<html>"), "unknown"), Reading(reply(200, #"{"ErrorCode":0}"#), "unknown"),
    Reading(reply(401, #"{"ErrorCode":10,"Message":"bad token"}"#), "retry"),
    Reading(reply(429, "", ["Retry-After": "5"]), "retry 5s"), Reading(reply(500), "unknown"),
    Reading(reply(502, "<html>"), "unknown"), Reading(reply(404), "unknown"),
  ])
  func answerIsClassified(reading: Reading) async throws {
    #expect(try await send(ScriptedTransport(reading.reply)).verdict == reading.verdict)
  }

  @Test func tokenIsInNoReason() async throws {
    let outcome = try await send(
      ScriptedTransport(reply(401, #"{"ErrorCode":10,"Message":"no server for mail_token"}"#)))
    #expect(outcome.reason == "the mail API refused our credentials (401)")
  }
}
