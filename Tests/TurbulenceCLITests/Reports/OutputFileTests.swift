import Foundation
import Scenarios
import TestSupport
import Testing

@testable import Audit
@testable import TurbulenceCLI
@testable import Worlds

struct OutputFileTests {
  private let text = Array("whole\n".utf8)

  private func kind(_ path: String) -> mode_t {
    var status = stat()
    return lstat(path, &status) == 0 ? status.st_mode & S_IFMT : 0
  }

  @Test func aRegularFileIsReplacedAndKeepsItsMode() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("a.xml", "an old report, which is longer")
    #expect(chmod(path, 0o640) == 0)
    try OutputFile.write(text, to: path)
    #expect(try Repository.text(path) == "whole\n")
    var status = stat()
    #expect(stat(path, &status) == 0)
    #expect(status.st_mode & 0o7777 == 0o640)
    #expect(folder.names == ["a.xml"])
  }

  @Test func aLinkStaysALinkAndItsTargetIsWritten() throws {
    let folder = try TemporaryFolder()
    let target = try folder.write("target.xml", "old")
    for (link, leadsTo) in [
      ("a", "target.xml"), ("b", "\(folder.path)/a"), ("c", "not-there-yet.xml"),
    ] {
      let path = "\(folder.path)/\(link)"
      #expect(symlink(leadsTo, path) == 0)
      try OutputFile.write(text, to: path)
      #expect(kind(path) == S_IFLNK)
      #expect(try Repository.text(path) == "whole\n")
    }
    #expect(try Repository.text(target) == "whole\n")
    #expect(folder.names == ["a", "b", "c", "not-there-yet.xml", "target.xml"])
  }

  @Test func aFIFOIsWrittenThrough() throws {
    let folder = try TemporaryFolder()
    let path = "\(folder.path)/fifo"
    #expect(mkfifo(path, 0o600) == 0)
    // With a reader there, opening for writing does not wait.
    let reader = open(path, O_RDONLY | O_NONBLOCK)
    defer { close(reader) }
    try OutputFile.write(text, to: path)
    var buffer = [UInt8](repeating: 0, count: 64)
    #expect(read(reader, &buffer, 64) == 6)
    #expect(Array(buffer.prefix(6)) == text)
    #expect(kind(path) == S_IFIFO)
  }

  @Test func aDeviceIsWrittenThrough() throws {
    // By a link of our own: the old code, run as root, would have replaced the device for good.
    let folder = try TemporaryFolder()
    let path = "\(folder.path)/null"
    #expect(symlink("/dev/null", path) == 0)
    try OutputFile.write(text, to: path)
    #expect(kind(path) == S_IFLNK)
    #expect(kind("/dev/null") == S_IFCHR)
  }

  @Test func aDescriptorIsAppendedToAsItStands() throws {
    let folder = try TemporaryFolder()
    let log = open("\(folder.path)/log", O_RDWR | O_CREAT, 0o600)
    defer { close(log) }
    #expect(OutputFile.writeAll(Array("before\n".utf8), to: log) == 0)
    try OutputFile.write(text, to: "/dev/fd/\(log)")
    #expect(try Repository.text("\(folder.path)/log") == "before\nwhole\n")
  }

  @Test func aFullDiskIsAnError() throws {
    let folder = try TemporaryFolder()
    let path = "\(folder.path)/full"
    #expect(symlink("/dev/full", path) == 0)
    let error = #expect(throws: ReportError.self) { try OutputFile.write(text, to: path) }
    #expect(
      error?.description == "\(path): cannot write the report: No space left on device")
  }

  @Test func aFolderInItsPlaceAndAFolderThatIsMissingAreErrors() throws {
    let folder = try TemporaryFolder()
    let place = #expect(throws: ReportError.self) { try OutputFile.write(text, to: folder.path) }
    #expect(place?.reason == "a folder is in its place")
    let missing = #expect(throws: ReportError.self) {
      try OutputFile.write(text, to: "\(folder.path)/none/a.xml")
    }
    #expect(missing?.reason == "No such file or directory")
  }

  @Test func aLinkInAReportFoldersPlaceStaysALink() throws {
    let folder = try TemporaryFolder()
    let result = SampleResult.make(.init(name: "a", bookings: 1), seed: 1)
    try FileManager.default.createDirectory(
      atPath: "\(folder.path)/elsewhere", withIntermediateDirectories: false)
    #expect(symlink("elsewhere", "\(folder.path)/a-1") == 0)
    let place = try ReportWriter(root: folder.path).write(result, timing: .object([]))
    #expect(place == "\(folder.path)/a-1")
    #expect(kind(place) == S_IFLNK)
    #expect(try Repository.text("\(folder.path)/elsewhere/summary.csv").hasPrefix("scenario,"))
    #expect(folder.names == ["a-1", "elsewhere"])
  }
}
