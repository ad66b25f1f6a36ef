import Foundation
import Testing

@testable import Wire

/// Our reader and Foundation's on texts that nobody wrote.
struct JSONDifferentialTests {
  @Test(arguments: 0..<20 as Range<UInt64>)
  func generatedTextsAreReadAsFoundationReadsThem(_ seed: UInt64) throws {
    var random = TestRandom(seed)
    for _ in 0..<200 {
      let text = JSONGenerator.text(&random)
      let theirs = try JSONSerialization.jsonObject(
        with: Data(text.utf8), options: .fragmentsAllowed)
      let ours = try JSONValue(Array(text.utf8), .lenient)
      #expect(Likeness.difference(ours, theirs) == nil)
      // What is written is read as the same again, by both.
      let written = ours.written
      #expect(try JSONValue(written, .lenient) == ours)
      let again = try JSONSerialization.jsonObject(
        with: Data(written), options: .fragmentsAllowed)
      #expect(Likeness.difference(ours, again) == nil)
    }
  }

  @Test(arguments: 100..<120 as Range<UInt64>)
  func spoiltTextsAreTakenOrRefusedAsByFoundation(_ seed: UInt64) {
    var random = TestRandom(seed)
    for _ in 0..<300 {
      var bytes = Array(JSONGenerator.text(&random).utf8)
      for _ in 0..<Int.random(in: 1...3, using: &random) {
        JSONGenerator.spoil(&bytes, &random)
      }
      let theirs = try? JSONSerialization.jsonObject(
        with: Data(bytes), options: .fragmentsAllowed)
      do throws(JSONError) {
        let ours = try JSONValue(bytes, .lenient)
        if let theirs {
          #expect(Likeness.difference(ours, theirs) == nil)
        } else {
          // Foundation refuses numbers that are too large for a `Double`.
          #expect(ours.hasHugeNumber, "only Wire takes \(bytes)")
        }
      } catch {
        // On Linux, Foundation takes a comma behind the last member.
        let isComma = error.reason == "expected '\"'" && bytes[error.offset] == UInt8(ascii: "}")
        #expect(theirs == nil || isComma, "only Foundation takes \(bytes)")
      }
    }
  }
}

extension JSONValue {
  fileprivate var hasHugeNumber: Bool {
    switch self {
    case .number(let digits): !(Double(digits) ?? 0).isFinite
    case .array(let elements): elements.contains(where: \.hasHugeNumber)
    case .object(let members): members.contains(where: \.value.hasHugeNumber)
    default: false
    }
  }
}

/// Makes JSON texts in every spelling that the standard allows.
enum JSONGenerator {
  static func text(_ random: inout TestRandom) -> String {
    space(&random) + value(&random, depth: 0) + space(&random)
  }

  /// Changes, takes away or adds a byte.
  static func spoil(_ bytes: inout [UInt8], _ random: inout TestRandom) {
    let interesting = Array("{}[]\",:\\0123456789.eE+-truefalsn/bu \n\t\u{7F}é".utf8)
    let byte =
      Bool.random(using: &random)
      ? interesting.randomElement(using: &random) ?? 0 : UInt8.random(in: 0...255, using: &random)
    let at = bytes.isEmpty ? 0 : Int.random(in: 0..<bytes.count, using: &random)
    switch Int.random(in: 0..<4, using: &random) {
    case 0: bytes.insert(byte, at: at)
    case 1 where !bytes.isEmpty: bytes.remove(at: at)
    case 2 where !bytes.isEmpty: bytes.removeLast(bytes.count - at)
    default: if !bytes.isEmpty { bytes[at] = byte }
    }
  }

  private static func space(_ random: inout TestRandom) -> String {
    ["", "", "", " ", "\n  ", "\t", "\r\n"].randomElement(using: &random) ?? ""
  }

  private static func value(_ random: inout TestRandom, depth: Int) -> String {
    switch Int.random(in: 0..<(depth > 5 ? 5 : 9), using: &random) {
    case 0: return ["null", "true", "false"].randomElement(using: &random) ?? ""
    case 1, 2: return number(&random)
    case 3, 4: return string(&random)
    case 5, 6:
      let elements = (0..<Int.random(in: 0...5, using: &random)).map { _ in
        space(&random) + value(&random, depth: depth + 1) + space(&random)
      }
      return "[" + (elements.isEmpty ? space(&random) : elements.joined(separator: ",")) + "]"
    default:
      let members = (0..<Int.random(in: 0...5, using: &random)).map { _ in
        space(&random) + string(&random) + space(&random) + ":" + space(&random)
          + value(&random, depth: depth + 1) + space(&random)
      }
      return "{" + (members.isEmpty ? space(&random) : members.joined(separator: ",")) + "}"
    }
  }

  static func number(_ random: inout TestRandom) -> String {
    func digits(_ count: ClosedRange<Int>) -> String {
      let count = Int.random(in: count, using: &random)
      return String((0..<count).map { _ in Character("\(Int.random(in: 0...9, using: &random))") })
    }
    var text = Bool.random(using: &random) ? "-" : ""
    text += Bool.random(using: &random) ? "0" : "\(Int.random(in: 1...9, using: &random))"
    if !text.hasSuffix("0") { text += digits(0...12) }
    if Int.random(in: 0..<3, using: &random) == 0 { text += "." + digits(1...6) }
    if Int.random(in: 0..<4, using: &random) == 0 {
      text += ["e", "E", "e+", "E-", "e-"].randomElement(using: &random) ?? "e"
      text += digits(1...2)
    }
    return text
  }

  private static func string(_ random: inout TestRandom) -> String {
    let pieces = [
      "a", "b", "id", "amount_received", "0123456789", "é", "日本", "😀", #"\""#, #"\\"#, #"\/"#,
      #"\b"#, #"\f"#, #"\n"#, #"\r"#, #"\t"#, #"\u0000"#, #"\u00e9"#, #"\uD83D\uDE00"#, #"\uFFFF"#,
      "\u{7F}", "/", "'", " ",
    ]
    let count = Int.random(in: 0...6, using: &random)
    return "\"" + (0..<count).map { _ in pieces.randomElement(using: &random) ?? "" }.joined()
      + "\""
  }
}
