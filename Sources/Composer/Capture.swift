internal import Foundation
internal import Media
internal import Signal

/// One picture out of a composition.
enum Capture {
  /// Writes it to its file, scaled as asked; tells how that went.
  static func write(
    _ picture: VideoFrame, as wanted: CaptureSpecification
  ) -> ComposerEvent {
    let width = wanted.width ?? wanted.height.map { $0 * picture.width / picture.height }
    let height = wanted.height ?? wanted.width.map { $0 * picture.height / picture.width }
    do {
      let bytes = try StillPicture.encode(
        picture, as: StillPicture.Format(wanted.format), width: width ?? picture.width,
        height: height ?? picture.height)
      try Data(bytes).write(to: URL(filePath: wanted.path), options: .atomic)
      return .captured(
        requestID: wanted.requestID, width: width ?? picture.width,
        height: height ?? picture.height, size: Int64(bytes.count))
    } catch {
      return .captureFailed(requestID: wanted.requestID, reason: "\(error)")
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
