import RTC
import Wire

/// One track forwarded to one endpoint: which of its packets, and under which payload type.
struct Subscription: ~Copyable {
  let track: Int32
  let endpoint: Int32
  /// The outgoing stream it is seated in; -1 while it waits for a seat.
  var outgoing: Int32 = -1
  var line: Int32 = -1
  var cap = LayerCap.high
  var isPaused = false
  /// The track that it would share a seat with.
  var companion: TrackNumber?

  /// The stream being forwarded; -1 until a packet came from which decoding can start.
  var current: Int32 = -1
  /// The layer to go to when its keyframe comes.
  var target: Int8 = 0
  /// The track's freezes that its endpoint has been told of, or did not see.
  var frozen = FrameContinuity.Totals()
  /// The subscriber's payload types for the current stream's codec; `nil` if it does not know it.
  var payloadTypes: PayloadTypes?

  init(track: Int32, endpoint: Int32, companion: TrackNumber?) {
    self.track = track
    self.endpoint = endpoint
    self.companion = companion
  }

  /// Whether a packet of another stream than the current one is to be switched to.
  func accepts(layer: Int8, startsDecoding: Bool) -> Bool {
    layer == target && startsDecoding
  }
}
