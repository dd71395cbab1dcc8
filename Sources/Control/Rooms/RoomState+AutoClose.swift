import Signal
import Wire

extension RoomState {
  /// Ends a session that has lasted as long as the room allows, and the room with it if it says so.
  mutating func closeIfDue(_ now: Moment) {
    guard let autoClose, let session,
      session.startedAt + .seconds(Int64(autoClose.duration) * 60) <= now.monotonic
    else { return }
    endSession(.autoClosed, .roomClose, closeCode: 1000, now)
    switch autoClose.type {
    case .sessionEnds: break
    case .sessionEndAndDeactivate:
      effects.append(.store(.roomDisabled(roomID, at: now.wall)))
      setDisabled(true, now)
    }
  }
}
