/// The production server: the booking orchestrator on real sockets, real time and a real disk.
///
/// A `ServerProcess` puts the pieces together: `Settings` (flags, environment, a file) say what to build;
/// `GroupCommitDatabase` keeps the bookings, one fsync for many; `AccessControl` lets clients in, counts
/// and logs them; the orchestrator behind it reaches the vendors through an `ObservedTransport`.
/// Operators have commands of their own and a page, and both speak to a booking's owner through the
/// booking's inbox. Nothing here decides anything about a booking: that is `BookingOrchestrator`'s.
public import ArgumentParser

/// `booking-server`, the command.
public struct BookingServerCommand: AsyncParsableCommand {
  public static let configuration = CommandConfiguration(
    commandName: "booking-server",
    abstract: "Takes travel bookings over HTTP and sees each of them through.",
    discussion: """
      Without a subcommand it serves. Settings come from flags, the environment and a JSON file, the
      first of them that has one wins; 'booking-server config' shows what is in force.
      """,
    subcommands: [
      ServeCommand.self, ConfigCommand.self, AttentionCommand.self, BookingsCommand.self,
      HooksCommand.self, BackupCommand.self,
    ],
    defaultSubcommand: ServeCommand.self)

  /// Creates the command.
  public init() {}
}
