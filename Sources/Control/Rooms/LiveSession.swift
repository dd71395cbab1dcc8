/// A session that is going on, and whose it is.
package struct LiveSession: Sendable, Hashable {
  package var sessionID: SessionID
  package var roomID: RoomID
  package var customRoomID: String?
  package var tenant: TenantID
}

extension RoomDirectory {
  /// The session that goes on in a room, which is named by its id or custom id.
  package func liveSession(
    _ room: String, _ access: AccessToken
  ) async throws(ControlError) -> LiveSession {
    let record = try await record(room, access)
    guard let sessionID = await live[record.roomID]?.sessionID else { throw .sessionNotFound }
    return LiveSession(
      sessionID: sessionID, roomID: record.roomID, customRoomID: record.customRoomID,
      tenant: record.tenant)
  }

  /// Whether the session is still going on.
  package func isLive(_ session: LiveSession) async -> Bool {
    await live[session.roomID]?.sessionID == session.sessionID
  }
}

extension AccessToken {
  /// Whether the token is of the session's owner, and not for another room.
  package func permits(_ session: LiveSession) -> Bool {
    tenant == session.tenant && isFor(room: session.roomID, customRoomID: session.customRoomID)
  }
}
