package import Wire

/// Decides which layer of each stream to ask the server for, so that small tiles cost little.
///
/// A larger picture is asked for when it was wanted for a quarter of a second, a smaller one, or none,
/// after two seconds: layouts that change back and forth change nothing.
package struct LayerRequests: Sendable {
  /// The largest layer that is wanted; `none` stops the stream.
  package enum Layer: Int, Comparable, Sendable {
    case none, low, med, high

    package static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }

    /// The smallest layer that has three quarters of the lines drawn: from there on a picture looks soft.
    ///
    /// Browsers send 180, 360 and 720 lines.
    package init(drawnHeight: Int) {
      self = drawnHeight <= 240 ? .low : drawnHeight <= 480 ? .med : .high
    }
  }

  /// One thing to ask for.
  package struct Request: Equatable, Sendable {
    package var streamID: String
    package var layer: Layer
    /// What it was before.
    package var previous: Layer

    package init(streamID: String, layer: Layer, previous: Layer) {
      self.streamID = streamID
      self.layer = layer
      self.previous = previous
    }
  }

  private static let raiseDelay = Nanoseconds.milliseconds(250)
  private static let lowerDelay = Nanoseconds.seconds(2)

  private struct State {
    var asked: Layer
    var wanted: Layer
    var since: MonotonicTime
  }
  private var streams: [String: State] = [:]

  package init() {}

  /// Notes what is wanted of all streams there are; others are forgotten.
  ///
  /// - Returns: what to ask for now. The server sends the largest layer until it is asked.
  package mutating func update(_ wanted: [String: Layer], at now: MonotonicTime) -> [Request] {
    streams = streams.filter { wanted[$0.key] != nil }
    var requests: [Request] = []
    for (id, layer) in wanted.sorted(by: { $0.key < $1.key }) {
      var state = streams[id] ?? State(asked: .high, wanted: layer, since: now)
      if state.wanted != layer {
        state.wanted = layer
        state.since = now
      }
      let delay = layer > state.asked ? Self.raiseDelay : Self.lowerDelay
      if layer != state.asked, now - state.since >= delay {
        requests.append(Request(streamID: id, layer: layer, previous: state.asked))
        state.asked = layer
      }
      streams[id] = state
    }
    return requests
  }

  /// The connection is new: the server sends the largest layer of everything again.
  package mutating func removeAll() { streams = [:] }
}
