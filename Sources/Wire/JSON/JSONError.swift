/// What is wrong with a JSON text, where, and in words for the person who sent it.
package struct JSONError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The kind of fault, for programs.
  package enum Kind: Sendable, Hashable {
    /// It is no JSON text (RFC 8259).
    case malformed
    /// An object names a member twice (RFC 8259 section 4, RFC 7493 section 2.3).
    case duplicateMember
    /// An object has a member that is not known there.
    case unknownMember
    /// It is nested deeper than the reader goes.
    case tooDeep
    /// A value is of another type than the one asked for.
    case unexpectedType
    /// A number is not whole, has more digits than asked for, or does not fit.
    case inexactNumber
  }

  /// The kind of fault.
  package var kind: Kind
  /// What was expected or found, as the part of a sentence.
  package var reason: String
  /// The byte at which the fault is, counted from 0.
  package var offset: Int
  /// The line, counted from 1.
  package var line: Int
  /// The byte in the line, counted from 1.
  package var column: Int
  /// The value at fault as a JSON Pointer (RFC 6901); empty for the whole text.
  package var pointer: String

  /// Creates an error at a byte of a text.
  package init(_ kind: Kind, _ reason: String, at offset: Int, in bytes: [UInt8], pointer: String) {
    self.kind = kind
    self.reason = reason
    self.offset = offset
    self.pointer = pointer
    let newline = UInt8(ascii: "\n")
    let before = bytes[..<offset]
    let lineStart = before.lastIndex(of: newline).map { $0 + 1 } ?? 0
    line = before.count { $0 == newline } + 1
    column = offset - lineStart + 1
  }

  /// The fault and its place in one sentence.
  package var description: String {
    let place = pointer.isEmpty ? "" : " (\(pointer))"
    return "\(reason) at line \(line), column \(column)\(place)"
  }
}

/// Which texts a reader takes.
package struct JSONPolicy: Sendable, Hashable {
  /// Whether an object may name a member twice; the first one then counts where only one can.
  package var allowsDuplicates: Bool
  /// How many arrays and objects may stand in one another.
  package var maximumDepth: Int

  /// Creates a policy.
  package init(allowsDuplicates: Bool = false, maximumDepth: Int = 512) {
    self.allowsDuplicates = allowsDuplicates
    self.maximumDepth = maximumDepth
  }

  /// Takes what RFC 8259 and I-JSON (RFC 7493) allow: no member twice.
  package static let strict = JSONPolicy()
  /// Takes a member twice as well, for bodies of others who may not know better.
  package static let lenient = JSONPolicy(allowsDuplicates: true)
}
