/// Reads what the compiler said.
public enum Compiler {
  /// The numbers of the mutants in whose lines errors are.
  /// - Parameters:
  ///   - output: of `swift build`.
  ///   - root: the folder that paths in it begin with.
  ///   - files: what stands there, by path relative to the root.
  public static func culprits(
    of output: String, in root: String, files: [String: Instrumenter.Result]
  ) -> Set<Int> {
    let root = root.hasSuffix("/") ? root : root + "/"
    var result: Set<Int> = []
    for text in output.split(separator: "\n") where text.hasPrefix(root) {
      let parts = text.dropFirst(root.count).split(separator: ":", maxSplits: 3)
      guard parts.count == 4, parts[3].hasPrefix(" error"), let line = Int(parts[1]),
        let file = files[String(parts[0])]
      else { continue }
      let direct = file.lines.filter { $0.lines.contains(line) }.map(\.number)
      result.formUnion(
        direct.isEmpty
          ? file.sites.filter { $0.lines.contains(line) }.flatMap(\.numbers) : direct)
    }
    return result
  }
}
