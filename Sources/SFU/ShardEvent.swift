/// What a shard tells the control plane.
///
/// Plain values: they cross a process boundary as JSON.
public enum ShardEvent: Sendable, Codable, Equatable {
  /// The SDP answer to `connect` or `renegotiate`.
  case answered(EndpointNumber, answer: String)
  /// The offer could not be taken; the endpoint is as it was before (absent, after `connect`).
  case refused(EndpointNumber, reason: String)
  /// ICE and DTLS are through; media flows. Also sent when consent comes back after `interrupted`.
  case connected(EndpointNumber)
  /// Nothing valid was heard from the peer for 5 s; it may come back.
  case interrupted(EndpointNumber)
  /// The transport is gone (consent expired, DTLS closed or failed); the endpoint was removed.
  case closed(EndpointNumber, reason: String)
  /// The track is forwarded in this m-line of the endpoint.
  case seated(TrackNumber, endpoint: EndpointNumber, mid: String)
  /// The track left the m-line it was seated in.
  case unseated(TrackNumber, endpoint: EndpointNumber, mid: String)
  /// The endpoint should offer `count` seats in all.
  case seatsNeeded(EndpointNumber, count: Int)
  /// Who speaks in the room; `nil` after a while of silence.
  case activeSpeaker(RoomNumber, EndpointNumber?)
  /// How some endpoints' media fared; each is told of every `Shard.qualityInterval`.
  case quality([EndpointQuality])
  case statistics(ShardStatistics)
}
