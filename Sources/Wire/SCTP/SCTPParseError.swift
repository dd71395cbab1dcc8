/// Why bytes are not an SCTP packet.
public enum SCTPParseError: Error {
  /// Shorter than the header, or a chunk points past the end.
  case truncated
  /// The checksum is not that of the packet.
  case badChecksum
  /// A chunk's length is shorter than its header.
  case badChunk
}
