/// Why bytes are not a STUN message.
public enum STUNParseError: Error {
  /// Shorter than its header, or an attribute points past the end.
  case truncated
  /// The first two bits are not zero, or the length is not that of the datagram.
  case badHeader
  /// Not the magic cookie of RFC 8489 §5.
  case badCookie
  /// An attribute we use has a length or value it cannot have.
  case badAttribute
}
