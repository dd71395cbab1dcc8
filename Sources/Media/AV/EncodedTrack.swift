/// What a stream of encoded packets is, as much as any container has to know of it.
package struct EncodedTrack: Sendable, Equatable, Codable {
  package enum VideoCodec: String, Sendable, Codable { case h264, vp8, vp9, av1 }
  package enum AudioCodec: String, Sendable, Codable { case aac, opus }

  /// What is in the packets.
  package enum Kind: Sendable, Equatable, Codable {
    /// Width and height in pixels.
    case video(codec: VideoCodec, width: Int, height: Int, framesPerSecond: Int)
    /// Sample rate in hertz.
    case audio(codec: AudioCodec, sampleRate: Int, channels: Int)
  }

  /// Which of an output's tracks: 0 is the first video rendition, unless there is only audio.
  package var id: Int
  package var kind: Kind
  /// What decoders need before the first packet: parameter sets (H.264: Annex B), AudioSpecificConfig, OpusHead.
  package var extradata: [UInt8]

  package init(id: Int, kind: Kind, extradata: [UInt8] = []) {
    self.id = id
    self.kind = kind
    self.extradata = extradata
  }

  /// Units of packets' times in a second: 90 000 for video, 48 000 for audio.
  package var timescale: Int {
    switch kind {
    case .video: 90_000
    case .audio: 48_000
    }
  }

  package var isVideo: Bool {
    switch kind {
    case .video: true
    case .audio: false
    }
  }

  /// A time of this track in nanoseconds.
  package func nanoseconds(_ time: Int64) -> Int64 {
    let scale = Int64(timescale)
    let (seconds, rest) = time.quotientAndRemainder(dividingBy: scale)
    return seconds &* 1_000_000_000 &+ rest &* 1_000_000_000 / scale
  }

  /// Nanoseconds in this track's units, rounded down.
  package func units(nanoseconds: Int64) -> Int64 {
    let (seconds, rest) = nanoseconds.quotientAndRemainder(dividingBy: 1_000_000_000)
    return seconds &* Int64(timescale) &+ rest &* Int64(timescale) / 1_000_000_000
  }

  /// The name players ask for in `codecs=` (RFC 6381); nil if it cannot be told.
  package var codecString: String? {
    switch kind {
    case .video(.h264, _, _, _):
      guard let profile = H264ParameterSets(annexB: extradata).profile else { return nil }
      return "avc1." + profile.map(Self.hex).joined()
    case .video(.vp8, _, _, _): return "vp8"
    case .video(.vp9, _, _, _): return "vp09.00.40.08"
    case .video(.av1, _, _, _): return "av01.0.08M.08"
    case .audio(.aac, _, _): return "mp4a.40.2"
    case .audio(.opus, _, _): return "opus"
    }
  }

  /// The header of Opus that comes from WebRTC, which sends none (RFC 7845 §5.1).
  ///
  /// - Parameters:
  ///   - channels: 1 or 2.
  ///   - preSkip: samples at the start that are not played; 312 is the delay of libopus.
  package static func opusHead(channels: Int, preSkip: Int = 312) -> [UInt8] {
    Array("OpusHead".utf8) + [
      1, UInt8(clamping: channels), UInt8(truncatingIfNeeded: preSkip),
      UInt8(truncatingIfNeeded: preSkip >> 8), 0x80, 0xBB, 0, 0, 0, 0, 0,
    ]
  }

  private static func hex(_ byte: UInt8) -> String {
    let text = String(byte, radix: 16)
    return byte < 16 ? "0" + text : text
  }
}
