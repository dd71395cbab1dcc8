package import Control
import Synchronization

/// How many requests came, for which route, how they were answered and how fast.
///
/// The number of series is bounded: routes are our patterns, never paths as they came.
package final class HTTPMetrics: Sendable {
  /// What requests are told apart by.
  package struct Request: Hashable, Sendable {
    /// `GET`, `POST` or `DELETE` of a route; `other` for all that none of ours has.
    package var method: String
    /// `/v2/rooms/{roomId}`, `page` for files, `none` for what does not exist.
    package var route: String
    package var status: Int

    package init(method: String, route: String, status: Int) {
      self.method = method
      self.route = route
      self.status = status
    }
  }

  private struct State {
    var counts: [Request: UInt64] = [:]
    var durations: [String: DurationHistogram] = [:]
  }
  private let state = Mutex(State())

  package init() {}

  package func record(_ request: Request, took duration: Duration) {
    let histogram = state.withLock { state in
      state.counts[request, default: 0] &+= 1
      if let known = state.durations[request.route] { return known }
      let histogram = DurationHistogram()
      state.durations[request.route] = histogram
      return histogram
    }
    histogram.record(duration)
  }

  /// In the order of routes, methods and statuses.
  package var counts: [(request: Request, count: UInt64)] {
    state.withLock { $0.counts }.map { (request: $0.key, count: $0.value) }.sorted {
      ($0.request.route, $0.request.method, $0.request.status)
        < ($1.request.route, $1.request.method, $1.request.status)
    }
  }

  /// In the order of routes.
  package var durations: [(route: String, reading: DurationHistogram.Reading)] {
    state.withLock { $0.durations }.sorted { $0.key < $1.key }
      .map { (route: $0.key, reading: $0.value.reading) }
  }
}
