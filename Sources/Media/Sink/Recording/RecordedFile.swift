/// A recording as it is handed over.
package struct RecordedFile: Sendable, Equatable, Codable {
  /// Absolute.
  package var path: String
  /// Bytes.
  package var size: Int
  package var durationMilliseconds: Int64
  /// Pixels; nil if there is no picture.
  package var width: Int?
  package var height: Int?
  /// What the file is.
  package var format: FragmentMuxer.Container
}

/// Why a recording cannot be made or finished.
package enum RecordingError: Error, Equatable, Sendable {
  /// The folder holds a recording that was finished before.
  case alreadyFinished(RecordedFile)
  /// The folder holds a recording of another container.
  case otherContainer(FragmentMuxer.Container)
  /// Not one whole fragment was written.
  case empty
  /// There is no room for the finished file; the parts are kept.
  case diskFull
  case file(FileError)
  case libav(AVError)

  /// Runs `body`; what files and libav throw becomes one of these.
  static func wrapping<Result>(_ body: () throws -> Result) throws(RecordingError) -> Result {
    do {
      return try body()
    } catch {
      switch error {
      case let error as RecordingError: throw error
      case let error as FileError: throw error.isDiskFull ? .diskFull : .file(error)
      case let error as AVError: throw error.isDiskFull ? .diskFull : .libav(error)
      default: throw .libav(AVError(-1, "\(error)"))
      }
    }
  }

  /// A sentence for logs and people.
  package var reason: String {
    switch self {
    case .alreadyFinished: "the recording was finished before"
    case .otherContainer(let container): "the folder holds a recording as \(container.rawValue)"
    case .empty: "nothing was recorded"
    case .diskFull: "the disk is full; what was recorded is kept"
    case .file(let error): error.description
    case .libav(let error): error.description
    }
  }
}

/// What happens to a recording.
package enum RecordingEvent: Sendable, Equatable {
  /// The first fragment is on disk.
  case started
  /// Packets were dropped because the disk was too slow: the recording has a hole.
  case dropped(packets: Int)
  /// Writing stopped early; the file is made of what is there.
  case interrupted(reason: String, isDiskFull: Bool)
  /// The last event of a recording that went well.
  case finished(RecordedFile)
  /// The last event of one for whose single file the disk has no room: its parts, each of which plays.
  case inParts([RecordedFile])
  /// The last event of one that did not; the parts are kept.
  case failed(RecordingError)
}
