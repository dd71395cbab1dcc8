internal import Media
internal import StoaClient

/// The sound of the room, or of a selection, for all outputs that want it so.
///
/// The pipeline's thread owns it.
final class Mix {
  /// Bits per second.
  private static let bitrate = 128_000

  let only: Selection?
  private var mixer = AudioMixer()
  private var voices: [Voice] = []

  /// One encoding of the sound.
  private struct Voice {
    let encoder: AudioEncoder
    let codec: EncodedTrack.AudioCodec
    var feeds: [Rendition.Feed] = []
  }

  init(only: Selection?) { self.only = only }

  var isUnused: Bool { voices.isEmpty }

  func includes(_ track: RemoteTrack) -> Bool {
    only.map { $0[track.participantID]?.contains(track.kind) ?? false } ?? true
  }

  /// What an output with this codec will get, from `tick` on at the latest.
  func track(_ codec: EncodedTrack.AudioCodec, tick: Int64) throws(AVError) -> EncodedTrack {
    if let known = voices.first(where: { $0.codec == codec }) { return known.encoder.track }
    let encoder = try AudioEncoder(
      codec: codec, trackID: ComposedOutput.audioTrack, bitrate: Self.bitrate,
      startingAt: tick * Int64(PipelineClock.samplesPerTick))
    voices.append(Voice(encoder: encoder, codec: codec))
    return encoder.track
  }

  /// Hands the packets of an encoding that `track` told of to an output.
  func attach(_ feed: Rendition.Feed, codec: EncodedTrack.AudioCodec) {
    guard let index = voices.firstIndex(where: { $0.codec == codec }) else { return }
    voices[index].feeds.append(feed)
  }

  func remove(_ output: ComposedOutput) {
    for index in voices.indices { voices[index].feeds.removeAll { $0.output === output } }
    prune()
  }

  /// Ends encodings that nobody gets.
  func prune() { voices.removeAll { $0.feeds.isEmpty } }

  /// Takes a piece of somebody's sound.
  func take(_ piece: TrackSound.Piece, from track: RemoteTrack) {
    mixer.add(
      piece.samples, from: track.streamID,
      at: MediaTime(number: piece.start, rate: Int64(AudioSamples.rate)))
  }

  /// Mixes and encodes the sound of a tick.
  func mix(tick: Int64) throws(AVError) {
    let count = PipelineClock.samplesPerTick
    let samples = mixer.mix(
      frameCount: count,
      at: MediaTime(number: tick * Int64(count), rate: Int64(AudioSamples.rate)))
    for voice in voices {
      for packet in try voice.encoder.encode(samples) {
        for feed in voice.feeds { feed.output.take(packet, asTrack: feed.trackID) }
      }
    }
  }
}
