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
  func theBoundIsTheRuleOfThree(bookings: Int, bound: String) {
    #expect(Confidence.scientific(Confidence.bound(trials: bookings)) == bound)
  }
}
