/// Why bytes are not RTCP.
public enum RTCPParseError: Error {
  /// Empty, or a length points past the end.
  case truncated
  case badVersion
  /// The padding count is 0 or longer than its packet.
  case badPadding
}
