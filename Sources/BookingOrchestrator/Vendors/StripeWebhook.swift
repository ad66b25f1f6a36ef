import Crypto
import Wire

/// Verifies and reads Stripe's webhooks.
///
/// Source: Stripe documentation, "Receive Stripe events in your webhook endpoint", Verify webhook
/// signatures manually.
struct StripeWebhook: Sendable {
  /// Why a delivery is not believed.
  enum Refusal: Error, Sendable, Hashable {
    case noSecret, noSignature, wrongSignature, tooOld
    case malformed(String)
  }

  /// Verifies the signature (v1, constant time) and the age (300 s, past only), then parses.
  ///
  /// The signature covers the body's bytes as they came. A header may carry several v1 signatures
  /// (while a secret is being replaced); v0 and other schemes prove nothing. A timestamp in the
  /// future passes, as it does with Stripe's libraries: clocks differ.
  /// - Throws: ``Refusal``.
  static func event(
    body: [UInt8], signatureHeader: String?, secret: String, now: Timestamp
  ) throws(Refusal) -> StripeEvent {
    // With an empty key, anybody could sign.
    guard secret.contains(where: { !$0.isWhitespace }) else { throw .noSecret }
    guard let signatureHeader else { throw .noSignature }
    var timestamp: Substring?
    var signatures: [Substring] = []
    for item in signatureHeader.split(separator: ",") {
      guard let equals = item.firstIndex(of: "=") else { continue }
      let value = item[item.index(after: equals)...]
      switch item[..<equals] {
      case "t": timestamp = value
      case "v1": signatures.append(value)
      default: break
      }
    }
    guard !signatures.isEmpty else { throw .noSignature }
    guard let timestamp, let seconds = Int64(timestamp), (0...maximumSeconds).contains(seconds)
    else { throw .malformed("Stripe-Signature has no timestamp") }

    var hmac = HMAC<SHA256>(key: SymmetricKey(data: Array(secret.utf8)))
    hmac.update(data: Array("\(timestamp).".utf8))
    hmac.update(data: body)
    let code = hmac.finalize()
    // `==` of an authentication code takes the same time whether and wherever the bytes differ.
    guard
      signatures.contains(where: { text in bytes(hexadecimal: text).map { code == $0 } ?? false })
    else { throw .wrongSignature }
    guard seconds * 1_000_000 >= now.microseconds - tolerance.microseconds() else {
      throw .tooOld
    }

    let event: WireEvent
    do {
      event = try JSONTextDecoder(.lenient).decode(WireEvent.self, from: body)
    } catch {
      throw .malformed("the body is not an event")
    }
    return event.model
  }

  /// Source: Stripe's libraries, default tolerance of `constructEvent`.
  private static let tolerance: Duration = .seconds(300)
  /// Beyond any real time, and small enough to be counted in microseconds.
  private static let maximumSeconds: Int64 = 1 << 40

  /// Reads lower-case hexadecimal digits, as Stripe writes them; nil for anything else.
  private static func bytes(hexadecimal text: Substring) -> [UInt8]? {
    let digits = text.utf8
    guard digits.count == 2 * SHA256.byteCount else { return nil }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(SHA256.byteCount)
    var high: UInt8?
    for digit in digits {
      let value: UInt8
      switch digit {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): value = digit - UInt8(ascii: "0")
      case UInt8(ascii: "a")...UInt8(ascii: "f"): value = digit - UInt8(ascii: "a") + 10
      default: return nil
      }
      if let first = high {
        bytes.append(first << 4 | value)
        high = nil
      } else {
        high = value
      }
    }
    return bytes
  }
}

/// An event as Stripe writes it, as far as it is read.
///
/// Also a thin one (`object: v2.core.event`), which has no `data.object`, and one whose type or
/// object nobody here knows: answering these with an error would make Stripe disable the endpoint.
/// Source: Stripe documentation, "Event destinations", thin events; "Handle delivery failures".
private struct WireEvent: Decodable {
  var model: StripeEvent

  private enum CodingKeys: String, CodingKey { case id, type, created, data }
  private enum DataKeys: String, CodingKey { case object }

  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    model = StripeEvent(
      id: try container.decode(Identity.self, forKey: .id).wrappedValue,
      type: try container.decode(Decoration<String>.self, forKey: .type).wrappedValue ?? "",
      // Thin events write a date here.
      created: try container.decode(Decoration<Int64>.self, forKey: .created).wrappedValue ?? 0)
    // An object that cannot be read tells nothing: the event is kept as ignored, and the saga's own
    // looks find out what it would have told.
    guard let data = try? container.nestedContainer(keyedBy: DataKeys.self, forKey: .data) else {
      return
    }
    if model.type.hasPrefix("payment_intent.") {
      model.paymentIntent =
        try data.decode(Decoration<StripeWire.Intent>.self, forKey: .object).wrappedValue?.model
    } else if model.type.hasPrefix("refund.") || model.type == "charge.refund.updated" {
      model.refund =
        try data.decode(Decoration<StripeWire.Refund>.self, forKey: .object).wrappedValue?.model
    } else if model.type.hasPrefix("charge.dispute.") {
      model.dispute =
        try data.decode(Decoration<StripeWire.Dispute>.self, forKey: .object).wrappedValue?.model
    } else if model.type == "charge.refunded" {
      model.charge =
        try data.decode(Decoration<StripeWire.Charge>.self, forKey: .object).wrappedValue?.model
    }
  }
}
