/// One of the sizes that a broadcast is offered in: pictures and sound together.
package struct HLSRendition: Sendable, Equatable {
  /// Its folder, for example `720p`.
  package var name: String
  /// Its tracks: at most one of video and one of audio; renditions share the audio.
  package var trackIDs: [Int]
  /// Of all its tracks, bits per second in the mean.
  package var bitrate: Int

  package init(name: String, trackIDs: [Int], bitrate: Int) {
    self.name = name
    self.trackIDs = trackIDs
    self.bitrate = bitrate
  }
}

/// What happens to an HLS broadcast.
package enum HLSEvent: Sendable, Equatable {
  /// There is enough for players to begin.
  case playable
  /// Packets were dropped because the disk was too slow.
  case dropped(packets: Int)
  /// Ended as asked; all of it can be played back.
  case finished(durationMilliseconds: Int64, bytes: Int)
  /// Ended by itself; what was there before can be played back.
  case failed(reason: String, isDiskFull: Bool)
}
