import SwiftOperators
import SwiftParser
import SwiftSyntax

/// A source file, its syntax and its sites.
public struct SourceText: Sendable {
  /// Relative to the repository.
  public let path: String
  public let text: String
  let bytes: [UInt8]
  let tree: SourceFileSyntax
  public let sites: [Site]

  public init(path: String, text: String) {
    self.path = path
    self.text = text
    bytes = Array(text.utf8)
    let parsed = Parser.parse(source: text)
    // Operators get their precedence; tokens, and so positions, stay. An operator that is not
    // standard leaves its expression flat, which only means fewer mutants.
    tree =
      OperatorTable.standardOperators.foldAll(parsed) { _ in }.as(SourceFileSyntax.self) ?? parsed
    sites = SiteFinder(tree).sites
  }

  /// What stands in a range of UTF-8 offsets.
  public func text(in range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }

  /// The words of the file outside of its sites, without comments: what a patch must leave as it is.
  var skeleton: [String] {
    var words: [String] = []
    var rest = sites[...]
    for token in tree.tokens(viewMode: .sourceAccurate) {
      let at = token.positionAfterSkippingLeadingTrivia.utf8Offset
      while let site = rest.first, site.range.upperBound <= at { rest = rest.dropFirst() }
      if rest.first?.range.contains(at) != true { words.append(token.text) }
    }
    return words
  }
}
