/// A patch in `planted/`: its header, and the files that it changes.
public struct PlantedBug: Sendable {
  /// A patch that the tool cannot take, with the reason.
  public struct Refusal: Error, CustomStringConvertible {
    public var description: String
  }

  /// The file's name without its ending.
  public var name: String
  public var title: String
  public var section: String
  public var tier: Int
  /// Relative to the repository, in the order of the patch.
  public var files: [String]

  /// Reads a patch.
  public init(name: String, text: String) throws(Refusal) {
    var header: [String: String] = [:]
    var files: [String] = []
    var isHeader = true
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.hasPrefix("diff --git") { isHeader = false }
      if isHeader, let colon = line.firstIndex(of: ":") {
        header[String(line[..<colon])] = String(
          line[line.index(after: colon)...].drop { $0 == " " })
      }
      if line.hasPrefix("+++ b/") { files.append(String(line.dropFirst(6))) }
    }
    func field(_ key: String) throws(Refusal) -> String {
      guard let value = header[key], !value.isEmpty else {
        throw Refusal(description: "\(name): no line '\(key): …' before the diff")
      }
      return value
    }
    self.name = name
    title = try field("Title")
    section = try field("Section")
    guard let tier = Int(try field("Tier")), (1...3).contains(tier) else {
      throw Refusal(description: "\(name): 'Tier:' must be 1, 2 or 3")
    }
    self.tier = tier
    guard !files.isEmpty else { throw Refusal(description: "\(name): changes no file") }
    self.files = files
  }

  /// Compares files before and after the patch.
  /// - Parameter after: by path, all of ``files``.
  public func mutant(
    before: [String: SourceText], after: [String: SourceText]
  ) throws(Refusal) -> Mutant {
    var changes: [Mutant.Change] = []
    var first: (site: Site, before: String, after: String, file: String)?
    for file in files {
      guard let old = before[file], let new = after[file] else {
        throw Refusal(description: "\(name): '\(file)' is not a source of the orchestrator")
      }
      guard old.skeleton == new.skeleton else {
        throw Refusal(
          description: "\(name): changes '\(file)' outside of bodies and first values")
      }
      for (site, other) in zip(old.sites, new.sites) {
        let (was, becomes) = (old.text(in: site.range), new.text(in: other.range))
        guard was != becomes else { continue }
        changes.append(Mutant.Change(file: file, site: site.key, text: becomes))
        if first == nil { first = (site, was, becomes, file) }
      }
    }
    guard let first else { throw Refusal(description: "\(name): changes nothing") }
    let (was, becomes) = Self.difference(first.before, first.after)
    return Mutant(
      id: name, origin: .planted, title: title, section: section, tier: tier, file: first.file,
      line: first.site.line + was.line, function: first.site.name, before: was.text.onOneLine,
      after: becomes.onOneLine, changes: changes)
  }

  /// The lines in which two texts differ, without those they share at both ends.
  private static func difference(
    _ before: String, _ after: String
  ) -> ((text: String, line: Int), String) {
    var old = before.split(separator: "\n", omittingEmptySubsequences: false)[...]
    var new = after.split(separator: "\n", omittingEmptySubsequences: false)[...]
    var line = 0
    while let a = old.first, a == new.first {
      (old, new) = (old.dropFirst(), new.dropFirst())
      line += 1
    }
    while let a = old.last, a == new.last { (old, new) = (old.dropLast(), new.dropLast()) }
    return ((old.joined(separator: "\n"), line), new.joined(separator: "\n"))
  }
}
