import HTTPService
import HTTPTypes

/// Lets every test key of Stripe (`sk_test_…`) open one fake account, since users have their own.
struct AnyTestKey: HTTPService {
  /// The fake that accepts one key.
  let fake: any HTTPService
  /// The key that it accepts.
  let key: String

  func respond(to call: HTTPCall) async throws -> HTTPReply {
    var call = call
    if let value = call.request.headerFields[.authorization], isTestKey(value) {
      call.request.headerFields[.authorization] = "Bearer \(key)"
    }
    return try await fake.respond(to: call)
  }

  /// Whether an `Authorization` carries a test key, as a bearer token or as a user name.
  private func isTestKey(_ value: String) -> Bool {
    // The base64 of any text that begins with "sk_test_" begins so.
    value.hasPrefix("Bearer sk_test_") || value.hasPrefix("Basic c2tfdGVzdF")
  }
}
