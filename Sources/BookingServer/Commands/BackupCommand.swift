package import ArgumentParser
import GRDB

/// `booking-server backup`
package struct BackupCommand: AsyncParsableCommand {
  package static let configuration = CommandConfiguration(
    commandName: "backup",
    abstract: "Copies the bookings into a file while they are served.",
    discussion: """
      The copy is of one moment, is checked, and takes its name only when all of it is on the disk; a
      copy of that name from before is replaced. To go back to one, stop the server first, move the
      copy to DATABASE, and delete what stands beside it (-wal, -shm). Whatever happened since is then
      known to the vendors alone.
      """)

  @OptionGroup package var options: OperatorOptions
  @Argument(help: "The file to write.") package var file: String

  /// Creates the command.
  package init() {}

  package func run() async throws {
    let pool = try await options.open()
    let pages: Int
    do throws(DatabaseRefused) {
      pages = try DatabaseBackup.write(pool, to: file)
    } catch {
      complain(error)
      throw Exit.unavailable
    }
    try options.answer(Written(file: file, pages: pages)) { "\(pages) pages in \(file)" }
  }

  private struct Written: Encodable {
    let file: String
    let pages: Int
  }
}
