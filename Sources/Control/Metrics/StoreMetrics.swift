/// What the store has done since it was opened.
package final class StoreMetrics: Sendable {
  /// From asking to commit to the disk's confirmation; others' commits that went first included.
  package let commits = DurationHistogram()
  package let failures = Counter()
  package let sessionsStarted = Counter()
  package let participantsJoined = Counter()
  package let messagesStored = Counter()
  /// Attempts that an endpoint confirmed.
  package let webhooksDelivered = Counter()
  /// Attempts that failed, and are repeated.
  package let webhooksFailed = Counter()
  /// Deliveries that were given up.
  package let webhooksDead = Counter()
  /// Rows that were deleted because of their age.
  package let purgedRows = Counter()

  package init() {}

  /// Counts what is on the disk now.
  func count(_ changes: [StoreChange]) {
    for change in changes {
      if case .sessionStarted = change { sessionsStarted.add() }
      if case .participantJoined = change { participantsJoined.add() }
      if case .message = change { messagesStored.add() }
      if case .webhookAttempted(let attempt) = change { count(attempt) }
    }
  }

  private func count(_ attempt: WebhookAttempt) {
    switch attempt.outcome {
    case .delivered: webhooksDelivered.add()
    case .retry: webhooksFailed.add()
    case .dead, .endpointGone: webhooksDead.add()
    }
  }
}
