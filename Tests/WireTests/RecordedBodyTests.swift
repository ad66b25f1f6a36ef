import Foundation
import Testing

@testable import Wire

/// Bodies as the fakes sent them before they used Wire.
struct RecordedBodyTests {
  @Test(arguments: [
    "amadeus-offers", "amadeus-pricing", "control-catalogue", "stripe-charges", "stripe-error",
    "stripe-payment-intent", "stripe-refund",
  ])
  func bodiesAreReadAsByFoundation(_ name: String) throws {
    let body = try Self.body(name)
    let value = try JSONValue(body)
    #expect(Likeness.difference(value, try JSONSerialization.jsonObject(with: Data(body))) == nil)
    // Every part of a text is no text.
    for end in stride(from: 0, to: body.count - 2, by: 7) {
      #expect(throws: JSONError.self) { try JSONReader.check(Array(body[..<end])) }
    }
  }

  @Test(arguments: [
    "amadeus-offers", "amadeus-pricing", "stripe-charges", "stripe-error",
    "stripe-payment-intent", "stripe-refund",
  ])
  func bodiesAreWrittenByteForByte(_ name: String) throws {
    let body = try Self.body(name)
    #expect(try JSONValue(body).written(.space) == body)
  }

  private static func body(_ name: String) throws -> [UInt8] {
    let folder = URL(filePath: #filePath).deletingLastPathComponent()
    return [UInt8](try Data(contentsOf: folder.appending(path: "Recorded/\(name).json")))
  }
}
