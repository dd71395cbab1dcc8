/// Splits frames into RTP payloads, by the rules of their codec's payload format.
package struct Packetizer: Sendable {
  package let codec: MediaCodec
  /// Bytes; payloads of one frame are as equal in size as they can be, so that they leave as one
  /// segmented write.
  package let maximumPayload: Int
  /// Of VP8 and VP9, 15 bits.
  var pictureID: UInt16

  /// - Parameters:
  ///   - maximumPayload: at least 64 bytes.
  ///   - pictureID: the first one; random (RFC 7741 §4.2).
  package init(_ codec: MediaCodec, maximumPayload: Int, pictureID: UInt16 = 0) {
    self.codec = codec
    self.maximumPayload = max(maximumPayload, 64)
    self.pictureID = pictureID & 0x7FFF
  }

  /// Replaces what `packets` holds by the payloads of `frame`; none if the frame is empty or broken.
  package mutating func packetize(
    _ frame: ArraySlice<UInt8>, isKeyframe: Bool, into packets: inout FramePackets
  ) {
    packets.removeAll()
    packets.isKeyframe = isKeyframe
    packets.marksEnd = !codec.isAudio
    guard !frame.isEmpty else { return }
    switch codec {
    case .opus:
      packets.append(contentsOf: frame)  // RFC 7587 §4.2: one packet, one payload
      packets.finishPayload()
    case .vp8: packetizeVP8(frame, into: &packets)
    case .vp9: packetizeVP9(frame, isKeyframe: isKeyframe, into: &packets)
    case .h264: packetizeH264(frame, into: &packets)
    case .av1: packetizeAV1(frame, isKeyframe: isKeyframe, into: &packets)
    }
    pictureID = (pictureID &+ 1) & 0x7FFF
  }

  /// RFC 7741 §4.2: X and S bits, I bit, and a picture id of 15 bits.
  private func packetizeVP8(_ frame: ArraySlice<UInt8>, into packets: inout FramePackets) {
    for part in Self.parts(of: frame.indices, maximum: maximumPayload - 4) {
      let isFirst = part.lowerBound == frame.startIndex
      packets.append(UInt8(isFirst ? 0x90 : 0x80))
      packets.append(UInt8(0x80))
      packets.append(0x8000 | pictureID)
      packets.append(contentsOf: frame[part])
      packets.finishPayload()
    }
  }

  /// RFC 9628 §4.2, non-flexible mode: I, P, B and E bits, and a picture id of 15 bits.
  private func packetizeVP9(
    _ frame: ArraySlice<UInt8>, isKeyframe: Bool, into packets: inout FramePackets
  ) {
    for part in Self.parts(of: frame.indices, maximum: maximumPayload - 3) {
      var flags: UInt8 = isKeyframe ? 0x80 : 0xC0
      if part.lowerBound == frame.startIndex { flags |= 0x08 }
      if part.upperBound == frame.endIndex { flags |= 0x04 }
      packets.append(flags)
      packets.append(0x8000 | pictureID)
      packets.append(contentsOf: frame[part])
      packets.finishPayload()
    }
  }

  /// Cuts a range into the fewest parts of at most `maximum`, which differ by at most one.
  static func parts(of range: Range<Int>, maximum: Int) -> [Range<Int>] {
    guard !range.isEmpty else { return [] }
    let count = (range.count + maximum - 1) / maximum
    let (size, rest) = range.count.quotientAndRemainder(dividingBy: count)
    var start = range.lowerBound
    return (0..<count).map { index in
      // The longer ones first: a segmented write may only end with a shorter one.
      let end = start + size + (index < rest ? 1 : 0)
      defer { start = end }
      return start..<end
    }
  }
}
