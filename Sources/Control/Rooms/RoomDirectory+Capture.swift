import Logging
import Signal

/// A capture that its composer works on.
struct PendingCapture: Sendable {
  var session: SessionID
  /// Is called once; `nil` if no answer will come.
  var answer: CheckedContinuation<ComposerEvent?, Never>
}

/// Pictures of broadcasts over REST.
extension RoomDirectory {
  /// Captures of one session at a time; each decodes up to two seconds of video.
  private static let maximumCaptures = 4
  /// A composer that is busy and waits for a segment needs six seconds.
  private static let capturePatience = Duration.seconds(15)

  /// Takes a picture of the HLS that goes on in a room, and waits until it is in a file.
  package func capture(
    _ request: CaptureRequest, _ access: AccessToken
  ) async throws(ControlError) -> CapturedPicture {
    let room = try await record(request.roomId, access)
    do {
      try request.check()
    } catch {
      throw .outputRefused(error)
    }
    let output = try await capturable(room.roomID, access)
    guard captures.values.count(where: { $0.session == output.sessionID }) < Self.maximumCaptures
    else {
      throw .quotaExceeded(
        "A session has \(Self.maximumCaptures) captures at a time.", retryAfterSeconds: 1)
    }
    let now = time().wall
    var random = SystemRandomNumberGenerator()
    let id = RandomText.objectID(at: now, using: &random)
    let format = request.format ?? .jpg
    let name = "\(id).\(format.rawValue)"
    let folder = configuration.outputs.folder(of: .hls, output.id, in: output.sessionID)
    let specification = CaptureSpecification(
      requestID: id, outputID: output.id,
      timeMilliseconds: request.time.map { Int64(($0 * 1_000).rounded()) }, width: request.width,
      height: request.height, format: format, path: "\(folder)/captures/\(name)")
    switch await answer(to: specification, output.session) {
    case .captured(_, let width, let height, let size):
      return CapturedPicture(
        roomId: room.roomID.rawValue,
        meta: CapturedPicture.Meta(
          createdAt: now.text, width: width, height: height, format: format.rawValue),
        filePath: "\(configuration.publicURL)/hls/\(output.id)/captures/\(name)", fileSize: size,
        fileName: name)
    case .captureFailed(_, let reason, let isOutOfRange):
      guard !isOutOfRange else { throw .invalidParameter("'time' is outside: \(reason)") }
      throw .conflict(reason)
    default:
      throw .outputRefused(
        OutputRefusal(
          .internalError, "The composer did not answer; try again.", retryAfterSeconds: 2))
    }
  }

  /// The HLS of a room that has pictures now.
  private func capturable(
    _ room: RoomID, _ access: AccessToken
  ) async throws(ControlError) -> OutputRecord {
    let filter = OutputFilter(.hls, roomID: room, isLive: true)
    let found = try await stored { () throws(StoreError) in
      try await store.outputs(tenant: access.tenant, filter, .first)
    }
    guard
      let output = found.elements.first(where: { $0.state == .playable || $0.state == .started })
        ?? found.elements.first
    else {
      throw .outputRefused(
        OutputRefusal(
          .notFound, "No HLS goes on in this room; begin it with POST /v2/hls/start."))
    }
    guard output.state != .starting else {
      throw .conflict("The HLS has no picture yet; try again when its status is playable.")
    }
    guard output.specification.composition?.mode != .audio else {
      throw .conflict("The HLS has no picture: its mode is audio.")
    }
    return output
  }

  private func answer(
    to specification: CaptureSpecification, _ session: ComposedSession
  ) async -> ComposerEvent? {
    let id = specification.requestID
    let limit = Task {
      if (try? await Task.sleep(for: Self.capturePatience)) != nil { self.endCapture(id, nil) }
    }
    defer { limit.cancel() }
    return await withCheckedContinuation { continuation in
      captures[id] = PendingCapture(session: session.sessionID, answer: continuation)
      composers.send(ComposerOrder(session, .capture(specification)))
    }
  }

  /// Hands an answer to whoever waits for it.
  func endCapture(_ id: String, _ event: ComposerEvent?) {
    captures.removeValue(forKey: id)?.answer.resume(returning: event)
  }

  /// The composer that had them is gone.
  func endCaptures(of session: SessionID) {
    for (id, capture) in captures where capture.session == session { endCapture(id, nil) }
  }
}
