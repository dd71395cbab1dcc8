/// Puts a frame together from the payloads of its packets, in order.
package protocol FrameDepacketizer: Sendable {
  /// The payload can be the first of a frame; asked after a loss only.
  func startsFrame(_ payload: [UInt8]) -> Bool
  /// Adds the next payload of the frame.
  ///
  /// - Returns: `false` if it is malformed or out of place; the frame is then worth nothing.
  mutating func append(_ payload: [UInt8]) -> Bool
  /// Ends the frame; `nil` if what was added is not one. Begins the next.
  mutating func take() -> DepacketizedFrame?
  /// Forgets what was added since the last `take`.
  mutating func discard()
}

/// A frame put together.
package struct DepacketizedFrame: Sendable, Equatable {
  package var payload: [UInt8]
  package var isKeyframe: Bool
  package var size: PictureSize?
}

/// Pixels.
package struct PictureSize: Sendable, Hashable {
  package var width: Int
  package var height: Int

  package init(width: Int, height: Int) {
    self.width = width
    self.height = height
  }
}

extension MediaCodec {
  /// Bytes, above an intra frame of 4K at the best quality; larger frames are dropped.
  static let maximumFrameBytes = 8 << 20

  /// What reads this codec's RTP payloads.
  var depacketizer: any FrameDepacketizer {
    switch self {
    case .opus: OpusDepacketizer()
    case .vp8: VP8Depacketizer()
    case .vp9: VP9Depacketizer()
    case .h264: H264Depacketizer()
    case .av1: AV1Depacketizer()
    }
  }
}
