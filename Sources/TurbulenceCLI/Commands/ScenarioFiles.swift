import FoundationEssentials
import Scenarios

/// Finds and reads the scenario files that a command was given.
enum ScenarioFiles {
  /// A scenario with the path it was read from.
  struct Entry: Sendable {
    var path: String
    var scenario: Scenario
  }

  /// Returns the files among `paths` and those in its folders, each folder's in alphabetical order.
  static func find(_ paths: [String]) throws(ScenarioError) -> [String] {
    var files: [String] = []
    for given in paths {
      let path = given.count > 1 && given.hasSuffix("/") ? String(given.dropLast()) : given
      var isDirectory = false
      guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory), isDirectory
      else {
        files.append(path)
        continue
      }
      let names = (try? FileManager.default.subpathsOfDirectory(atPath: path)) ?? []
      let found = names.filter { $0.hasSuffix(".yaml") || $0.hasSuffix(".yml") }.sorted()
      guard !found.isEmpty else {
        throw ScenarioError(
          path: path, message: "holds no scenario", found: "no file that ends in .yaml",
          expected: "a folder with scenario files")
      }
      files += found.map { "\(path)/\($0)" }
    }
    return files
  }

  /// Reads all files; complains about each that is wrong and returns nil if there was one.
  static func load(_ paths: [String], console: Console) -> [Entry]? {
    do {
      var entries: [Entry] = []
      var faulty = false
      for path in try find(paths) {
        do {
          entries.append(Entry(path: path, scenario: try ScenarioDecoder.load(path)))
        } catch {
          console.complain("\(error)")
          faulty = true
        }
      }
      return faulty ? nil : entries
    } catch {
      console.complain("\(error)")
      return nil
    }
  }
}
