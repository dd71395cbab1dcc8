package import Control
import FoundationEssentials
import NIOPosix
import Signal

/// The folders in which outputs' files lie.
package struct OutputFiles: Sendable {
  private let settings: OutputSettings

  package init(_ settings: OutputSettings) { self.settings = settings }

  /// Removes an output's folder, with all that is in it.
  package func remove(_ output: OutputRecord) async {
    let folder = settings.folder(of: output.type, output.id, in: output.sessionID)
    try? await NIOThreadPool.singleton.runIfActive {
      try? FileManager.default.removeItem(atPath: folder)
    }
  }

  /// The path of a finished file, if it lies where outputs do.
  func path(of file: OutputFileRecord) -> String? {
    let path = file.file.path
    let roots = [settings.dataFolder + "/outputs/", settings.dataFolder + "/hls/"]
    guard !settings.dataFolder.isEmpty, roots.contains(where: { path.hasPrefix($0) }),
      !path.split(separator: "/").contains("..")
    else { return nil }
    return path
  }

  /// The media type of a file by its format.
  static func mediaType(of file: OutputFileRecord) -> String {
    switch (file.file.format, file.file.kind) {
    case ("mp4", .audio): "audio/mp4"
    case ("mp4", _): "video/mp4"
    case ("webm", .audio): "audio/webm"
    case ("webm", _): "video/webm"
    case ("m3u8", _): "application/vnd.apple.mpegurl"
    default: "application/octet-stream"
    }
  }
}
