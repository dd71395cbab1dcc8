internal import Foundation
internal import Glibc
internal import Media
internal import Signal

/// One picture out of a composition.
enum Capture {
  /// Pictures of an output that are kept; the oldest go.
  private static let maximumCount = 1_000
  /// How long a segment that is being made is waited for: it is there after two seconds, and a slow disk.
  private static let segmentPatienceMilliseconds: Int64 = 4_000
  private static let pollMilliseconds: Int64 = 100

  /// Writes it to its file, scaled as asked; tells how that went.
  static func write(
    _ picture: VideoFrame, as wanted: CaptureSpecification
  ) -> ComposerEvent {
    let width = wanted.width ?? wanted.height.map { max($0 * picture.width / picture.height, 1) }
    let height = wanted.height ?? wanted.width.map { max($0 * picture.height / picture.width, 1) }
    do {
      let bytes = try StillPicture.encode(
        picture, as: StillPicture.Format(wanted.format), width: width ?? picture.width,
        height: height ?? picture.height)
      let file = URL(filePath: wanted.path)
      let folder = file.deletingLastPathComponent()
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      try Data(bytes).write(to: file, options: .atomic)
      removeOldest(in: folder)
      return .captured(
        requestID: wanted.requestID, width: width ?? picture.width,
        height: height ?? picture.height, size: Int64(bytes.count))
    } catch {
      return failure(wanted, "\(error)")
    }
  }

  /// Decodes the picture of its time out of a rendition's segments, and writes it.
  ///
  /// - Parameter rendition: the folder of one quality of HLS.
  static func write(from rendition: String, as wanted: CaptureSpecification) -> ComposerEvent {
    let time = wanted.timeMilliseconds ?? 0
    var waited: Int64 = 0
    do {
      while true {
        let end = try SegmentPicture.durationMilliseconds(of: rendition)
        if time < end { break }
        // It may lie in the segment that is being made.
        guard time < end + segmentPatienceMilliseconds, waited < segmentPatienceMilliseconds else {
          return failure(
            wanted, "The stream has pictures from 0 to \(seconds(end)) seconds.",
            isOutOfRange: true)
        }
        // On a thread of its own: nobody else waits.
        usleep(UInt32(pollMilliseconds * 1_000))
        waited += pollMilliseconds
      }
      return write(
        try SegmentPicture.decode(from: rendition, atMilliseconds: time), as: wanted)
    } catch {
      return failure(wanted, "\(error)")
    }
  }

  private static func failure(
    _ wanted: CaptureSpecification, _ reason: String, isOutOfRange: Bool = false
  ) -> ComposerEvent {
    .captureFailed(requestID: wanted.requestID, reason: reason, isOutOfRange: isOutOfRange)
  }

  private static func seconds(_ milliseconds: Int64) -> String {
    "\(milliseconds / 1_000).\(milliseconds % 1_000 / 100)"
  }

  /// Their names begin with the time.
  private static func removeOldest(in folder: URL) {
    guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder.path),
      names.count > maximumCount
    else { return }
    for name in names.sorted().prefix(names.count - maximumCount) {
      try? FileManager.default.removeItem(at: folder.appending(path: name))
    }
  }
}

extension StillPicture.Format {
  init(_ format: CaptureSpecification.Format) {
    switch format {
    case .jpg: self = .jpg
    case .png: self = .png
    case .webp: self = .webp
    }
  }
}
