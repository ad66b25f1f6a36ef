import SwiftSyntax

/// The classic mutation operators, over the text of one site.
///
/// Source of the choice: Offutt et al., "An Experimental Determination of Sufficient Mutant Operators",
/// ACM TOSEM 5(2), 1996; statement removal after Untch, "On Reduced Neighborhood Mutation Analysis", 2009.
///
/// Texts are left alone: nothing inside string literals is changed, nor are descriptions for people.
final class OperatorFinder: SyntaxVisitor {
  /// One replacement of a range of UTF-8 offsets.
  struct Edit {
    var range: Range<Int>
    var replacement: String
    var name: String
    var line: Int
  }

  private(set) var edits: [Edit] = []
  private let source: SourceText
  private let site: Site
  private let converter: SourceLocationConverter

  init(_ source: SourceText, _ site: Site) {
    self.source = source
    self.site = site
    converter = SourceLocationConverter(fileName: "", tree: source.tree)
    super.init(viewMode: .sourceAccurate)
    guard !site.name.hasSuffix("escription") else { return }
    earlyReturns()
    walk(source.tree)
  }

  private func range(_ node: some SyntaxProtocol) -> Range<Int> {
    node.positionAfterSkippingLeadingTrivia
      .utf8Offset..<node.endPositionBeforeTrailingTrivia.utf8Offset
  }

  private func isInside(_ node: some SyntaxProtocol) -> Bool {
    let range = range(node)
    return site.range.lowerBound <= range.lowerBound && range.upperBound <= site.range.upperBound
  }

  private func add(_ node: some SyntaxProtocol, _ replacement: String, _ name: String) {
    guard isInside(node) else { return }
    edits.append(
      Edit(
        range: range(node), replacement: replacement, name: name,
        line: converter.location(for: node.positionAfterSkippingLeadingTrivia).line))
  }

  /// Which must give every property a value.
  private var isInitializer: Bool { site.name == "init" || site.name.hasSuffix(".init") }

  private func earlyReturns() {
    guard site.kind == .body, !isInitializer else { return }
    let values: [String]
    switch site.result {
    case nil: values = ["return"]
    case "Bool": values = ["return true", "return false"]
    case let type? where type.hasSuffix("?"): values = ["return nil"]
    case let type? where type.hasPrefix("["):
      values = type.contains(":") ? ["return [:]"] : ["return []"]
    default: values = []
    }
    for value in values {
      edits.append(
        Edit(range: site.range, replacement: " \(value) ", name: "early-return", line: site.line))
    }
  }

  override func visit(_ node: StringLiteralExprSyntax) -> SyntaxVisitorContinueKind {
    .skipChildren
  }
  override func visit(_ node: AttributeSyntax) -> SyntaxVisitorContinueKind { .skipChildren }

  override func visit(_ node: ConditionElementListSyntax) -> SyntaxVisitorContinueKind {
    for element in node {
      guard case .expression(let condition) = element.condition else { continue }
      add(condition, "!(\(condition.trimmedDescription))", "negated-condition")
      if node.count > 1 { add(condition, "true", "dropped-condition") }
    }
    return .visitChildren
  }

  override func visit(_ node: TernaryExprSyntax) -> SyntaxVisitorContinueKind {
    add(node.condition, "!(\(node.condition.trimmedDescription))", "negated-condition")
    return .visitChildren
  }

  private static let neighbours = ["<": "<=", "<=": "<", ">": ">=", ">=": ">"]

  override func visit(_ node: InfixOperatorExprSyntax) -> SyntaxVisitorContinueKind {
    guard let sign = node.operator.as(BinaryOperatorExprSyntax.self)?.operator.text else {
      return .visitChildren
    }
    if sign == "&&" || sign == "||" {
      add(node, node.leftOperand.trimmedDescription, "dropped-condition")
      add(node, node.rightOperand.trimmedDescription, "dropped-condition")
    } else if let neighbour = Self.neighbours[sign] {
      add(node.operator, neighbour, "off-by-one")
    } else if sign == "==" || sign == "!=", node.parent?.is(ConditionElementSyntax.self) != true {
      add(node.operator, sign == "==" ? "!=" : "==", "negated-condition")
    }
    return .visitChildren
  }

  override func visit(_ node: IntegerLiteralExprSyntax) -> SyntaxVisitorContinueKind {
    guard let value = Int(node.literal.text.filter { $0 != "_" }) else { return .visitChildren }
    if site.kind == .value || value > 10 {
      if value > 1 { add(node, String(value / 2), "halved-constant") }
      add(node, String(value * 2), "doubled-constant")
    } else {
      add(node, String(value + 1), "off-by-one")
      if value > 0 { add(node, String(value - 1), "off-by-one") }
    }
    return .visitChildren
  }

  override func visit(_ node: CodeBlockItemSyntax) -> SyntaxVisitorContinueKind {
    guard case .expr(var expression) = node.item else { return .visitChildren }
    while true {
      if let inner = expression.as(TryExprSyntax.self) {
        expression = inner.expression
      } else if let inner = expression.as(AwaitExprSyntax.self) {
        expression = inner.expression
      } else {
        break
      }
    }
    let isAssignment =
      expression.as(InfixOperatorExprSyntax.self).map {
        $0.operator.is(AssignmentExprSyntax.self)
          || $0.operator.as(BinaryOperatorExprSyntax.self)?.operator.text.hasSuffix("=") == true
      } ?? false
    let isCall = expression.is(FunctionCallExprSyntax.self)
    // The only expression of a body may be its value.
    let isValue = site.result != nil && (node.parent?.as(CodeBlockItemListSyntax.self)?.count == 1)
    if isAssignment ? !isInitializer : isCall, !isValue { add(node, "", "removed-statement") }
    return .visitChildren
  }

  override func visit(_ node: LabeledExprListSyntax) -> SyntaxVisitorContinueKind {
    for (left, right) in zip(node, node.dropFirst()) {
      guard isPlain(left.expression), isPlain(right.expression), isInside(left), isInside(right)
      else { continue }
      let (a, b) = (range(left.expression), range(right.expression))
      edits.append(
        Edit(
          range: a.lowerBound..<b.upperBound,
          replacement: right.expression.trimmedDescription
            + source.text(in: a.upperBound..<b.lowerBound)
            + left.expression.trimmedDescription,
          name: "swapped-arguments",
          line: converter.location(for: left.positionAfterSkippingLeadingTrivia).line))
    }
    return .visitChildren
  }

  private func isPlain(_ expression: ExprSyntax) -> Bool {
    expression.is(DeclReferenceExprSyntax.self) || expression.is(MemberAccessExprSyntax.self)
  }

  override func visit(_ node: SwitchExprSyntax) -> SyntaxVisitorContinueKind {
    let cases = node.cases.compactMap { $0.as(SwitchCaseSyntax.self) }
    let fallback = cases.first { $0.label.is(SwitchDefaultLabelSyntax.self) }
    guard let fallback else { return .visitChildren }
    for one in cases where one.id != fallback.id {
      add(one.statements, fallback.statements.trimmedDescription, "dropped-case")
    }
    return .visitChildren
  }
}

extension SourceText {
  /// All mutants that the operators make of this file, in the order of its text.
  public func generated() -> [Mutant] {
    // Overloads share a name, so ids are counted over the whole file.
    var counts: [String: Int] = [:]
    return sites.flatMap { site in
      OperatorFinder(self, site).edits.map { edit in
        let name = "\(site.name):\(edit.name)"
        counts[name, default: 0] += 1
        let inner = edit.range
        let text =
          self.text(in: site.range.lowerBound..<inner.lowerBound) + edit.replacement
          + self.text(in: inner.upperBound..<site.range.upperBound)
        let file =
          path.split(separator: "/").last.map { String($0.dropLast(".swift".count)) } ?? path
        return Mutant(
          id: "\(file):\(name):\(counts[name, default: 0])",
          origin: .generated, title: "", section: edit.name, tier: nil, file: path,
          line: edit.line, function: site.name,
          before: edit.name == "early-return" ? "" : self.text(in: inner).onOneLine,
          after: edit.replacement.onOneLine,
          changes: [Mutant.Change(file: path, site: site.key, text: text)])
      }
    }
  }
}

extension String {
  /// Without line ends and long blanks.
  var onOneLine: String {
    split(whereSeparator: \.isWhitespace).joined(separator: " ")
  }
}
