/// What the store has done since it was opened.
package final class StoreMetrics: Sendable {
  /// From asking to commit to the disk's confirmation; others' commits that went first included.
  package let commits = DurationHistogram()
  package let failures = Counter()
  package let sessionsStarted = Counter()
  package let participantsJoined = Counter()
  package let messagesStored = Counter()
  /// Rows that were deleted because of their age.
  package let purgedRows = Counter()

  package init() {}

  /// Counts what is on the disk now.
  func count(_ changes: [StoreChange]) {
    for change in changes {
      if case .sessionStarted = change { sessionsStarted.add() }
      if case .participantJoined = change { participantsJoined.add() }
      if case .message = change { messagesStored.add() }
    }
  }
}
