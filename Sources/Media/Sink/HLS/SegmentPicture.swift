internal import CFFmpeg

/// Pictures of times that a broadcast over HLS has behind it, out of its segments.
package enum SegmentPicture {
  /// How much of a rendition is in whole segments; 0 before the first.
  ///
  /// - Parameter folder: of the rendition; somebody else may be writing to it.
  /// - Throws: `FileError` if it cannot be read.
  package static func durationMilliseconds(of folder: String) throws(FileError) -> Int64 {
    try segments(of: folder).reduce(0) { $0 &+ $1.nanoseconds } / 1_000_000
  }

  /// The picture that players show at a time.
  ///
  /// - Parameters:
  ///   - folder: of the rendition.
  ///   - milliseconds: since the first segment's beginning, below `durationMilliseconds`.
  /// - Throws: `FileError` or `AVError` if there is no such picture.
  package static func decode(
    from folder: String, atMilliseconds milliseconds: Int64
  ) throws -> VideoFrame {
    var begin: Int64 = 0
    for segment in try segments(of: folder) {
      let end = begin &+ segment.nanoseconds
      if milliseconds &* 1_000_000 < end {
        return try decode(
          segment, in: folder, atMilliseconds: milliseconds &- begin / 1_000_000)
      }
      begin = end
    }
    throw AVError(stoa_averror_invalid_data, "find a picture after the end of the stream")
  }

  private static func segments(of folder: String) throws(FileError) -> [HLSPlaylist.Segment] {
    guard Files.exists("\(folder)/segments.jsonl") else { return [] }
    return try HLSFolder(path: folder).segments
  }

  /// Decodes one segment from its keyframe on.
  private static func decode(
    _ segment: HLSPlaylist.Segment, in folder: String, atMilliseconds milliseconds: Int64
  ) throws -> VideoFrame {
    // A file of its own: a segment is none without its initialization.
    let path = "\(folder)/.picture-\(segment.sequence)-\(UInt32.random(in: 0 ... .max)).mp4"
    defer { Files.remove(path) }
    let bytes = try Files.read("\(folder)/\(segment.map)") + Files.read("\(folder)/\(segment.uri)")
    try DurableFile(appendingTo: path, truncatedTo: 0).append(bytes)
    let decoder = try FileDecoder(path: path, type: AVMEDIA_TYPE_VIDEO)
    var begin: Int64?
    var chosen: VideoFrame?
    while let frame = try decoder.next() {
      let time = decoder.milliseconds(frame)
      let passed = time &- (begin ?? time)
      begin = begin ?? time
      // The picture on screen is the last one that began before.
      if chosen != nil, passed > milliseconds { break }
      var copy = av_frame_clone(frame)
      guard let owned = copy else { throw AVError(-ENOMEM, "keep a picture") }
      guard let picture = VideoFrame(adopting: owned) else {
        av_frame_free(&copy)
        continue
      }
      chosen = picture
    }
    guard let chosen else {
      throw AVError(stoa_averror_invalid_data, "find a picture in a segment")
    }
    return chosen
  }
}
