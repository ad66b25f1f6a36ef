import SwiftSyntax

/// A place whose text can be another one under a mutant: the body of a function, an initialiser or an
/// accessor, or the first value of a property or constant.
public struct Site: Sendable, Hashable {
  /// What stands there.
  public enum Kind: Sendable, Hashable {
    /// Statements between braces.
    case body
    /// An expression behind `=`.
    case value
  }

  /// Where it is in the file's declarations; the same before and after a change of its text.
  public var key: String
  /// What reports call it: types and the function's name.
  public var name: String
  public var kind: Kind
  /// Of its text, in UTF-8 offsets of the file.
  public var range: Range<Int>
  /// The declared result as it is written; nil of those that return nothing.
  public var result: String?
  /// The line on which its text begins, from 1.
  public var line: Int
}

/// Finds the sites of a file, outermost ones only, in the order of the file.
final class SiteFinder: SyntaxVisitor {
  private(set) var sites: [Site] = []
  private var path: [String] = []
  private var seen: [String: Int] = [:]
  private let converter: SourceLocationConverter

  init(_ file: SourceFileSyntax) {
    converter = SourceLocationConverter(fileName: "", tree: file)
    super.init(viewMode: .sourceAccurate)
    walk(file)
  }

  private func add(
    _ signature: String, name: String, _ kind: Site.Kind, from: AbsolutePosition,
    to: AbsolutePosition, result: String? = nil
  ) {
    let base = (path + [signature]).joined(separator: "/")
    let ordinal = seen[base, default: 0]
    seen[base] = ordinal + 1
    sites.append(
      Site(
        key: ordinal == 0 ? base : "\(base)#\(ordinal)",
        name: (path + [name]).joined(separator: "."), kind: kind,
        range: from.utf8Offset..<to.utf8Offset, result: result,
        line: converter.location(for: from).line))
  }

  private func add(_ signature: String, name: String, _ block: CodeBlockSyntax, result: String?) {
    add(
      signature, name: name, .body, from: block.leftBrace.endPositionBeforeTrailingTrivia,
      to: block.rightBrace.positionAfterSkippingLeadingTrivia, result: result)
  }

  private func enter(_ name: String) -> SyntaxVisitorContinueKind {
    path.append(name)
    return .visitChildren
  }

  override func visit(_ node: StructDeclSyntax) -> SyntaxVisitorContinueKind {
    enter(node.name.text)
  }
  override func visitPost(_ node: StructDeclSyntax) { path.removeLast() }
  override func visit(_ node: ClassDeclSyntax) -> SyntaxVisitorContinueKind {
    enter(node.name.text)
  }
  override func visitPost(_ node: ClassDeclSyntax) { path.removeLast() }
  override func visit(_ node: EnumDeclSyntax) -> SyntaxVisitorContinueKind { enter(node.name.text) }
  override func visitPost(_ node: EnumDeclSyntax) { path.removeLast() }
  override func visit(_ node: ActorDeclSyntax) -> SyntaxVisitorContinueKind {
    enter(node.name.text)
  }
  override func visitPost(_ node: ActorDeclSyntax) { path.removeLast() }
  override func visit(_ node: ProtocolDeclSyntax) -> SyntaxVisitorContinueKind { .skipChildren }
  override func visit(_ node: ExtensionDeclSyntax) -> SyntaxVisitorContinueKind {
    enter(node.extendedType.trimmedDescription)
  }
  override func visitPost(_ node: ExtensionDeclSyntax) { path.removeLast() }

  override func visit(_ node: FunctionDeclSyntax) -> SyntaxVisitorContinueKind {
    if let body = node.body {
      let result = node.signature.returnClause?.type.trimmedDescription
      add(
        node.name.text + node.signature.trimmedDescription, name: node.name.text, body,
        result: result == "Void" || result == "()" ? nil : result)
    }
    return .skipChildren
  }

  override func visit(_ node: InitializerDeclSyntax) -> SyntaxVisitorContinueKind {
    if let body = node.body {
      add("init" + node.signature.trimmedDescription, name: "init", body, result: nil)
    }
    return .skipChildren
  }

  override func visit(_ node: SubscriptDeclSyntax) -> SyntaxVisitorContinueKind {
    if let block = node.accessorBlock {
      accessors(
        block, "subscript" + node.parameterClause.trimmedDescription, name: "subscript",
        type: node.returnClause.type.trimmedDescription)
    }
    return .skipChildren
  }

  override func visit(_ node: VariableDeclSyntax) -> SyntaxVisitorContinueKind {
    for binding in node.bindings {
      let name = binding.pattern.trimmedDescription
      if let block = binding.accessorBlock {
        accessors(
          block, name, name: name, type: binding.typeAnnotation?.type.trimmedDescription ?? "_")
      }
      if let value = binding.initializer?.value {
        add(
          name + " =", name: name, .value, from: value.positionAfterSkippingLeadingTrivia,
          to: value.endPositionBeforeTrailingTrivia)
      }
    }
    return .skipChildren
  }

  private func accessors(
    _ block: AccessorBlockSyntax, _ signature: String, name: String, type: String
  ) {
    switch block.accessors {
    case .getter:
      add(
        signature, name: name, .body, from: block.leftBrace.endPositionBeforeTrailingTrivia,
        to: block.rightBrace.positionAfterSkippingLeadingTrivia, result: type)
    case .accessors(let list):
      for accessor in list {
        guard let body = accessor.body else { continue }
        let kind = accessor.accessorSpecifier.text
        add("\(signature) \(kind)", name: name, body, result: kind == "get" ? type : nil)
      }
    }
  }
}
