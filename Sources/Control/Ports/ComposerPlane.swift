package import Signal

/// The composer processes, one for each session that has outputs, as the control plane sees them.
package protocol ComposerPlane: Sendable {
  /// Queues an order; never waits.
  func send(_ order: ComposerOrder)

  /// What the composers say, in the order each said it. Read once.
  var news: AsyncStream<ComposerNews> { get }
}

/// What the control plane asks of one session's composer.
package struct ComposerOrder: Sendable, Equatable {
  package enum Content: Sendable, Equatable {
    /// Begins an output; the first one starts the process.
    case start(OutputSpecification)
    case stop(outputID: String)
    /// Draws a running output in another way.
    case relayout(outputID: String, composition: CompositionSpecification)
    case capture(CaptureSpecification)
    /// The session is over: an output that a server left behind is made whole.
    case finish(OutputSpecification)
    /// No output is left, or none may go on: the process ends when its files are whole.
    case end
  }

  package var session: ComposedSession
  package var content: Content

  package init(_ session: ComposedSession, _ content: Content) {
    self.session = session
    self.content = content
  }
}

/// A session as a composer process is told of it.
package struct ComposedSession: Sendable, Hashable {
  package var sessionID: SessionID
  package var roomID: RoomID
  package var tenant: TenantID

  package init(sessionID: SessionID, roomID: RoomID, tenant: TenantID) {
    self.sessionID = sessionID
    self.roomID = roomID
    self.tenant = tenant
  }
}

/// What happened to a session's composer, or in it.
package struct ComposerNews: Sendable, Equatable {
  package enum Content: Sendable, Equatable {
    case event(ComposerEvent)
    /// The process died and another goes on with the same outputs.
    case restarted(attempt: Int)
    /// No process lives long enough, or none can be started: what goes on is over.
    case gaveUp(reason: String)
  }

  package var session: ComposedSession
  package var content: Content

  package init(_ session: ComposedSession, _ content: Content) {
    self.session = session
    self.content = content
  }
}

/// A server that composes nothing: nobody may start an output.
package struct NoComposers: ComposerPlane {
  package init() {}
  package func send(_ order: ComposerOrder) {}
  package var news: AsyncStream<ComposerNews> { AsyncStream { $0.finish() } }
}
