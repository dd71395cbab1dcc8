import Synchronization

/// Counts the objects that exist, so that one which is never let go is seen.
///
/// When nobody is connected every count is back at 0: the soak test holds the server to it.
package final class LiveObjects: Sendable {
  /// What is counted.
  package enum Kind: String, CaseIterable, Sendable {
    case room, participant, connection, outbox
    /// The clock of one WebSocket, which ticks once a second.
    case timer
  }

  private let counts = Mutex<[Kind: Int]>([:])

  package init() {}

  /// Counts one object until the mark is gone.
  package func mark(_ kind: Kind) -> Mark { Mark(self, kind) }

  package func count(of kind: Kind) -> Int { counts.withLock { $0[kind, default: 0] } }

  fileprivate func add(_ change: Int, _ kind: Kind) {
    counts.withLock { $0[kind, default: 0] += change }
  }

  /// Held by a counted object; for a value, by all its copies together.
  package final class Mark: Sendable {
    private let owner: LiveObjects
    private let kind: Kind

    fileprivate init(_ owner: LiveObjects, _ kind: Kind) {
      self.owner = owner
      self.kind = kind
      owner.add(1, kind)
    }

    deinit { owner.add(-1, kind) }
  }
}
