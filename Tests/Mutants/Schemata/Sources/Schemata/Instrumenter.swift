import SwiftParser
import SwiftSyntax

/// Writes one source that holds many mutants, each behind a switch: mutant schemata.
///
/// Source: Untch, Offutt, Harrold, "Mutation Analysis Using Mutant Schemata", ISSTA 1993.
public struct Instrumenter: Sendable {
  /// The file that declares which mutant is active.
  public static let switchFile = """
    import Glibc

    /// Which mutant this process runs; 0 for none.
    let activeMutant: Int = getenv("TURBULENCE_MUTANT").flatMap { Int(String(cString: $0)) } ?? 0

    """

  /// A file with mutants in it.
  public struct Result: Sendable {
    public var text: String
    /// Which lines (from 1) belong to which mutant's text.
    public var lines: [(lines: ClosedRange<Int>, number: Int)]
    /// Which lines belong to which site, with all its mutants: some errors are told at its end.
    public var sites: [(lines: ClosedRange<Int>, numbers: [Int])]
  }

  /// Builds the mutants that change this file into it.
  public static func instrument(_ source: SourceText, with mutants: [Mutant]) -> Result {
    var perSite: [String: [(number: Int, text: String)]] = [:]
    for mutant in mutants {
      for change in mutant.changes where change.file == source.path {
        perSite[change.site, default: []].append((mutant.number, change.text))
      }
    }
    var writer = Writer()
    var at = 0
    for site in source.sites {
      guard let texts = perSite[site.key] else { continue }
      writer.write(source.text(in: at..<site.range.lowerBound))
      let original = source.text(in: site.range)
      let firstLine = writer.line
      switch site.kind {
      case .value:
        writer.write("(")
        for (number, text) in texts {
          writer.write("activeMutant == \(number) ? (")
          writer.write(text, of: number)
          writer.write(") : ")
        }
        writer.write("(\(original)))")
      case .body:
        writer.write("\nswitch activeMutant {\n")
        for (number, text) in texts {
          writer.write("case \(number):\n")
          writer.write(returning(text, site), of: number)
          writer.write("\n")
        }
        writer.write("default:\n\(returning(original, site))\n}\n")
      }
      at = site.range.upperBound
      writer.sites.append((firstLine...writer.line, texts.map(\.number)))
    }
    writer.write(source.text(in: at..<source.bytes.count))
    return Result(text: writer.text, lines: writer.lines, sites: writer.sites)
  }

  /// Writes out what a body that is a single expression returns, and that an empty one does nothing:
  /// inside a `switch` neither goes without saying.
  static func returning(_ body: String, _ site: Site) -> String {
    let items = Parser.parse(source: body).statements
    if items.isEmpty { return "break" }
    guard site.result != nil, items.count == 1, let item = items.first?.item else { return body }
    let expression: ExprSyntax
    switch item {
    case .expr(let inner): expression = inner
    case .stmt(let statement):
      guard let inner = statement.as(ExpressionStmtSyntax.self)?.expression else { return body }
      expression = inner
    default: return body
    }
    if expression.is(IfExprSyntax.self) || expression.is(SwitchExprSyntax.self) {
      // Its branches are values, or return by themselves.
      guard !ReturnFinder(expression).found else { return body }
    }
    let text = expression.trimmedDescription
    if text.hasPrefix("preconditionFailure(") || text.hasPrefix("fatalError(") { return body }
    let start = expression.positionAfterSkippingLeadingTrivia.utf8Offset
    let bytes = Array(body.utf8)
    return String(decoding: bytes[..<start], as: UTF8.self) + "return "
      + String(decoding: bytes[start...], as: UTF8.self)
  }

  private struct Writer {
    var text = ""
    var lines: [(lines: ClosedRange<Int>, number: Int)] = []
    var sites: [(lines: ClosedRange<Int>, numbers: [Int])] = []
    private(set) var line = 1

    mutating func write(_ piece: String, of number: Int? = nil) {
      let first = line
      line += piece.utf8.count { $0 == UInt8(ascii: "\n") }
      text += piece
      if let number { lines.append((first...line, number)) }
    }
  }
}

/// Whether a statement returns by itself, outside of closures and functions in it.
private final class ReturnFinder: SyntaxVisitor {
  private(set) var found = false

  init(_ node: some SyntaxProtocol) {
    super.init(viewMode: .sourceAccurate)
    walk(node)
  }

  override func visit(_ node: ReturnStmtSyntax) -> SyntaxVisitorContinueKind {
    found = true
    return .skipChildren
  }
  override func visit(_ node: ClosureExprSyntax) -> SyntaxVisitorContinueKind { .skipChildren }
  override func visit(_ node: FunctionDeclSyntax) -> SyntaxVisitorContinueKind { .skipChildren }
}
