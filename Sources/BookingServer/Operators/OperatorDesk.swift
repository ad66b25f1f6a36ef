import GRDB
import HTTPService
import HTTPTypes

/// What operators see over HTTP: metrics.
struct OperatorDesk: HTTPService {
  let database: GroupCommitDatabase
  let metrics: PrometheusRegistry

  func respond(to call: HTTPCall) async throws -> HTTPReply {
    let text = metrics.text()
    return HTTPReply(
      status: .ok, contentType: "text/plain; version=0.0.4; charset=utf-8", body: Array(text.utf8))
  }
}
