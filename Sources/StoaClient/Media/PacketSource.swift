package import Wire

/// What a publication sends, burst after burst; a burst is a frame, or one packet of an even flow.
package enum PacketSource: Sendable {
  case file(FilePlayback)
  case synthetic(SyntheticVideo)

  package var codec: MediaCodec {
    switch self {
    case .file(let playback): playback.codec
    case .synthetic: .vp8
    }
  }

  /// When the next burst is due, since the first one.
  package var nextDue: Nanoseconds {
    switch self {
    case .file(let playback): playback.nextDue
    case .synthetic(let video): video.nextDue
    }
  }

  /// Fits packets to what the negotiated header leaves of them.
  ///
  /// - Parameter headerLength: bytes of RTP header before each payload.
  package mutating func prepare(headerLength: Int) {
    switch self {
    case .file(var playback):
      playback.prepare(maximumPayload: 1_200 - headerLength)
      self = .file(playback)
    case .synthetic(var video):
      video.prepare(headerLength: headerLength)
      self = .synthetic(video)
    }
  }

  /// Replaces what `packets` holds by the next burst.
  package mutating func next(into packets: inout FramePackets) {
    // Taken out and put back, so that the payload is not shared and copied.
    switch consume self {
    case .file(var playback):
      playback.next(into: &packets)
      self = .file(playback)
    case .synthetic(var video):
      video.next(into: &packets)
      self = .synthetic(video)
    }
  }

  /// A receiver cannot decode without a new keyframe.
  package mutating func keyframeRequested() {
    switch self {
    case .file(var playback):
      playback.keyframeRequested()
      self = .file(playback)
    case .synthetic(var video):
      video.keyframeRequested()
      self = .synthetic(video)
    }
  }

  /// Notes when the burst leaves, in sources that measure.
  package func stamp(_ packets: inout FramePackets, at now: MonotonicTime) {
    if case .synthetic(let video) = self { video.stamp(&packets, at: now) }
  }
}
