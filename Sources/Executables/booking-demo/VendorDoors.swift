import FakeVendorServer
import FakeVendors

/// Learns where the fakes listen.
final class VendorDoors: Sendable {
  private let stream: AsyncStream<(VendorName, Int)>
  private let continuation: AsyncStream<(VendorName, Int)>.Continuation

  init() { (stream, continuation) = AsyncStream.makeStream() }

  /// A fake accepts connections.
  func opened(_ vendor: VendorName, port: Int) { continuation.yield((vendor, port)) }

  /// Returns the URLs of all fakes once all of them accept connections. Call once.
  func urls() async -> [VendorName: String] {
    var urls: [VendorName: String] = [:]
    for await (vendor, port) in stream {
      urls[vendor] = "http://127.0.0.1:\(port)"
      if urls.count == VendorName.allCases.count { break }
    }
    return urls
  }
}
