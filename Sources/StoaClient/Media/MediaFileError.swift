/// Why a file cannot be published.
public enum MediaFileError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The reason in the system's words.
  case unreadable(String)
  /// Longer than `MediaFileSource.maximumBytes`.
  case tooLong
  /// Not IVF, Ogg or Annex B.
  case unknownFormat
  /// An IVF file of another codec, by its four-character code.
  case unknownCodec(String)
  /// What is wrong, and at which byte.
  case malformed(String, offset: Int)
  /// A well-formed file with nothing in it.
  case empty

  public var description: String {
    switch self {
    case .unreadable(let reason): "cannot be read: \(reason)"
    case .tooLong: "is longer than \(MediaFileSource.maximumBytes >> 20) MiB"
    case .unknownFormat: "is neither IVF, Ogg Opus nor H.264 in Annex B form"
    case .unknownCodec(let code): "is coded with '\(code)', not VP80, VP90, AV01 or H264"
    case .malformed(let reason, let offset): "\(reason) (at byte \(offset))"
    case .empty: "has no frames"
    }
  }
}
