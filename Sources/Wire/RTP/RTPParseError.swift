/// Why bytes are not an RTP packet.
public enum RTPParseError: Error { case truncated, badVersion, badPadding }
