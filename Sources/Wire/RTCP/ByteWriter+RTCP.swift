/// RTCP packets. Each is written whole or not at all, and each returns whether it was.
extension ByteWriter {
  /// Report blocks a packet's 5-bit count allows (RFC 3550 §6.4.1).
  public static let maximumReportBlocks = 31

  @_lifetime(self: copy self)
  mutating func appendRTCPHeader(_ type: RTCPPacketType, count: UInt8) {
    append(0x80 | (count & 0x1F))
    append(type.rawValue)
    append(UInt16(0))
  }

  /// Fills the packet with zeros to a word and sets its length; takes it back if it did not fit.
  ///
  /// Without the padding bit: some receivers allow it in the last packet of a compound only.
  @_lifetime(self: copy self)
  mutating func endRTCPPacket(from start: Int) -> Bool {
    appendZeros((4 - (count - start) % 4) % 4)
    guard !didOverflow, let words = UInt16(exactly: (count - start) / 4 - 1) else {
      rewind(to: start)
      return false
    }
    replace(at: start + 2, with: words)
    return true
  }

  @_lifetime(self: copy self)
  private mutating func append(_ block: ReportBlock) {
    append(block.ssrc)
    append(block.fractionLost)
    append24(UInt32(bitPattern: min(max(block.cumulativeLost, -0x80_0000), 0x7F_FFFF)))
    append(block.extendedHighest)
    append(block.jitter)
    append(block.lastSR)
    append(block.delaySinceLastSR)
  }

  /// A sender report with at most `maximumReportBlocks` blocks; the rest is left out.
  @_lifetime(self: copy self)
  @discardableResult
  public mutating func append(_ report: SenderReport, blocks: [ReportBlock] = []) -> Bool {
    let start = count
    let blocks = blocks.prefix(Self.maximumReportBlocks)
    appendRTCPHeader(.senderReport, count: UInt8(truncatingIfNeeded: blocks.count))
    append(report.ssrc)
    append(report.ntpTime.rawValue)
    append(report.rtpTimestamp)
    append(report.packetCount)
    append(report.octetCount)
    for block in blocks { append(block) }
    return endRTCPPacket(from: start)
  }

  /// A receiver report with at most `maximumReportBlocks` blocks; the rest is left out.
  @_lifetime(self: copy self)
  @discardableResult
  public mutating func append(_ report: ReceiverReport, blocks: [ReportBlock] = []) -> Bool {
    let start = count
    let blocks = blocks.prefix(Self.maximumReportBlocks)
    appendRTCPHeader(.receiverReport, count: UInt8(truncatingIfNeeded: blocks.count))
    append(report.ssrc)
    for block in blocks { append(block) }
    return endRTCPPacket(from: start)
  }

  /// A source description of one source.
  ///
  /// - Parameters:
  ///   - cname: at most 255 bytes; the rest is cut.
  ///   - ssrc: whose name it is.
  /// - Returns: whether it fitted.
  @_lifetime(self: copy self)
  @discardableResult
  public mutating func appendSourceDescription(cname: String, of ssrc: UInt32) -> Bool {
    let start = count
    let name = cname.utf8.prefix(255)
    appendRTCPHeader(.sourceDescription, count: 1)
    append(ssrc)
    append(SourceDescription.cname)
    append(UInt8(truncatingIfNeeded: name.count))
    for byte in name { append(byte) }
    appendZeros(4 - (count - start) % 4)  // at least one zero ends the list
    return endRTCPPacket(from: start)
  }

  /// A goodbye of at most 31 sources; the rest is left out.
  @_lifetime(self: copy self)
  @discardableResult
  public mutating func appendGoodbye(_ ssrcs: [UInt32]) -> Bool {
    let start = count
    let ssrcs = ssrcs.prefix(31)
    appendRTCPHeader(.goodbye, count: UInt8(truncatingIfNeeded: ssrcs.count))
    for ssrc in ssrcs { append(ssrc) }
    return endRTCPPacket(from: start)
  }
}
