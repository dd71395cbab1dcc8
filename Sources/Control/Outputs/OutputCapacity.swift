import Signal
import Synchronization

/// How much is composed now, and whether more may be; shared by all rooms of the server.
package final class OutputCapacity: Sendable {
  /// Why nothing more may begin.
  package enum Refusal: Sendable, Equatable {
    /// This server composes nothing.
    case absent
    case keyLimit
    /// The machine is busy enough; try again later.
    case noCores
    case diskFull
  }

  private struct State: Sendable {
    var outputs: [String: Int] = [:]
    var cores = 0.0
    var isDiskFull = false
  }
  private let state = Mutex(State())
  private let settings: OutputSettings

  package init(_ settings: OutputSettings = OutputSettings()) { self.settings = settings }

  /// Counts one output more, which is `release`d some day; or says why not.
  func admit(_ key: String, cost: Double) -> Refusal? {
    state.withLock { state in
      if settings.dataFolder.isEmpty { return .absent }
      let count = state.outputs[key, default: 0]
      if settings.perKey > 0, count >= settings.perKey { return .keyLimit }
      if state.isDiskFull { return .diskFull }
      // One output is let in whatever it costs: a small machine records slowly rather than never.
      if settings.cores > 0, state.cores > 0, state.cores + cost > settings.cores {
        return .noCores
      }
      state.outputs[key] = count + 1
      state.cores += cost
      return nil
    }
  }

  func release(_ key: String, cost: Double) {
    state.withLock { state in
      guard let count = state.outputs[key] else { return }
      state.outputs[key] = count > 1 ? count - 1 : nil
      state.cores = state.outputs.isEmpty ? 0 : max(0, state.cores - cost)
    }
  }

  /// Outputs that go on, and the processor cores they are thought to be busy with.
  package var load: (outputs: Int, cores: Double) {
    state.withLock { ($0.outputs.values.reduce(0, +), $0.cores) }
  }

  /// Whether the disk of the data folder has no room for more.
  package var isDiskFull: Bool {
    get { state.withLock(\.isDiskFull) }
    set { state.withLock { $0.isDiskFull = newValue } }
  }
}

extension OutputSpecification {
  /// Processor cores that the output keeps busy, as measured: encoding is nearly all of it.
  ///
  /// - Parameter others: what the session has already; an equal picture is encoded once.
  func cost(beside others: [OutputSpecification]) -> Double {
    switch kind {
    case .trackRecording: return 0.02
    case .participantRecording: return 0.05
    case .compositeRecording: return 0.5
    case .merge: return 0.1
    case .recording(_, audioOnly: true): return 0.1
    case .recording(let format, _):
      let isShared = others.contains { $0.composition == composition && $0.isComposedH264 }
      return isShared && format == .mp4 ? 0.05 : Self.cost(composition) * (format == .webm ? 2 : 1)
    case .rtmp:
      let isShared = others.contains { $0.composition == composition && $0.isComposedH264 }
      return isShared ? 0.05 : Self.cost(composition)
    case .hls(let renditions):
      if renditions.isEmpty { return 0.1 }
      return renditions.reduce(0.1) { sum, rendition in
        sum + 0.45 * Double(rendition.width * rendition.height) / 921_600
      }
    }
  }

  private var isComposedH264: Bool {
    switch kind {
    case .recording(.mp4, false), .rtmp: true
    case .recording, .hls, .participantRecording, .trackRecording, .compositeRecording, .merge:
      false
    }
  }

  /// 0.5 for 1280×720 at 30 pictures a second.
  private static func cost(_ composition: CompositionSpecification?) -> Double {
    guard let composition, composition.mode == .videoAndAudio else { return 0.1 }
    return 0.05 + 0.45 * Double(composition.width * composition.height) / 921_600
  }
}
