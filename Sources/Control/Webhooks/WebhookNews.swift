import Synchronization

/// Tells the webhook queue what commits have put into its lanes.
package final class WebhookNews: Sendable {
  /// What was told since the last time.
  package struct News: Sendable, Equatable {
    /// Lanes that have a delivery more.
    package var lanes: Set<WebhookLane> = []
    /// So much was told, or something so unusual, that the store has to be asked.
    package var isIncomplete = false
  }

  /// Beyond so many lanes the store is asked instead.
  private static let maximumLanes = 100_000

  private let news = Mutex(News())
  private let continuation: AsyncStream<Void>.Continuation
  /// Yields after something was told, to one reader.
  package let pulses: AsyncStream<Void>

  init() {
    // One pulse that waits is as good as many.
    (pulses, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
  }

  func tell(of lanes: Set<WebhookLane>) {
    guard !lanes.isEmpty else { return }
    news.withLock { news in
      if news.lanes.count + lanes.count > Self.maximumLanes {
        news = News(isIncomplete: true)
      } else {
        news.lanes.formUnion(lanes)
      }
    }
    continuation.yield()
  }

  /// Has the queue ask the store what is due.
  func tellOfUnknown() {
    news.withLock { $0.isIncomplete = true }
    continuation.yield()
  }

  /// Wakes the reader of `pulses`, though there is nothing new.
  func pulse() { continuation.yield() }

  /// What was told since the last time.
  package func take() -> News {
    news.withLock { news in
      defer { news = News() }
      return news
    }
  }
}
