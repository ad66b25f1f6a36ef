import HummingbirdCore
import Logging
import NIOCore

/// An HTTP/1.1 connection from its acceptance on, which ends whether or not anybody serves it.
///
/// A server that stops drops the connections that it has accepted and not begun to serve; NIO then
/// ends the process, because a dropped `NIOAsyncChannel` was never closed
/// (github.com/apple/swift-nio/issues/2637 and 2813). This one is closed when it is dropped.
final class AcceptedConnection: ServerChildChannelValue {
  /// What serves it.
  let inner: HTTP1Channel.Value

  init(_ inner: HTTP1Channel.Value) {
    self.inner = inner
  }

  var channel: any Channel { inner.channel }

  deinit {
    // Kept until it is closed: only then nothing of it waits to be finished. One that was served is
    // closed already.
    channel.closeFuture.whenComplete { [inner] _ in withExtendedLifetime(inner) {} }
    channel.close(promise: nil)
  }
}

/// HTTP/1.1 whose connections may be dropped unserved; see ``AcceptedConnection``.
struct DroppableHTTP1: ServerChildChannel {
  let http: HTTP1Channel

  func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<AcceptedConnection> {
    http.setup(channel: channel, logger: logger).map(AcceptedConnection.init)
  }

  func handle(value: AcceptedConnection, logger: Logger) async {
    await http.handle(value: value.inner, logger: logger)
  }
}
