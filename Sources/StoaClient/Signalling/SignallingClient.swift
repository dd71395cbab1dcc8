package import Signal
import Synchronization

/// A participant's side of the signalling protocol (docs/signalling.md): requests and their answers,
/// events once and in order, and a socket that is replaced when it drops.
package final class SignallingClient: Sendable {
  /// A server that does not answer a request in this time will not.
  package static let requestTimeout = Duration.seconds(15)
  /// The server keeps a participant without socket for 30 s.
  private static let resumePatience = Duration.seconds(30)
  /// Events waiting to be taken; who falls further behind is disconnected.
  private static let maximumWaiting = 20_000

  private struct Pending {
    /// As sent, to be sent again after a resume.
    var message: [UInt8]
    var continuation: CheckedContinuation<Result<ServerReply, SignallingError>, Never>
  }

  private struct State {
    var connection: WebSocketConnection?
    /// Counts connections, so that the end of an old one is not taken for the new one's.
    var generation = 0
    var nextID = 1
    var pending: [Int: Pending] = [:]
    var resumeToken: String?
    var lastEvent = 0
    var hasEnded = false
  }

  /// What happens in the meeting; ends with `meetingLeft`, or without it when the connection is lost.
  package let events: AsyncStream<ServerEvent>
  private let continuation: AsyncStream<ServerEvent>.Continuation
  private let server: ServerURL
  private let state = Mutex(State())

  private init(server: ServerURL) {
    self.server = server
    (events, continuation) = AsyncStream.makeStream(
      bufferingPolicy: .bufferingOldest(Self.maximumWaiting))
  }

  /// Opens the WebSocket; the next thing must be `join`.
  package static func connect(
    to server: ServerURL
  ) async throws(SignallingError) -> SignallingClient {
    let client = SignallingClient(server: server)
    try await client.open()
    return client
  }

  // MARK: Requests

  package func join(_ join: JoinRequest) async throws(SignallingError) -> JoinedReply {
    let reply = try await perform { .join(id: $0, join) }
    guard case .joined(let joined) = reply else { throw .unexpectedReply }
    return joined
  }

  /// Sends a request and waits for its answer, across a resume if need be.
  ///
  /// - Throws: `refused`, `timeout`, or `disconnected`.
  @discardableResult
  package func request(_ request: ClientRequest) async throws(SignallingError) -> ServerReply {
    try await perform { .request(id: $0, request) }
  }

  /// Closes the socket without leaving the meeting, and gives up.
  package func close() { end() }

  /// Drops the socket as a failing network would, so that it is resumed; for tests.
  package func dropSocket() { state.withLock { $0.connection }?.abort() }

  private func perform(
    _ message: (Int) -> ClientMessage
  ) async throws(SignallingError) -> ServerReply {
    let id = state.withLock { state in
      defer { state.nextID += 1 }
      return state.nextID
    }
    return try await send(SignalJSON.encode(message(id)), id: id).get()
  }

  private func send(_ text: [UInt8], id: Int) async -> Result<ServerReply, SignallingError> {
    // Ends by itself, as nobody waits for it.
    let timer = Task {
      try await Task.sleep(for: Self.requestTimeout)
      finish(id, .failure(.timeout))
    }
    defer { timer.cancel() }
    return await withCheckedContinuation { continuation in
      let connection: WebSocketConnection? = state.withLock { state in
        guard !state.hasEnded else { return nil }
        state.pending[id] = Pending(message: text, continuation: continuation)
        return state.connection
      }
      if let connection {
        connection.send(text)
      } else if state.withLock({ $0.hasEnded }) {
        continuation.resume(returning: .failure(.disconnected))
      }
    }
  }

  private func finish(_ id: Int, _ result: Result<ServerReply, SignallingError>) {
    let pending = state.withLock { $0.pending.removeValue(forKey: id) }
    pending?.continuation.resume(returning: result)
  }

  // MARK: Connection

  private func open() async throws(SignallingError) {
    let generation = state.withLock { state in
      state.generation += 1
      return state.generation
    }
    let connection = try await WebSocketConnection.open(to: server) { [self] input in
      receive(input, generation: generation)
    }
    let isWanted = state.withLock { state in
      guard !state.hasEnded, state.generation == generation else { return false }
      state.connection = connection
      return true
    }
    if !isWanted { connection.close() }
  }

  private func receive(_ input: WebSocketConnection.Input, generation: Int) {
    switch input {
    case .text(let text):
      // A message that a newer server invented is none of ours.
      if let message = try? SignalJSON.decode(ServerMessage.self, from: text) { receive(message) }
    case .closed: connectionLost(generation)
    }
  }

  private func receive(_ message: ServerMessage) {
    switch message {
    case .pong, .waiting, .admission: break  // the answer to the join comes
    case .reply(let id, let reply):
      if case .joined(let joined) = reply {
        state.withLock { $0.resumeToken = joined.resumeToken }
      }
      finish(id, .success(reply))
    case .error(let error):
      let refusal = SignallingError.refused(
        code: error.code, name: error.name, message: error.message)
      if let id = error.id { finish(id, .failure(refusal)) }
    case .event(let number, let event):
      let isNew = state.withLock { state in
        guard number > state.lastEvent else { return false }
        state.lastEvent = number
        return true
      }
      guard isNew else { return }
      if case .dropped = continuation.yield(event) { return end() }
      if case .meetingLeft = event { end() }
    }
  }

  private func connectionLost(_ generation: Int) {
    let canResume = state.withLock { state in
      guard generation == state.generation, !state.hasEnded else { return false }
      state.connection = nil
      return state.resumeToken != nil
    }
    guard canResume else {
      if state.withLock({ generation == $0.generation }) { end() }
      return
    }
    // Outlives the callback that noticed the loss, and ends within `resumePatience`.
    Task { await resume() }
  }

  /// Tries for as long as the server remembers us.
  private func resume() async {
    let clock = ContinuousClock()
    let limit = clock.now + Self.resumePatience
    var pause = Duration.milliseconds(100)
    while clock.now < limit, !state.withLock({ $0.hasEnded }) {
      if await resumeOnce() { return }
      try? await Task.sleep(for: pause)
      pause = min(pause * 2, .seconds(3))
    }
    end()
  }

  private func resumeOnce() async -> Bool {
    do { try await open() } catch { return false }
    let (token, seq) = state.withLock { ($0.resumeToken ?? "", $0.lastEvent) }
    let message = ClientMessage.resume(id: 0, ResumeRequest(resumeToken: token, seq: seq))
    switch await send(SignalJSON.encode(message), id: 0) {
    case .success:
      let (connection, unanswered) = state.withLock { state in
        (state.connection, state.pending.sorted { $0.key < $1.key }.map(\.value.message))
      }
      for text in unanswered { connection?.send(text) }
      return true
    case .failure(.refused):  // too late
      end()
      return true
    case .failure: return false
    }
  }

  private func end() {
    let (connection, pending) = state.withLock { state in
      defer {
        state.hasEnded = true
        state.connection = nil
        state.pending = [:]
      }
      return (state.connection, Array(state.pending.values))
    }
    connection?.close()
    for request in pending { request.continuation.resume(returning: .failure(.disconnected)) }
    continuation.finish()
  }
}
