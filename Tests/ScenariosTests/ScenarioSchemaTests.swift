import Foundation
import Scenarios
import TestSupport
import Testing
import Yams

struct ScenarioSchemaTests {
  @Test func schemaFileIsWhatTheDecodersTablesSay() throws {
    try expectSnapshot(
      ScenarioSchema.text, Repository.root + "/Sources/TurbulenceCLI/Resources/scenario.schema.json"
    )
  }

  @Test(arguments: try Repository.files("scenarios", ext: ".yaml"))
  func everyShippedScenarioFitsTheSchema(path: String) throws {
    let schema = try #require(
      try JSONSerialization.jsonObject(with: Data(ScenarioSchema.text.utf8)) as? [String: Any])
    let node = try #require(try Yams.compose(yaml: Repository.text(path)))
    let problems = SchemaCheck(root: schema).problems(node, schema, at: "")
    #expect(problems == [])
  }

  @Test func anUnknownKeyDoesNotFitTheSchema() throws {
    let schema = try #require(
      try JSONSerialization.jsonObject(with: Data(ScenarioSchema.text.utf8)) as? [String: Any])
    let node = try #require(
      try Yams.compose(yaml: "name: a\nbookings: 1\nclients: { pations: 3s }"))
    #expect(
      SchemaCheck(root: schema).problems(node, schema, at: "") == ["/clients/pations: unknown"])
  }

  @Test(arguments: try Repository.files("scenarios", ext: ".yaml"))
  func everyShippedScenarioIsReadAndSaysWhatItIsAbout(path: String) throws {
    let scenario = try ScenarioDecoder.load(Repository.root + "/" + path)
    #expect(!scenario.about.isEmpty)
    let file = path.split(separator: "/").last.map { String($0.dropLast(5)) } ?? ""
    // What can never be cancelled stays with an operator: one scenario is about it, one about them.
    #expect(
      (scenario.services.activity.faults["never-cancellable"].share != .never)
        == ["refused", "operators", "desk"].contains(file))
    let fast = path.contains("/fast/") && file != "example" && file != "every-fault"
    #expect(scenario.name == (fast ? "fast-\(file)" : file))
    if path.contains("/fast/") { #expect((20...60).contains(scenario.bookings)) }
  }
}

/// As much of JSON Schema as the scenario schema uses.
private struct SchemaCheck {
  var root: [String: Any]

  func problems(_ node: Node, _ schema: [String: Any], at place: String) -> [String] {
    if let reference = schema["$ref"] as? String {
      let name = reference.split(separator: "/").last.map(String.init) ?? ""
      let definitions = root["$defs"] as? [String: Any]
      guard let target = definitions?[name] as? [String: Any] else {
        return ["\(place): no \(name)"]
      }
      return problems(node, target, at: place)
    }
    if let choices = schema["oneOf"] as? [[String: Any]] {
      let fits = choices.count { problems(node, $0, at: place).isEmpty }
      return fits == 1 ? [] : ["\(place): fits \(fits) of \(choices.count)"]
    }
    if let words = schema["enum"] as? [String] {
      return words.contains(node.string ?? "") ? [] : ["\(place): not a choice"]
    }
    if let mapping = node.mapping { return problems(mapping, schema, at: place) }
    if let list = node.sequence {
      guard schema["type"] as? String == "array" else { return ["\(place): a list"] }
      guard let items = schema["items"] as? [String: Any] else { return [] }
      return list.enumerated().flatMap { problems($1, items, at: "\(place)/\($0)") }
    }
    let text = node.string ?? ""
    let types = (schema["type"] as? [String]) ?? [(schema["type"] as? String) ?? ""]
    if types.contains("number") { return Double(text) == nil ? ["\(place): not a number"] : [] }
    guard types.contains("string") else { return ["\(place): a scalar"] }
    guard let pattern = schema["pattern"] as? String else { return [] }
    return text.range(of: pattern, options: .regularExpression) == nil
      ? ["\(place): '\(text)' does not match \(pattern)"] : []
  }

  private func problems(_ mapping: Node.Mapping, _ schema: [String: Any], at place: String)
    -> [String]
  {
    guard schema["type"] as? String == "object" else { return ["\(place): a mapping"] }
    let properties = schema["properties"] as? [String: Any] ?? [:]
    var found: [String] = []
    for (key, value) in mapping {
      let name = key.string ?? ""
      if let property = properties[name] as? [String: Any] {
        found += problems(value, property, at: "\(place)/\(name)")
      } else if let other = schema["additionalProperties"] as? [String: Any] {
        found += problems(value, other, at: "\(place)/\(name)")
      } else if schema["additionalProperties"] as? Bool == false {
        found.append("\(place)/\(name): unknown")
      }
    }
    let names = mapping.map { $0.key.string ?? "" }
    for name in schema["required"] as? [String] ?? [] where !names.contains(name) {
      found.append("\(place): lacks \(name)")
    }
    if let most = schema["maxProperties"] as? Int, names.count > most {
      found.append("\(place): more than \(most)")
    }
    return found
  }
}
