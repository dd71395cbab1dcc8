internal import CFFmpeg

/// One encoded frame of silence that fits into a track.
struct SilentFrame {
  let bytes: [UInt8]
  /// Units of 1/48 000 s.
  let duration: Int64

  /// Nil for what has no sound, or sound of a kind we cannot make.
  init?(_ parameters: AVCodecParameters) {
    switch parameters.codec_id {
    case AV_CODEC_ID_OPUS:
      // A fullband CELT frame of 20 ms whose content is the code for silence (RFC 6716 §3.1 and §4.3).
      let isStereo = parameters.ch_layout.nb_channels > 1
      bytes = [isStereo ? 0xFC : 0xF8, 0xFF, 0xFE]
      duration = 960
    case AV_CODEC_ID_AAC:
      guard
        let encoder = try? AudioEncoder(codec: .aac),
        encoder.track.extradata == parameters.extradataBytes,
        let packets = try? encoder.encode(AudioSamples(silentFrameCount: 8 * 1024)),
        let frame = packets.last
      else { return nil }
      bytes = frame.bytes
      duration = 1024
    default: return nil
    }
  }
}
