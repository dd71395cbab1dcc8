import Control
import Wire

/// Sends webhooks over HTTP.
struct HTTPWebhookSender: WebhookSender {
  let http: OutboundHTTP
  let time: TimeSource

  func send(_ request: WebhookRequest) async -> WebhookReply {
    do {
      let reply = try await http.post(
        request.endPoint, headers: request.headers.map { ($0.name, $0.value) },
        body: request.body)
      return .answered(status: reply.status, retryAfter: reply.retryAfter(at: time().wall))
    } catch {
      return .failed(error.problem)
    }
  }
}
