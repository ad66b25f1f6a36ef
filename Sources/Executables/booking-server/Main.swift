import ArgumentParser
import BookingServer

@main
struct Main {
  static func main() async { await BookingServerCommand.main() }
}
