package import Wire

/// One access unit or one Opus packet out of the jitter buffer, in decode order.
package struct EncodedUnit: Sendable {
  package var codec: MediaCodec
  /// The bytes a decoder takes.
  ///
  /// VP8: a frame. VP9: a frame, or the frames of all layers one after another. H.264: Annex B,
  /// parameter sets before an IDR picture. AV1: a temporal unit of OBUs with sizes, beginning with a
  /// temporal delimiter. Opus: a packet.
  package var payload: [UInt8]
  /// When it was captured, on our monotonic clock; before the first sender report, when it arrived.
  package var time: MonotonicTime
  package var rtpTimestamp: UInt32
  /// Decoding can start here; true of every Opus packet.
  package var isKeyframe: Bool
  /// Pixels, of a keyframe whose header says so cheaply.
  package var width: Int?
  package var height: Int?
  /// Something between the unit before and this one is missing.
  package var followsLoss: Bool

  package init(
    codec: MediaCodec, payload: [UInt8], time: MonotonicTime, rtpTimestamp: UInt32,
    isKeyframe: Bool, width: Int? = nil, height: Int? = nil, followsLoss: Bool = false
  ) {
    self.codec = codec
    self.payload = payload
    self.time = time
    self.rtpTimestamp = rtpTimestamp
    self.isKeyframe = isKeyframe
    self.width = width
    self.height = height
    self.followsLoss = followsLoss
  }
}
