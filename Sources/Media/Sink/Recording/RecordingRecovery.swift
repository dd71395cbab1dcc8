/// Finishes recordings whose process is gone and will not come back.
package enum RecordingRecovery {
  /// Makes the file of what a folder holds; needs no input and may be repeated.
  ///
  /// - Parameter folder: of one output; nothing else may be writing to it.
  /// - Returns: the file; the same one if it was finished before.
  /// - Throws: `empty` if nothing was recorded; else the parts are kept for another attempt.
  package static func finish(folder: String) throws(RecordingError) -> RecordedFile {
    try RecordingFinisher(folder: folder).finish()
  }

  /// The parts of a recording for whose single file there is no room, in order; each plays by itself.
  package static func parts(folder: String) -> [RecordedFile] {
    RecordingFinisher(folder: folder).parts()
  }

  /// True if a folder holds a recording that was begun and not finished.
  package static func isUnfinished(folder: String) -> Bool {
    guard let journal = try? RecordingJournal(folder: folder) else { return false }
    return journal.container != nil && journal.finishedFile == nil
  }
}
