/// A member that decorates an answer: nothing about it can make the answer unreadable.
///
/// Absent, null, empty in the wrong way, of another type: all of it reads as nil. What decides
/// whether an effect exists (an id, a status) is never wrapped in this. A reader must accept what it
/// does not know: RFC 8259 leaves members open, and every vendor here documents that fields may be
/// added, left out or null.
@propertyWrapper
struct Decoration<Value: Decodable & Sendable>: Decodable, Sendable {
  var wrappedValue: Value?

  init(wrappedValue: Value?) {
    self.wrappedValue = wrappedValue
  }

  init(from decoder: any Decoder) {
    wrappedValue = try? Value(from: decoder)
  }
}

extension KeyedDecodingContainer {
  /// Also an absent member decodes: as one without a value.
  func decode<Value>(
    _ type: Decoration<Value>.Type, forKey key: Key
  ) throws -> Decoration<Value> {
    Decoration(wrappedValue: (try? decodeIfPresent(Value.self, forKey: key)) ?? nil)
  }
}

/// Those elements of an array that can be read.
struct Readable<Element: Decodable & Sendable>: Decodable, Sendable {
  var elements: [Element]
  /// Whether some cannot: then that one of these is missing proves nothing.
  var isPartial: Bool

  init(from decoder: any Decoder) throws {
    let all = try [Attempt?](from: decoder)
    elements = all.compactMap { $0?.element }
    isPartial = elements.count < all.count
  }

  private struct Attempt: Decodable {
    var element: Element?

    init(from decoder: any Decoder) {
      element = try? Element(from: decoder)
    }
  }
}

/// Those members of an object whose values are texts.
struct ReadableTexts: Decodable, Sendable {
  var texts: [String: String]

  init(from decoder: any Decoder) throws {
    let all = try [String: WireText?](from: decoder)
    texts = all.compactMapValues { $0?.text }
  }
}

/// A text, or a whole number in its place: some ids are written as either.
struct WireText: Decodable, Sendable {
  /// Never empty.
  var text: String

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let number = try? container.decode(Int64.self) {
      text = String(number)
    } else if let number = try? container.decode(UInt64.self) {
      text = String(number)
    } else {
      text = try container.decode(String.self)
    }
    guard !text.isEmpty else {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: "an empty text")
    }
  }
}

/// A member that must be there and say something: text, or a whole number read as text.
@propertyWrapper
struct Identity: Decodable, Sendable {
  var wrappedValue: String

  init(from decoder: any Decoder) throws {
    wrappedValue = try WireText(from: decoder).text
  }
}

/// A whole number, or a text that spells one in its place.
@propertyWrapper
struct WholeNumber: Decodable, Sendable {
  var wrappedValue: Int64

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let number = try? container.decode(Int64.self) {
      wrappedValue = number
    } else if let number = Int64(try container.decode(String.self)) {
      wrappedValue = number
    } else {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: "not whole")
    }
  }
}
