import Foundation
import HTTPService
import HTTPTypes
import Scenarios
import Simulation
import Testing

/// Bent answers keep what decides, and bend everything else in some draw.
struct BentAnswerTests {
  private static let order = """
    {"data":{"type":"flight-order","id":"eJz%2f1","associatedRecords":[{"reference":"ABCDEF",\
    "originSystemCode":"GDS"},{"reference":"GHIJKL"}],"flightOffers":[{"id":"1","price":\
    {"currency":"USD","grandTotal":"781.46"}}],"travelers":[{"id":"1"}]}}
    """

  private func bent(
    _ fault: String, _ seed: UInt64, of order: String = order
  ) -> (body: String, detail: String) {
    var stream = Streams(seed: seed).stream(Purpose("test"))
    var reply = HTTPReply(
      status: .created, contentType: "application/json", body: Array(order.utf8))
    let detail = BentAnswers.bend(&reply, fault, "flight", "create", &stream)
    return (String(decoding: reply.body, as: UTF8.self), detail)
  }

  @Test(arguments: [BentAnswers.incomplete, BentAnswers.oddForms])
  func theIdStaysAndTheRestDoesNot(fault: String) throws {
    var kinds: Set<String> = []
    for seed in 1...200 as ClosedRange<UInt64> {
      let (body, detail) = bent(fault, seed)
      #expect(body.contains(#""id":"eJz%2f1""#))
      let parsed = try JSONSerialization.jsonObject(with: Data(body.utf8))
      #expect(parsed is [String: Any])
      for change in detail.split(separator: " ") { kinds.insert(String(change)) }
    }
    let hows =
      fault == BentAnswers.incomplete ? ["absent", "null", "empty"] : ["form", "type", "new"]
    for how in hows {
      #expect(kinds.contains("data.associatedRecords=\(how)"))
      #expect(kinds.contains("data.associatedRecords.*.originSystemCode=\(how)"))
      // What is passed on to people is never another text: nobody could tell it from the right one.
      #expect(kinds.contains("data.associatedRecords.*.reference=\(how)") == (how != "new"))
    }
    #expect(kinds.contains("+") == (fault == BentAnswers.oddForms))
  }

  /// One thing that decides is missing, or says nothing.
  @Test func aHollowAnswerProvesNothing() throws {
    var kinds: Set<String> = []
    for seed in 1...100 as ClosedRange<UInt64> {
      let (body, detail) = bent(BentAnswers.hollow, seed)
      kinds.insert(detail)
      let parsed = try JSONSerialization.jsonObject(with: Data(body.utf8))
      let data = (parsed as? [String: Any])?["data"] as? [String: Any]
      #expect(!(data?["id"] is String), "\(body)")
    }
    // An id in a word that nobody knows is an id.
    #expect(
      kinds == [
        "data=absent", "data=null", "data=type", "data.id=absent", "data.id=null", "data.id=type",
      ])
  }

  /// Both faults may hit one answer.
  @Test func aMissingLocatorDoesNotBecomeAText() {
    let order = #"{"data":{"id":"eJz%2f1","associatedRecords":[{"reference":null}]}}"#
    for seed in 1...50 as ClosedRange<UInt64> {
      #expect(!bent(BentAnswers.oddForms, seed, of: order).body.contains(#""null""#))
    }
  }

  @Test func theSameDrawBendsTheSame() {
    #expect(bent(BentAnswers.oddForms, 7) == bent(BentAnswers.oddForms, 7))
  }
}
