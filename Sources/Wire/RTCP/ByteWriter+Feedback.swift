/// RTCP feedback. Each packet is written whole or not at all.
extension ByteWriter {
  @_lifetime(self: copy self)
  private mutating func appendFeedbackHeader(
    _ type: RTCPPacketType, _ format: UInt8, from sender: UInt32, about media: UInt32
  ) {
    appendRTCPHeader(type, count: format)
    append(sender)
    append(media)
  }

  /// A generic NACK (RFC 4585 §6.2.1).
  ///
  /// - Parameters:
  ///   - lost: in circular order; as many as fit are asked for.
  ///   - sender: our SSRC.
  ///   - media: the stream they are missing from.
  /// - Returns: how many of `lost` the packet names; 0 if nothing was written.
  @_lifetime(self: copy self)
  @discardableResult
  public mutating func appendNack(
    _ lost: [SequenceNumber], from sender: UInt32, about media: UInt32
  ) -> Int {
    let start = count
    // 16-bit length in words, less the header.
    let room = min(remaining, 4 * Int(UInt16.max)) - 12
    guard !lost.isEmpty, room >= 4 else { return 0 }
    appendFeedbackHeader(.transportFeedback, RTCPFeedbackFormat.nack, from: sender, about: media)
    var items = room / 4
    var index = 0
    while index < lost.count, items > 0 {
      let first = lost[index]
      var mask: UInt16 = 0
      index += 1
      while index < lost.count {
        let distance = lost[index].distance(from: first)
        guard (0...16).contains(distance) else { break }
        if distance > 0 { mask |= 1 << UInt16(distance - 1) }
        index += 1
      }
      append(first.rawValue)
      append(mask)
      items -= 1
    }
    return endRTCPPacket(from: start) ? index : 0
  }

  @_lifetime(self: copy self)
  @discardableResult
  public mutating func append(_ indication: PictureLossIndication) -> Bool {
    let start = count
    appendFeedbackHeader(
      .payloadFeedback, RTCPFeedbackFormat.pictureLoss, from: indication.senderSSRC,
      about: indication.mediaSSRC)
    return endRTCPPacket(from: start)
  }

  /// A full intra request (RFC 5104 §4.3.1).
  @_lifetime(self: copy self)
  @discardableResult
  public mutating func appendFullIntraRequest(
    _ entries: [FullIntraRequest.Entry], from sender: UInt32
  ) -> Bool {
    let start = count
    appendFeedbackHeader(.payloadFeedback, RTCPFeedbackFormat.fullIntra, from: sender, about: 0)
    for entry in entries {
      append(entry.ssrc)
      append(entry.sequenceNumber)
      append24(0)
    }
    return endRTCPPacket(from: start)
  }

  /// REMB for at most 255 streams; the rate is rounded down to 18 significant bits.
  @_lifetime(self: copy self)
  @discardableResult
  public mutating func appendReceiverEstimatedMaximumBitrate(
    _ bitsPerSecond: UInt64, of ssrcs: [UInt32], from sender: UInt32
  ) -> Bool {
    let start = count
    let ssrcs = ssrcs.prefix(255)
    let exponent = max(0, 64 - 18 - bitsPerSecond.leadingZeroBitCount)
    let mantissa = UInt32(truncatingIfNeeded: bitsPerSecond >> UInt64(exponent))
    appendFeedbackHeader(.payloadFeedback, RTCPFeedbackFormat.application, from: sender, about: 0)
    append(ReceiverEstimatedMaximumBitrate.identifier)
    append(UInt8(truncatingIfNeeded: ssrcs.count))
    append24(UInt32(exponent) << 18 | mantissa)
    for ssrc in ssrcs { append(ssrc) }
    return endRTCPPacket(from: start)
  }
}
