import Foundation
import Scenarios
import TestSupport
import Testing

@testable import Audit
@testable import TurbulenceCLI
@testable import Worlds

struct ReportTests {
  private let scenario = Scenario(name: "a", bookings: 1)

  private func table(_ name: String, _ result: RunResult) throws -> String {
    let file = try #require(ReportTables.files.first { $0.name == name })
    return String(decoding: file.table(ReportTables(result)).bytes, as: UTF8.self)
  }

  @Test func fieldsAreQuotedOnlyWhereTheyMust() {
    var csv = CSVWriter(["a", "b", "c"])
    csv.add("plain")
    csv.add("with, comma and \"quotes\"")
    csv.add("two\nlines")
    csv.add(-5)
    csv.add(true)
    csv.add(Int64?.none)
    #expect(
      String(decoding: csv.bytes, as: UTF8.self)
        == "a,b,c\nplain,\"with, comma and \"\"quotes\"\"\",\"two\nlines\"\n-5,true,\n")
  }

  @Test func whatIsWrittenIsReadAgain() {
    var csv = CSVWriter(["a", "b"])
    csv.add("x,\"y\"\nz")
    csv.add("é")
    #expect(
      CSVReader.rows(String(decoding: csv.bytes, as: UTF8.self)) == [
        ["a", "b"], ["x,\"y\"\nz", "é"],
      ])
  }

  @Test func everyTableHasItsDocumentedColumns() throws {
    let text = try Repository.text("reports/README.md")
    for (name, table) in ReportTables.files {
      let bytes = table(ReportTables(SampleResult.make(scenario, seed: 1))).bytes
      let header = String(decoding: bytes.prefix { $0 != 0x0A }, as: UTF8.self)
      let section = try #require(text.components(separatedBy: "## `\(name)`").dropFirst().first)
      let documented = section.components(separatedBy: "\n## ")[0]
        .split(separator: "\n").filter { $0.hasPrefix("| `") }
        .map { String($0.dropFirst(3).prefix { $0 != "`" }) }
      #expect(documented == header.split(separator: ",").map(String.init), "\(name)")
    }
  }

  @Test func summaryIsOneRow() throws {
    #expect(
      try table("summary.csv", SampleResult.make(scenario, seed: 7)).split(separator: "\n").last
        == "a,7,1,0,1,0,1,0,3600000000,12,2,1,00000000000000ab")
  }

  @Test func reservationsKnowTheirBookingFromTheBaggage() throws {
    #expect(
      try table("reservations.csv", SampleResult.make(scenario, seed: 7)).split(separator: "\n")
        .last
        == "bookingcom,h1,bk_1:hotel:1,bk_1,hotel,confirmed,JPY,900,0,42,,,,,")
  }

  @Test func percentilesAreExact() {
    let group = LatencyGroup(service: "s", operation: "o", sorted: Array(1...1_000), errors: 0)
    #expect([500, 900, 990, 999, 1_000].map(group.percentile) == [500, 900, 990, 999, 1_000])
    let few = LatencyGroup(service: "s", operation: "o", sorted: [3, 8], errors: 0)
    #expect([500, 900, 999].map(few.percentile) == [3, 8, 8])
  }

  @Test func aReportIsReplacedWhole() throws {
    let folder = try TemporaryFolder()
    let writer = ReportWriter(root: folder.path)
    let final = try writer.write(SampleResult.make(scenario, seed: 1), timing: .object([]))
    try Data("old".utf8).write(to: URL(filePath: final + "/leftover.csv"))
    try writer.write(SampleResult.make(scenario, seed: 1), timing: .object([]))
    let names = try FileManager.default.contentsOfDirectory(atPath: final).sorted()
    #expect(names == (ReportTables.files.map(\.name) + ["timing.json"]).sorted())
    #expect(folder.names == ["a-1"])
  }

  @Test func aFolderThatIsNoReportIsLeftAlone() throws {
    let folder = try TemporaryFolder()
    try FileManager.default.createDirectory(
      atPath: folder.path + "/a-1", withIntermediateDirectories: false)
    try Data("mine".utf8).write(to: URL(filePath: folder.path + "/a-1/thesis.txt"))
    let error = #expect(throws: ReportError.self) {
      try ReportWriter(root: folder.path).write(
        SampleResult.make(scenario, seed: 1), timing: .object([]))
    }
    #expect(error?.reason == "the folder there is not a report (it has no summary.csv)")
    #expect(try Repository.text(folder.path + "/a-1/thesis.txt") == "mine")
    #expect(folder.names == ["a-1"])
  }

  @Test func theSameResultGivesTheSameBytes() throws {
    let (a, b) = (SampleResult.make(scenario, seed: 1), SampleResult.make(scenario, seed: 1))
    for (name, _) in ReportTables.files { #expect(try table(name, a) == table(name, b)) }
  }

  @Test func junitEscapesWhatXMLCannotHold() {
    #expect(
      JUnitReport.escape("<a href=\"b\">&'\n\u{1}")
        == "&lt;a href=&quot;b&quot;&gt;&amp;&apos;&#10;\u{FFFD}")
  }

  @Test func junitHasASuitePerScenarioAndACasePerSeed() throws {
    let good = RunSummary(
      SampleResult.make(scenario, seed: 1), path: "a.yaml", wallMicroseconds: 1_500_000)
    let bad = RunSummary(
      SampleResult.make(
        scenario, seed: 2, verdict: .violated, violations: [SampleResult.violation]),
      path: "a.yaml", wallMicroseconds: 20_000)
    var report = JUnitReport()
    report.add("a", [good, bad], missing: ["key-outlived"])
    #expect(
      report.text == """
        <?xml version="1.0" encoding="UTF-8"?>
        <testsuites name="turbulence">
          <testsuite name="a" tests="3" failures="2" errors="0" time="1.520">
            <testcase classname="a" name="seed 1" time="1.500"/>
            <testcase classname="a" name="seed 2" time="0.020">
              <failure type="violated" message="M9 bk_1: Expected net 0 &lt;JPY&gt;, found 1250.">turbulence replay a.yaml --seed 2&#10;M9 bk_1: Expected net 0 &lt;JPY&gt;, found 1250.</failure>
            </testcase>
            <testcase classname="a" name="must-reach" time="0.000">
              <failure type="coverage" message="never reached: key-outlived"/>
            </testcase>
          </testsuite>
        </testsuites>

        """)
  }

  @Test(arguments: [(1_000, "3.0e-3"), (10_000, "3.0e-4"), (1, "9.5e-1"), (20_000, "1.5e-4")])
  func theBoundIsTheRuleOfThree(cases: Int, bound: String) {
    #expect(Confidence.scientific(Confidence.bound(cases: cases)) == bound)
  }

  private static let trials: [Confidence.Trials] = [
    .init(id: "M1", statement: "once", cases: 10_000), .init(id: "M2", statement: "less", cases: 0),
    .init(id: "V1", statement: "one", cases: 12), .init(id: "D1", statement: "on", cases: 1_000),
    .init(id: "W4", statement: "true", cases: 3), .init(id: "L4", statement: "soon", cases: 12),
  ]

  @Test func whatWasTriedMostRarelyIsNamedFirst() {
    #expect(
      Confidence.lines(bookings: 10_000, Self.trials, verbose: false) == [
        "0 violations in 10,000 bookings; rate per case (cases) with 95 % confidence below "
          + "W4 6.4e-1 (3), V1 2.3e-1 (12), L4 2.3e-1 (12); 2 others 3.0e-3 or less"
      ])
  }

  @Test func everyInvariantThatWasTriedHasABoundOfItsOwn() {
    let lines = Confidence.lines(bookings: 10_000, Self.trials, verbose: true)
    #expect(lines.count == 6)
    #expect(lines[1].split(separator: " ") == ["W4", "3", "6.4e-1", "true"])
    #expect(lines[5].split(separator: " ") == ["M1", "10,000", "3.0e-4", "once"])
  }

  @Test func faultsAreAddedUpByTheStateThatTheyMet() throws {
    var table = FaultReachTable()
    for seed in UInt64(7)...8 {
      var result = SampleResult.make(scenario, seed: seed)
      result.meetings = [
        FaultMeeting(state: "rolling back, flight undo", fault: "response-lost", count: 2),
        FaultMeeting(state: "booking, charge do", fault: "decline", count: 1),
      ]
      if seed == 8 {
        result.meetings.append(
          FaultMeeting(state: "booking, charge do", fault: "reset-after", count: 5))
      }
      table.add(RunSummary(result, path: "a.yaml", wallMicroseconds: 1))
    }
    #expect(
      String(decoding: table.csv.bytes, as: UTF8.self) == """
        state,fault,count,worlds,first_scenario,first_seed
        "booking, charge do",decline,2,2,a,7
        "booking, charge do",reset-after,5,1,a,8
        "rolling back, flight undo",response-lost,4,2,a,7

        """)
    #expect(table.lines.count == 3)
    #expect(
      table.lines[2].split(separator: " ")
        == [
          "rolling", "back,", "flight", "undo", ".", "4", ".", ".", ".", ".", ".", ".", ".", ".",
          ".", ".", ".",
        ])
  }
}
