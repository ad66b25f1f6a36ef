import ArgumentParser
import Foundation
import Schemata

/// Builds planted and generated bugs of the orchestrator into a copy of the repository.
struct SchemataTool: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "schemata",
    abstract: "Build many planted bugs into one copy of the repository, each behind a switch.",
    discussion: """
      The copy's `turbulence` runs the mutant whose number is in the environment variable
      TURBULENCE_MUTANT. `mutants.json` in the copy lists them all; a number of 0 means that the mutant
      does not compile.
      """)

  @Option(help: "The repository.") var repository = "."
  @Option(help: "Where the copy goes; what is there is brought up to date.") var scratch: String
  @Flag(inversion: .prefixedNo, help: "Take the patches of Tests/Mutants/planted.")
  var planted = true
  @Option(help: "How many generated mutants, chosen by a fixed rule; 0 for none.") var sample = 0
  @Option(name: .customLong("sample-seed"), help: "Chooses another sample.")
  var sampleSeed: UInt64 = 1
  @Option(help: "Build at most so many sources at once.") var jobs = 2
  @Flag(help: "Only list the ids of all mutants, without a build.") var list = false

  private static let sources = "Sources/BookingOrchestrator"

  func run() throws {
    let root = URL(filePath: repository, directoryHint: .isDirectory).standardizedFileURL
    let originals = try Files.swift(below: Self.sources, in: root).map {
      SourceText(path: $0, text: try Files.read(root.appending(path: $0)))
    }
    var mutants: [Mutant] = []
    if planted { mutants += try plantedBugs(root, originals) }
    let generated = originals.flatMap { $0.generated() }
    mutants += list ? generated : Sample.choose(generated, count: sample, seed: sampleSeed)
    if list {
      for mutant in mutants {
        print(mutant.id, "\(mutant.file):\(mutant.line)", mutant.before, "→", mutant.after)
      }
      return
    }
    guard !mutants.isEmpty else { throw ValidationError("no mutants were asked for") }
    for index in mutants.indices { mutants[index].number = index + 1 }
    let copy = URL(filePath: scratch, directoryHint: .isDirectory).standardizedFileURL
    try Files.mirror(root, into: copy, without: Self.sources)
    try build(&mutants, originals, in: copy)
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    try encoder.encode(mutants).write(to: copy.appending(path: "mutants.json"))
    let count = mutants.count { $0.number > 0 }
    print("\(count) mutants, \(mutants.count - count) more that do not compile")
  }

  private func plantedBugs(_ root: URL, _ originals: [SourceText]) throws -> [Mutant] {
    let folder = root.appending(path: "Tests/Mutants/planted")
    let before = Dictionary(uniqueKeysWithValues: originals.map { ($0.path, $0) })
    var refusals: [String] = []
    let mutants = try Files.names(in: folder, ending: ".patch").compactMap { file in
      do { return try mutant(folder.appending(path: file), before) } catch {
        refusals.append("\(error)")
        return nil
      }
    }
    guard refusals.isEmpty else { throw ValidationError(refusals.joined(separator: "\n")) }
    return mutants
  }

  /// Reads a patch and applies it to copies of the files that it names.
  private func mutant(_ patch: URL, _ before: [String: SourceText]) throws -> Mutant {
    let file = patch.lastPathComponent
    let bug = try PlantedBug(
      name: String(file.dropLast(".patch".count)), text: try Files.read(patch))
    let place = FileManager.default.temporaryDirectory.appending(
      path: "schemata-\(ProcessInfo.processInfo.processIdentifier)")
    defer { try? FileManager.default.removeItem(at: place) }
    for path in bug.files {
      guard let source = before[path] else {
        throw ValidationError("\(file): '\(path)' is not a source of the orchestrator")
      }
      try Files.write(source.text, to: place.appending(path: path))
    }
    let applied = try Files.run(["git", "apply", patch.path], in: place)
    guard applied.status == 0 else {
      throw ValidationError("\(file) does not apply: \(applied.output)")
    }
    var after: [String: SourceText] = [:]
    for path in bug.files {
      after[path] = SourceText(path: path, text: try Files.read(place.appending(path: path)))
    }
    return try bug.mutant(before: before, after: after)
  }

  /// Builds, leaves out what does not compile, and builds again, until it compiles.
  private func build(_ mutants: inout [Mutant], _ originals: [SourceText], in copy: URL) throws {
    try Files.write(
      Instrumenter.switchFile, to: copy.appending(path: "\(Self.sources)/ActiveMutant.swift"))
    for round in 1...20 {
      let alive = mutants.filter { $0.number > 0 }
      var files: [String: Instrumenter.Result] = [:]
      for original in originals {
        let result = Instrumenter.instrument(original, with: alive)
        files[original.path] = result
        try Files.write(result.text, to: copy.appending(path: original.path))
      }
      FileHandle.standardError.write(
        Data("round \(round): building \(alive.count) mutants\n".utf8))
      let built = try Files.run(
        [
          "swift", "build", "-c", "release", "--product", "turbulence", "--jobs", String(jobs),
          "-Xswiftc", "-no-warnings-as-errors",
        ], in: copy)
      if built.status == 0 { return }
      let culprits = Compiler.culprits(of: built.output, in: copy.path, files: files)
      guard !culprits.isEmpty else {
        throw ValidationError("the copy does not build:\n\(built.output.suffix(4_000))")
      }
      for index in mutants.indices where culprits.contains(mutants[index].number) {
        mutants[index].number = 0
      }
    }
    throw ValidationError("the copy does not build after twenty rounds")
  }
}

SchemataTool.main()
