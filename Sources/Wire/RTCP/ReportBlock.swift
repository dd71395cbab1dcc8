/// What a receiver says about one source (RFC 3550 §6.4.1).
public struct ReportBlock: Hashable, Sendable {
  public static let byteCount = 24

  public var ssrc: UInt32
  /// Share lost since the last report, in 1/256.
  public var fractionLost: UInt8
  /// Packets lost in all, −0x80_0000...0x7F_FFFF; negative when duplicates outnumber losses.
  public var cumulativeLost: Int32
  /// Highest sequence number received, wraps counted in the upper half.
  public var extendedHighest: UInt32
  /// Interarrival jitter in media-clock ticks.
  public var jitter: UInt32
  /// Middle 32 bits of the NTP time of the last sender report; 0 if there was none.
  public var lastSR: UInt32
  /// Time since that report, in 1/65536 s.
  public var delaySinceLastSR: UInt32

  public init(
    ssrc: UInt32, fractionLost: UInt8 = 0, cumulativeLost: Int32 = 0, extendedHighest: UInt32 = 0,
    jitter: UInt32 = 0, lastSR: UInt32 = 0, delaySinceLastSR: UInt32 = 0
  ) {
    self.ssrc = ssrc
    self.fractionLost = fractionLost
    self.cumulativeLost = cumulativeLost
    self.extendedHighest = extendedHighest
    self.jitter = jitter
    self.lastSR = lastSR
    self.delaySinceLastSR = delaySinceLastSR
  }

  /// - Parameters:
  ///   - bytes: must hold `byteCount` bytes from `offset` on.
  ///   - offset: where the block starts.
  init(checked bytes: RawSpan, at offset: Int) {
    ssrc = bytes.bigEndian(at: offset)
    let loss: UInt32 = bytes.bigEndian(at: offset + 4)
    fractionLost = UInt8(truncatingIfNeeded: loss >> 24)
    cumulativeLost = Int32(bitPattern: loss << 8) >> 8
    extendedHighest = bytes.bigEndian(at: offset + 8)
    jitter = bytes.bigEndian(at: offset + 12)
    lastSR = bytes.bigEndian(at: offset + 16)
    delaySinceLastSR = bytes.bigEndian(at: offset + 20)
  }
}

extension RTCPPacketView {
  /// Calls `body` with every report block of a sender or receiver report; blocks cut off are
  /// left out.
  public func forEachReportBlock(_ body: (ReportBlock) -> Void) {
    var offset: Int
    switch type {
    case .senderReport: offset = SenderReport.byteCount
    case .receiverReport: offset = ReceiverReport.byteCount
    default: return
    }
    for _ in 0..<count where bytes.byteCount - offset >= ReportBlock.byteCount {
      body(ReportBlock(checked: bytes, at: offset))
      offset += ReportBlock.byteCount
    }
  }
}
