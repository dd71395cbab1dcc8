/// A message of the data channel establishment protocol (RFC 8832 §5).
public enum DataChannelMessage: Hashable, Sendable {
  case acknowledge
  /// DATA_CHANNEL_OPEN.
  case open(DataChannelOpen)

  /// Payload protocol identifier of these messages (RFC 8831 §8).
  public static let payloadProtocol: UInt32 = 50

  /// `nil` if `bytes` is cut short, of another type, or its text is not UTF-8.
  public init?(parsing bytes: RawSpan) {
    switch bytes.checkedBigEndian(at: 0, as: UInt8.self) {
    case 0x02: self = .acknowledge
    case 0x03:
      guard let open = DataChannelOpen(parsing: bytes) else { return nil }
      self = .open(open)
    default: return nil
    }
  }
}

/// What a new data channel is to be (RFC 8832 §5.1).
public struct DataChannelOpen: Hashable, Sendable {
  /// When to give a message up.
  public enum Reliability: Hashable, Sendable {
    case reliable
    case maximumRetransmissions(UInt32)
    case maximumLifetime(milliseconds: UInt32)
  }

  public var reliability: Reliability
  public var isUnordered: Bool
  public var priority: UInt16
  /// At most 65,535 bytes.
  public var label: String
  /// At most 65,535 bytes.
  public var subprotocol: String

  public init(
    label: String, subprotocol: String = "", reliability: Reliability = .reliable,
    isUnordered: Bool = false, priority: UInt16 = 0
  ) {
    self.reliability = reliability
    self.isUnordered = isUnordered
    self.priority = priority
    self.label = label
    self.subprotocol = subprotocol
  }

  fileprivate init?(parsing bytes: RawSpan) {
    guard bytes.byteCount >= 12 else { return nil }
    let type: UInt8 = bytes.bigEndian(at: 1)
    let parameter: UInt32 = bytes.bigEndian(at: 4)
    switch type & 0x7F {
    case 0: reliability = .reliable
    case 1: reliability = .maximumRetransmissions(parameter)
    case 2: reliability = .maximumLifetime(milliseconds: parameter)
    default: return nil
    }
    isUnordered = type & 0x80 != 0
    priority = bytes.bigEndian(at: 2)
    let labelEnd = 12 + Int(bytes.bigEndian(at: 8, as: UInt16.self))
    let end = labelEnd + Int(bytes.bigEndian(at: 10, as: UInt16.self))
    guard end <= bytes.byteCount, let label = Self.text(bytes, 12..<labelEnd),
      let subprotocol = Self.text(bytes, labelEnd..<end)
    else { return nil }
    self.label = label
    self.subprotocol = subprotocol
  }

  private static func text(_ bytes: RawSpan, _ range: Range<Int>) -> String? {
    String(validating: range.map { bytes.bigEndian(at: $0, as: UInt8.self) }, as: UTF8.self)
  }
}

extension ByteWriter {
  /// DATA_CHANNEL_OPEN; sets `didOverflow` if a text is too long or does not fit.
  @_lifetime(self: copy self)
  public mutating func append(_ open: DataChannelOpen) {
    let label = UInt16(exactly: open.label.utf8.count)
    let subprotocol = UInt16(exactly: open.subprotocol.utf8.count)
    guard let label, let subprotocol else { return appendZeros(.max) }  // overflows
    let kind: UInt8
    let parameter: UInt32
    switch open.reliability {
    case .reliable: (kind, parameter) = (0, 0)
    case .maximumRetransmissions(let count): (kind, parameter) = (1, count)
    case .maximumLifetime(let milliseconds): (kind, parameter) = (2, milliseconds)
    }
    append(UInt8(3))
    append(kind | (open.isUnordered ? 0x80 : 0))
    append(open.priority)
    append(parameter)
    append(label)
    append(subprotocol)
    append(utf8: open.label)
    append(utf8: open.subprotocol)
  }

  /// DATA_CHANNEL_ACK.
  @_lifetime(self: copy self)
  public mutating func appendDataChannelAck() { append(UInt8(2)) }
}
