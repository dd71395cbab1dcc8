import Wire

/// What one m-line of a publisher sends: up to three encodings, and who gets them.
struct PublishedTrack: ~Copyable {
  /// A packet that has arrived and not been forwarded yet.
  struct Pending {
    var index: Int64
    var stream: Int32
    var layer: Int8
    /// Bytes that make it as long as the packet before it.
    var padding: UInt8 = 0
  }

  /// A segmented write takes at most 64; a frame is seldom longer than this.
  static let maximumPending = 32
  /// How long a video packet may wait for company.
  ///
  /// Sending costs less than half in runs (measured), and a frame's last packet ends the wait at
  /// once.
  static let patience = Nanoseconds.milliseconds(4)

  let number: TrackNumber
  let endpoint: Int32
  let kind: TrackKind
  let mid: ShortToken
  /// Slots of the encodings, smallest first; -1 where none has arrived.
  var layers = InlineArray<3, Int32>(repeating: -1)
  /// Encodings negotiated; 1 without simulcast.
  var layerCount: Int
  var subscribers: [Int32] = []
  /// Of all its encodings together.
  var continuity = FrameContinuity()
  var pending: [Pending] = []
  /// When what is pending has to be forwarded.
  var due = MonotonicTime.distantFuture

  init(
    number: TrackNumber, endpoint: Int32, kind: TrackKind, mid: ShortToken, layerCount: Int
  ) {
    self.number = number
    self.endpoint = endpoint
    self.kind = kind
    self.mid = mid
    self.layerCount = max(1, min(layerCount, 3))
    pending.reserveCapacity(Self.maximumPending)
  }

  /// Notes an arrived packet; true if nothing was pending before.
  mutating func append(_ packet: Pending, isUrgent: Bool, at now: MonotonicTime) -> Bool {
    let wasIdle = pending.isEmpty
    pending.append(packet)
    if isUrgent || pending.count >= Self.maximumPending {
      due = now
    } else if wasIdle {
      due = now + Self.patience
    }
    return wasIdle
  }
}
