import Control
import Signal
import Synchronization

/// What other threads may know of the composer processes.
final class ComposerBoard: Sendable {
  private struct Entry {
    var processID: Int32?
    var pulse: ComposerPulse?
  }

  private let entries = Mutex<[SessionID: Entry]>([:])

  func setProcess(_ id: Int32?, of session: SessionID) {
    entries.withLock { $0[session] = id.map { Entry(processID: $0) } }
  }

  func setPulse(_ pulse: ComposerPulse, of session: SessionID) {
    entries.withLock { $0[session]?.pulse = pulse }
  }

  func processID(of session: SessionID) -> Int32? {
    entries.withLock { $0[session]?.processID }
  }

  /// Processes that run.
  var count: Int { entries.withLock(\.count) }
}
