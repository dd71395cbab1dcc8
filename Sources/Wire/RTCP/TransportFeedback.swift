/// When each packet of a transport arrived: transport-wide congestion control feedback
/// (draft-holmer-rmcat-transport-wide-cc-extensions-01 §3.1).
public struct TransportFeedback: ~Escapable {
  /// Unit of a delta.
  public static let deltaTick = Nanoseconds.microseconds(250)
  /// Unit of the reference time.
  public static let referenceTick = Nanoseconds.milliseconds(64)
  /// Offset of the first packet status chunk.
  static let headerLength = 20

  private let bytes: RawSpan
  private let deltaOffset: Int
  public let senderSSRC: UInt32
  public let mediaSSRC: UInt32
  public let baseSequenceNumber: SequenceNumber
  /// Packets reported, received or not.
  public let statusCount: UInt16
  /// In units of 64 ms, 24 bits with sign; wraps every 12 days.
  public let referenceTime: Int32
  /// Goes up by one with every feedback packet, so lost feedback is noticed.
  public let feedbackCount: UInt8

  /// `nil` if `packet` is something else, or its chunks or deltas do not fit in it.
  @_lifetime(copy packet)
  public init?(parsing packet: borrowing RTCPPacketView) {
    let bytes = packet.bytes
    guard packet.isFeedback(.transportFeedback, RTCPFeedbackFormat.transportWide),
      bytes.byteCount >= Self.headerLength
    else { return nil }
    senderSSRC = bytes.bigEndian(at: 4)
    mediaSSRC = bytes.bigEndian(at: 8)
    baseSequenceNumber = SequenceNumber(bytes.bigEndian(at: 12))
    statusCount = bytes.bigEndian(at: 14)
    referenceTime = Int32(bitPattern: bytes.bigEndian24(at: 16) << 8) >> 8
    feedbackCount = bytes.bigEndian(at: 19)
    guard let layout = Self.layout(of: bytes, statusCount: Int(statusCount)),
      layout.deltaLength <= bytes.byteCount - layout.deltaOffset
    else { return nil }
    self.bytes = bytes
    deltaOffset = layout.deltaOffset
  }

  /// Calls `body` with every packet in order of sequence number, and when it arrived: time since
  /// the receiver's own epoch, `referenceTime` included; `nil` if it did not.
  public func forEachStatus(_ body: (SequenceNumber, Nanoseconds?) -> Void) {
    var chunkOffset = Self.headerLength
    var delta = deltaOffset
    var arrival = Self.referenceTick * Int64(referenceTime)
    var index = 0
    while index < Int(statusCount) {
      let chunk = PacketStatusChunk(rawValue: bytes.bigEndian(at: chunkOffset))
      chunkOffset += 2
      for position in 0..<min(chunk.count, Int(statusCount) - index) {
        let sequence = baseSequenceNumber.advanced(by: index)
        index += 1
        switch chunk.status(at: position) {
        case .received:
          arrival = arrival + Self.deltaTick * Int64(bytes.bigEndian(at: delta, as: UInt8.self))
          delta += 1
          body(sequence, arrival)
        case .receivedLargeDelta:
          arrival = arrival + Self.deltaTick * Int64(bytes.bigEndian(at: delta, as: Int16.self))
          delta += 2
          body(sequence, arrival)
        case .notReceived, .reserved: body(sequence, nil)
        }
      }
    }
  }

  private struct Layout {
    var deltaOffset: Int
    var deltaLength: Int
  }

  /// Where the deltas start and how long they are; `nil` if chunks are cut off or use the reserved
  /// status.
  private static func layout(of bytes: RawSpan, statusCount: Int) -> Layout? {
    var layout = Layout(deltaOffset: headerLength, deltaLength: 0)
    var remaining = statusCount
    while remaining > 0 {
      guard let value = bytes.checkedBigEndian(at: layout.deltaOffset, as: UInt16.self) else {
        return nil
      }
      let chunk = PacketStatusChunk(rawValue: value)
      let count = min(chunk.count, remaining)
      // A run of length 0 makes no progress; it is malformed.
      guard count > 0, let length = chunk.deltaLength(of: count) else { return nil }
      layout.deltaOffset += 2
      layout.deltaLength += length
      remaining -= count
    }
    return layout
  }
}
