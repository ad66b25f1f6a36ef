import FakeVendors
import HTTPService
import HTTPTypes
import Testing

private struct Box {
  let clock = VendorTestClock()
  let script = VendorScript<MailFault>()
  let watch = VendorWatch()
  let fake: FakeMail

  init() {
    fake = FakeMail(
      environment: ServiceEnvironment(clock, watch), faultInjector: script, serverToken: "t",
      seed: 3)
  }

  static let body =
    #"{"From":"a@x.test","To":"b@x.test","Subject":"S","TextBody":"T","Tag":"confirmed","#
    + #""Metadata":{"booking":"bk_1","version":"2"}}"#

  func send(_ body: String = body, token: String? = "t") async throws -> HTTPReply {
    try await fake.respond(
      to: vendorCall(
        .post, "/email", body, baggage: "b=1",
        token.map { ["X-Postmark-Server-Token": $0] } ?? [:]))
  }
}

struct MailTests {
  @Test func acceptedMessageIsKeptWhole() async throws {
    let box = Box()
    let reply = try await box.send()
    #expect(reply.status == 200)
    #expect(reply.integer("ErrorCode") == 0)
    #expect(reply.text("Message") == "OK")
    #expect(reply.text("To") == "b@x.test")
    #expect(reply.text("SubmittedAt") == "2027-01-15T10:00:00.0000000+00:00")
    let message = try #require(box.fake.messages.first)
    #expect(reply.text("MessageID") == message.id)
    #expect(message.subject == "S")
    #expect(message.text == "T")
    #expect(message.tag == "confirmed")
    #expect(message.metadata == ["booking": "bk_1", "version": "2"])
    #expect(box.watch.changes == [.message(id: message.id)])
  }

  @Test func sameMessageTwiceIsTwoMessages() async throws {
    let box = Box()
    _ = try await box.send()
    _ = try await box.send()
    #expect(Set(box.fake.messages.map(\.id)).count == 2)
  }

  @Test(arguments: ["wrong", nil])
  func badTokenIs401(token: String?) async throws {
    let box = Box()
    let reply = try await box.send(token: token)
    #expect(reply.status == 401)
    #expect(reply.integer("ErrorCode") == 10)
    #expect(box.script.calls.isEmpty)
  }

  @Test(arguments: [
    ("{", 402), ("{}", 300), (#"{"From":"a@x","To":"nobody","TextBody":"x"}"#, 300),
    (#"{"From":"a@x","To":"b@x"}"#, 300),
  ])
  func badBodiesAre422(body: String, expected: Int) async throws {
    let box = Box()
    let reply = try await box.send(body)
    #expect(reply.status == 422)
    #expect(reply.integer("ErrorCode") == expected)
    #expect(box.fake.messages.isEmpty)
  }

  @Test(
    arguments: [
      (.tooManyRequests, 429, 0), (.refused, 422, 0), (.internalError(accepted: false), 500, 0),
      (.internalError(accepted: true), 500, 1),
    ] as [(MailFault, Int, Int)])
  func faultsAreAnswered(fault: MailFault, status: Int, accepted: Int) async throws {
    let box = Box()
    box.script.next("send", fault)
    #expect(try await box.send().status == status)
    #expect(box.fake.messages.count == accepted)
    #expect(box.fake.createRequests.map(\.status) == [status])
    #expect(box.fake.createRequests.compactMap(\.effect).count == accepted)
  }

  @Test func refusedRecipientIsDefinitive() async throws {
    let box = Box()
    box.script.next("send", .refused)
    #expect(try await box.send().integer("ErrorCode") == 406)
  }
}
