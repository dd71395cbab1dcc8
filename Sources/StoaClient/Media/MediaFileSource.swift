import FoundationEssentials
public import Wire

/// The frames of one encoded audio or video file, in memory, to be published in real time.
///
/// Reads IVF (VP8, VP9, AV1, H.264), Ogg Opus, and H.264 in Annex B form, told apart by their first
/// bytes. The whole file is checked when it is opened.
public struct MediaFileSource: Sendable {
  /// A frame, sound packet or temporal unit.
  package struct Frame: Sendable, Equatable {
    /// Where it is in `bytes`.
    package var range: Range<Int>
    /// Since the start of the file.
    package var time: Nanoseconds
    /// Decoding can start here.
    package var isKeyframe: Bool
  }

  /// Files are kept in memory; bots publish clips.
  public static let maximumBytes = 512 << 20
  /// Annex B has no times, unless the application knows better.
  public static let assumedFrameRate = 30.0

  public let codec: MediaCodec
  package let bytes: [UInt8]
  package let frames: [Frame]
  /// When the next round starts; at least a millisecond after the last frame.
  public let duration: Nanoseconds

  /// How many frames the file has; at least one.
  public var frameCount: Int { frames.count }

  /// - Parameter frameRate: frames per second of an Annex B file, above 0; ignored for others.
  public init(
    contentsOf path: String, frameRate: Double = assumedFrameRate
  ) throws(MediaFileError) {
    let data: Data
    do {
      data = try Data(contentsOf: URL(filePath: path))
    } catch {
      throw .unreadable("\(error)".split(whereSeparator: \.isNewline).joined(separator: " "))
    }
    try self.init(parsing: [UInt8](data), frameRate: frameRate)
  }

  /// Reads a file that is in memory.
  public init(
    parsing bytes: [UInt8], frameRate: Double = assumedFrameRate
  ) throws(MediaFileError) {
    guard bytes.count <= Self.maximumBytes else { throw .tooLong }
    let content: MediaFileContent
    if bytes.starts(with: IVFReader.magic) {
      content = try IVFReader.read(bytes)
    } else if bytes.starts(with: OggPage.magic) {
      content = try OggOpusReader.read(bytes)
    } else if AnnexBReader.startsWithStartCode(bytes) {
      content = try AnnexBReader.read(bytes, frameRate: frameRate)
    } else {
      throw .unknownFormat
    }
    guard let last = content.frames.last else { throw .empty }
    self.bytes = content.bytes
    codec = content.codec
    frames = content.frames
    duration = max(content.duration, last.time + .milliseconds(1))
  }
}

/// What a reader found in a file.
struct MediaFileContent {
  var codec: MediaCodec
  /// What the ranges of `frames` point into.
  var bytes: [UInt8]
  /// In the order of their times.
  var frames: [MediaFileSource.Frame]
  var duration: Nanoseconds
}
