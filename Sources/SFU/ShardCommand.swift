/// A room as a shard knows it; the control plane never reuses a number.
public struct RoomNumber: Hashable, Sendable, Codable {
  public var rawValue: UInt32
  @inlinable public init(_ rawValue: UInt32) { self.rawValue = rawValue }
}

/// One participant's peer connection; a new connection gets a new number.
public struct EndpointNumber: Hashable, Sendable, Codable {
  public var rawValue: UInt32
  @inlinable public init(_ rawValue: UInt32) { self.rawValue = rawValue }
}

/// One published stream of an endpoint; never reused.
public struct TrackNumber: Hashable, Sendable, Codable {
  public var rawValue: UInt32
  @inlinable public init(_ rawValue: UInt32) { self.rawValue = rawValue }
}

/// What a track shows; a camera and a screen differ in what quality means and in who is presenting.
public enum TrackKind: String, Sendable, Codable, CaseIterable {
  case audio, video, share, shareAudio

  @inlinable public var isAudio: Bool { self == .audio || self == .shareAudio }
}

/// The largest simulcast layer that a subscriber asked for.
public enum LayerCap: UInt8, Sendable, Codable, CaseIterable {
  case low = 0
  case medium = 1
  case high = 2
}

/// What the control plane tells a shard.
///
/// Plain values: they cross a process boundary as JSON.
///
/// Commands about a number that is unknown (its endpoint died a moment ago) are ignored.
public enum ShardCommand: Sendable, Codable, Equatable {
  /// Adds an endpoint to a room (made on first use); answered by `answered` or `refused`.
  case connect(EndpointNumber, room: RoomNumber, offer: String)
  /// A further offer of the same peer connection; answered likewise.
  case renegotiate(EndpointNumber, offer: String)
  /// Removes an endpoint with its tracks and subscriptions.
  case disconnect(EndpointNumber)
  /// The endpoint's m-line `mid` carries this track from now on.
  case publish(TrackNumber, endpoint: EndpointNumber, kind: TrackKind, mid: String)
  case unpublish(TrackNumber)
  /// Forwards a track to an endpoint; `seated` tells in which m-line, once there is one.
  ///
  /// `companion` is the track to share a seat (and lip sync) with: the same participant's
  /// other half of camera or screen share, `nil` if there is none.
  case subscribe(TrackNumber, endpoint: EndpointNumber, companion: TrackNumber?)
  case unsubscribe(TrackNumber, endpoint: EndpointNumber)
  case setLayerCap(TrackNumber, endpoint: EndpointNumber, LayerCap)
  case setPaused(TrackNumber, endpoint: EndpointNumber, Bool)
  /// Asks for a `statistics` event.
  case reportStatistics
}
