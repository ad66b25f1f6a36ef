import Foundation

/// The file system and other programs.
enum Files {
  static func read(_ file: URL) throws -> String { try String(contentsOf: file, encoding: .utf8) }

  /// Writes a file unless it holds just that already, so that a build has nothing to do.
  static func write(_ text: String, to file: URL) throws {
    try write(Data(text.utf8), to: file)
  }

  private static func write(_ data: Data, to file: URL) throws {
    if let old = try? Data(contentsOf: file), old == data { return }
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try data.write(to: file)
  }

  /// The names of files in a folder, sorted.
  static func names(in folder: URL, ending: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder.path)
      .filter { $0.hasSuffix(ending) }.sorted()
  }

  /// Paths of Swift files below a folder, relative to the root, sorted.
  static func swift(below folder: String, in root: URL) throws -> [String] {
    try FileManager.default.subpathsOfDirectory(atPath: root.appending(path: folder).path)
      .filter { $0.hasSuffix(".swift") }.sorted().map { "\(folder)/\($0)" }
  }

  /// Brings a copy of what a build reads up to date, but for one folder; what is gone is removed.
  static func mirror(_ root: URL, into copy: URL, without excluded: String) throws {
    var wanted: Set<String> = ["Package.swift"]
    for folder in ["Sources", "Tests"] {
      for path in try FileManager.default.subpathsOfDirectory(
        atPath: root.appending(path: folder).path)
      {
        let full = "\(folder)/\(path)"
        guard !full.hasPrefix("Tests/Mutants"), !full.hasPrefix(excluded + "/"),
          !full.contains("/.build"), !isFolder(root.appending(path: full))
        else { continue }
        wanted.insert(full)
      }
    }
    for path in wanted.sorted() {
      try write(Data(contentsOf: root.appending(path: path)), to: copy.appending(path: path))
    }
    let originals = Set(try swift(below: excluded, in: root))
    for folder in ["Sources", "Tests"] {
      let present = try FileManager.default.subpathsOfDirectory(
        atPath: copy.appending(path: folder).path)
      for path in present {
        let file = copy.appending(path: "\(folder)/\(path)")
        let full = "\(folder)/\(path)"
        guard !wanted.contains(full), !originals.contains(full), !isFolder(file) else { continue }
        try FileManager.default.removeItem(at: file)
      }
    }
  }

  private static func isFolder(_ file: URL) -> Bool {
    var isFolder: ObjCBool = false
    return FileManager.default.fileExists(atPath: file.path, isDirectory: &isFolder)
      && isFolder.boolValue
  }

  /// Runs a program to its end and returns all that it wrote.
  static func run(_ arguments: [String], in folder: URL) throws -> (status: Int32, output: String) {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = arguments
    process.currentDirectoryURL = folder
    // Warnings of mutants are of no interest.
    process.environment = ProcessInfo.processInfo.environment.filter { $0.key != "CI" }
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = pipe
    try process.run()
    let output = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: output, as: UTF8.self))
  }
}
