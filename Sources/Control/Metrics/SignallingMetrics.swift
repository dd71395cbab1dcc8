import Signal
import Synchronization

/// What all signalling sockets together have done.
package final class SignallingMetrics: Sendable {
  /// Kinds of messages that are told apart: those that come in numbers, and the rest.
  package enum MessageKind: String, CaseIterable, Sendable {
    case ping, join, resume, offer, publish, subscribe, other
    /// What was no message, or broke a limit.
    case refused
  }

  private let received = Mutex<[MessageKind: UInt64]>([:])
  /// Frames that were queued for a socket.
  package let framesSent = Counter()
  /// Frames that found their socket's queue full, whereupon the socket is closed (4408).
  package let framesRefused = Counter()

  package init() {}

  package func count(_ kind: MessageKind) { received.withLock { $0[kind, default: 0] &+= 1 } }

  package func messages(_ kind: MessageKind) -> UInt64 {
    received.withLock { $0[kind, default: 0] }
  }
}

extension SignallingMetrics.MessageKind {
  init(_ message: ClientMessage) {
    switch message {
    case .ping: self = .ping
    case .join: self = .join
    case .resume: self = .resume
    case .request(_, .offer): self = .offer
    case .request(_, .publish): self = .publish
    case .request(_, .subscribe): self = .subscribe
    case .request: self = .other
    }
  }
}
