import Testing

@testable import Schemata

private func source(_ text: String) -> SourceText { SourceText(path: "A.swift", text: text) }

@Suite struct SiteTests {
  @Test func outermostBodiesAndFirstValuesAreSites() {
    let text = source(
      """
      struct A {
        static let patience: Int = 5
        var twice: Int { patience * 2 }
        func f(_ x: Int) -> Int {
          func inner() -> Int { x }
          return inner()
        }
        init() { }
        var g: Int { get { 1 } set { f(newValue) } }
      }
      """)
    #expect(
      text.sites.map(\.key) == [
        "A/patience =", "A/twice", "A/f(_ x: Int) -> Int", "A/init()", "A/g get", "A/g set",
      ])
    #expect(text.text(in: text.sites[0].range) == "5")
    #expect(text.sites[1].result == "Int")
    #expect(text.sites[5].result == nil)
  }

  @Test func overloadsAreToldApart() {
    let text = source("func f() { a() }\nfunc f() { b() }")
    #expect(text.sites.map(\.key) == ["f()", "f()#1"])
  }
}

@Suite struct OperatorTests {
  private func edits(_ body: String, _ name: String) -> [String] {
    source("func f(x: Int, y: Int, s: S) -> Bool? {\n\(body)\n}").generated()
      .filter { $0.section == name }.map(\.after)
  }

  @Test func conditionsAreNegatedAndDropped() {
    #expect(
      edits("if x < 1, y > 2 { g() }\nreturn nil", "negated-condition") == ["!(x < 1)", "!(y > 2)"])
    #expect(edits("if x < 1, y > 2 { g() }\nreturn nil", "dropped-condition") == ["true", "true"])
    #expect(edits("return a && b || c", "dropped-condition") == ["a && b", "c", "a", "b"])
  }

  @Test func boundariesMoveByOne() {
    #expect(edits("return x <= y", "off-by-one") == ["<"])
    #expect(edits("return h(3)", "off-by-one") == ["4", "2"])
  }

  @Test func constantsAreHalvedAndDoubled() {
    let mutants = source("let patience = Duration.seconds(900)").generated()
    #expect(mutants.map(\.after) == ["450", "1800"])
    #expect(mutants[0].changes[0].text == "Duration.seconds(450)")
  }

  @Test func statementsAreRemoved() {
    #expect(edits("try await g()\nz = 1\nreturn nil", "removed-statement") == ["", ""])
  }

  @Test func textsAreLeftAlone() {
    #expect(
      source(#"func f() { g("\(a && b)") }"#).generated().map(\.section) == [
        "early-return", "removed-statement",
      ])
  }

  @Test func aCaseFallsToTheDefault() {
    #expect(
      edits("switch s { case .a: return true\ndefault: return nil }", "dropped-case")
        == ["return nil"])
  }

  @Test func idsAreUnique() {
    let ids = source("func f() { a(); b() }\nfunc f(x: Int) { c(); d() }").generated().map(\.id)
    #expect(Set(ids).count == ids.count)
  }
}

@Suite struct InstrumenterTests {
  @Test func aSingleExpressionIsReturned() {
    let text = source("var a: Int { 1 }")
    let site = text.sites[0]
    #expect(Instrumenter.returning(" 1 ", site) == " return 1 ")
    #expect(
      Instrumenter.returning(" switch x { case 1: return 2 } ", site)
        == " switch x { case 1: return 2 } ")
    #expect(Instrumenter.returning("if x { 1 } else { 2 }", site) == "return if x { 1 } else { 2 }")
    #expect(Instrumenter.returning(" ", site) == "break")
  }

  @Test func eachMutantStandsBehindItsNumber() throws {
    let text = source("func f() {\n  g()\n}\nlet a: Int = 1\n")
    var mutants = text.generated()
    for index in mutants.indices { mutants[index].number = index + 1 }
    let result = Instrumenter.instrument(text, with: mutants)
    #expect(result.text.contains("switch activeMutant {\ncase 1:\n return \n"))
    #expect(result.text.contains("let a: Int = (activeMutant == 3 ? (2) : (1))"))
    let culprits = Compiler.culprits(
      of: "/r/A.swift:\(result.lines[0].lines.lowerBound):3: error: no\n/r/A.swift:1:1: warning: w",
      in: "/r", files: ["A.swift": result])
    #expect(culprits == [1])
  }
}

@Suite struct PlantedBugTests {
  private let header =
    "Title: T.\nSection: A B01\nTier: 1\n\ndiff --git a/A.swift b/A.swift\n+++ b/A.swift\n"

  @Test func aChangedBodyIsAMutant() throws {
    let bug = try PlantedBug(name: "001-t", text: header)
    let mutant = try bug.mutant(
      before: ["A.swift": source("func f() {\n  a()\n  b()\n}")],
      after: ["A.swift": source("func f() {\n  a()\n  c()\n}")])
    #expect(mutant.tier == 1)
    #expect((mutant.line, mutant.before, mutant.after) == (3, "b()", "c()"))
  }

  @Test func aChangedSignatureIsRefused() throws {
    let bug = try PlantedBug(name: "001-t", text: header)
    #expect(throws: PlantedBug.Refusal.self) {
      try bug.mutant(
        before: ["A.swift": source("func f() { a() }")],
        after: ["A.swift": source("func f(x: Int) { a() }")])
    }
  }

  @Test func aPatchWithoutAHeaderIsRefused() {
    #expect(throws: PlantedBug.Refusal.self) {
      try PlantedBug(name: "001-t", text: "diff --git a/A b/A\n+++ b/A\n")
    }
  }
}

@Suite struct SampleTests {
  @Test func aSampleIsFixedAndInOrder() {
    let mutants = source((0..<50).map { "func f\($0)() { g() }" }.joined(separator: "\n"))
      .generated()
    let sample = Sample.choose(mutants, count: 10, seed: 1)
    #expect(sample.count == 10)
    #expect(sample == Sample.choose(mutants, count: 10, seed: 1))
    #expect(sample != Sample.choose(mutants, count: 10, seed: 2))
    #expect(sample == mutants.filter(sample.contains))
  }
}
