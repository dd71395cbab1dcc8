/// Why text is not a session description we take.
public enum SDPParseError: Error, Equatable, Sendable {
  /// More than `SDPParser.maximumBytes`.
  case tooLong
  /// More than `SDPParser.maximumLines`.
  case tooManyLines
  /// More than `SDPParser.maximumMedia`.
  case tooManyMedia
  /// The first line is not `v=0`.
  case badVersion
  /// The line of this number, counted from 1, is malformed.
  case badLine(Int)
}
