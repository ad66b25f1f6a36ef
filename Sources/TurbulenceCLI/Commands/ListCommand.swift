import ArgumentParser
import Audit
import Scenarios
import Worlds

/// `turbulence list`: what there is to choose from.
struct ListCommand: ConsoleCommand {
  enum Subject: String, CaseIterable, ExpressibleByArgument {
    case faults, invariants, marks, distributions, scenarios, schema
  }

  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "List faults, invariants, marks, distributions or scenarios.",
    discussion: """
      'schema' prints the JSON Schema of scenario files, for editors.

      EXAMPLES:
        turbulence list faults
        turbulence list scenarios scenarios/fast
        turbulence list schema > scenario.schema.json
      """)

  @Argument(help: "What to list.")
  var subject: Subject
  @Argument(help: "For scenarios: the folder to look in.", completion: .directory)
  var folder = "scenarios"

  func run(on console: Console) -> Int32 { execute(runner: .live, console: console) }

  /// Does it and returns the exit code.
  func execute(runner: Runner, console: Console) -> Int32 {
    switch subject {
    case .faults:
      var table = TextTable(["key", "what goes wrong"])
      for fault in FaultCatalogue.all { table.add([fault.key, fault.about]) }
      console.print(table.lines)
    case .invariants:
      // The smallest world tells what the auditor knows.
      let tiny = Scenario(name: "tiny", bookings: 1)
      let (result, _) = runner.run(tiny, path: "tiny", seed: 1)
      var table = TextTable(["id", "what must hold"])
      for invariant in result.invariants { table.add([invariant.id, invariant.statement]) }
      console.print(table.lines)
    case .marks:
      var table = TextTable(["mark", "reached when"])
      for mark in MarkCatalogue.all { table.add([mark.name, mark.meaning]) }
      console.print(table.lines)
    case .distributions:
      var table = TextTable(["distribution", "for example", "what it is"])
      for family in DistributionCatalogue.all {
        table.add([family.name, family.example, family.about])
      }
      console.print(table.lines)
    case .scenarios:
      guard let entries = ScenarioFiles.load([folder], console: console) else {
        return ExitStatus.usage
      }
      var table = TextTable(["file", "bookings", "about"])
      for entry in entries {
        table.add([entry.path, entry.scenario.bookings.grouped, entry.scenario.about])
      }
      console.print(table.lines)
    case .schema:
      console.print(String(ScenarioSchema.text.dropLast()))
    }
    return ExitStatus.pass
  }
}
