import Control
import ServiceLifecycle

/// Delivers webhooks as a service; what is not delivered by its end is at the next start.
struct WebhookService: Service {
  let queue: WebhookQueue

  func run() async throws {
    await cancelWhenGracefulShutdown { await queue.run() }
  }
}
