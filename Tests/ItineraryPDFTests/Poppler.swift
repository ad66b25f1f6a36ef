import Foundation
import Testing

/// Runs the tools of Poppler (Debian: `poppler-utils`).
enum Poppler {
  static func run(_ tool: String, _ arguments: [String], input: [UInt8]) throws -> String {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = [tool] + arguments
    let (to, from) = (Pipe(), Pipe())
    process.standardInput = to
    process.standardOutput = from
    try process.run()
    // A file is longer than what a pipe holds, but these tools read all before they write.
    try to.fileHandleForWriting.write(contentsOf: Data(input))
    try to.fileHandleForWriting.close()
    let output = try from.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0, "\(tool) could not read the file")
    return String(decoding: output, as: UTF8.self)
  }
}
