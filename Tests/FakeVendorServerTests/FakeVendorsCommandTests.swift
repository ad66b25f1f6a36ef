import FakeVendors
import Foundation
import Testing

/// The executable itself, as its users meet it.
@Suite(.serialized, .timeLimit(.minutes(1)))
struct FakeVendorsCommandTests {
  private static let freePorts = ["stripe", "amadeus", "bookingcom", "viator", "mail"].flatMap {
    ["--\($0)-port", "0"]
  }

  @Test func printsOneLinePerServiceAndStopsAtOnceWithZero() throws {
    let process = try Self.start(Self.freePorts)
    var text = ""
    while text.split(separator: "\n").count < 5 {
      let data = process.output.availableData
      guard !data.isEmpty else { break }
      text += String(decoding: data, as: UTF8.self)
    }
    process.process.terminate()
    process.process.waitUntilExit()
    let lines = text.split(separator: "\n")
    #expect(
      lines.map { $0.prefix { $0 != " " } } == [
        "stripe", "amadeus", "bookingcom", "viator", "mail",
      ])
    #expect(lines.allSatisfy { $0.contains(" http://127.0.0.1:") && !$0.hasSuffix(":0") })
    #expect(process.process.terminationStatus == 0)
    #expect(process.process.terminationReason == .exit)
  }

  @Test func aScenarioMistakeIsNamedWithItsPlace() throws {
    let file = FileManager.default.temporaryDirectory.appending(
      path: "scenario-\(ProcessInfo.processInfo.processIdentifier).yaml")
    try "name: x\nbookings: 1\nservices:\n  stripe:\n    declin: 10%\n".write(
      to: file, atomically: true, encoding: .utf8)
    defer { try? FileManager.default.removeItem(at: file) }
    let path = file.path(percentEncoded: false)
    let (status, message) = try Self.finish(["--scenario", path] + Self.freePorts)
    #expect(status == 64)
    #expect(message.hasPrefix("\(path):5:5: unknown key"), "\(message)")
    #expect(message.contains("did you mean 'decline'?"))
  }

  @Test(arguments: [
    ["--time", "never"], ["--stripe-port", "70000"], ["--webhook-url", "localhost"],
    ["--stripe-port", "4000", "--mail-port", "4000"], ["--scenario", "/no/such/file.yaml"],
  ])
  func badArgumentsExitWith64(arguments: [String]) throws {
    #expect(try Self.finish(arguments).status == 64)
  }

  @Test func aTakenPortIsNamedAndExitsWith70() throws {
    let first = try Self.start(Self.freePorts)
    let line = String(decoding: first.output.availableData, as: UTF8.self)
    let port = line.prefix { $0 != "\n" }.split(separator: ":").last.map(String.init) ?? ""
    var arguments = Self.freePorts
    arguments[1] = port
    let (status, message) = try Self.finish(arguments)
    first.process.terminate()
    first.process.waitUntilExit()
    #expect(status == 70)
    #expect(message.contains("127.0.0.1:\(port) is in use"))
  }

  private static func start(_ arguments: [String]) throws -> (
    process: Process, output: FileHandle, errors: FileHandle
  ) {
    let process = Process()
    // Executables are built beside the tests.
    let folder = URL(filePath: CommandLine.arguments[0]).resolvingSymlinksInPath()
      .deletingLastPathComponent()
    process.executableURL = folder.appending(path: "fake-vendors")
    process.arguments = arguments
    let (output, errors) = (Pipe(), Pipe())
    process.standardOutput = output
    process.standardError = errors
    try process.run()
    return (process, output.fileHandleForReading, errors.fileHandleForReading)
  }

  private static func finish(_ arguments: [String]) throws -> (status: Int32, message: String) {
    let started = try start(arguments)
    let message = String(decoding: try started.errors.readToEnd() ?? Data(), as: UTF8.self)
    started.process.waitUntilExit()
    return (started.process.terminationStatus, message)
  }
}
