/// How one endpoint's media fared in the last seconds, as its shard saw it.
///
/// Told from the participant's side: sent is what the endpoint sends, received what it is sent.
public struct EndpointQuality: Sendable, Codable, Equatable {
  public var endpoint: EndpointNumber
  /// How long the counts cover; about `Shard.qualityInterval`.
  public var milliseconds: Int
  /// `nil` where nothing flowed; microphone and sound of a screen together.
  public var sentAudio: MediaFlow?
  /// Camera and screen together, with all their layers.
  public var sentVideo: MediaFlow?
  public var receivedAudio: MediaFlow?
  public var receivedVideo: MediaFlow?
  /// By the latest report about anything that it was sent; `nil` before the first.
  public var roundTripMicroseconds: Int?
  /// Keyframes that were asked of it.
  public var keyframesRequested = 0
  /// Times that a camera it is shown brought no complete frame for `FrameContinuity.freeze`.
  public var freezes = 0
  /// How long those lasted.
  public var frozenMilliseconds = 0
  /// Videos that it is shown, by size; `nil` where no size is known.
  public var shown: SizeCounts?

  public init(endpoint: EndpointNumber, milliseconds: Int) {
    self.endpoint = endpoint
    self.milliseconds = milliseconds
  }
}

/// All audio or all video of an endpoint in one direction, over some seconds.
public struct MediaFlow: Sendable, Codable, Equatable {
  /// Packets that were to arrive.
  public var packets: Int
  /// Packets that did not arrive at first.
  public var lost: Int
  /// Packets that were sent again and arrived (sent by the endpoint), or were sent again (to it).
  public var repaired: Int
  /// RTP bytes.
  public var bytes: Int
  /// The mean over its streams; `nil` if no report told.
  public var jitterMicroseconds: Int?
  /// The mean of those measured; `nil` if none was.
  public var roundTripMicroseconds: Int?
  /// Of all videos whose size is known, together; `nil` without one.
  public var pixelsPerSecond: Int?
  /// Of the cameras, the mean; `nil` without one.
  public var framesPerSecond: Int?

  public init(packets: Int = 0, lost: Int = 0, repaired: Int = 0, bytes: Int = 0) {
    self.packets = packets
    self.lost = lost
    self.repaired = repaired
    self.bytes = bytes
  }
}

/// How many videos there are of which size.
public struct SizeCounts: Sendable, Codable, Equatable {
  /// Lines of a picture that counts where it is the first not smaller.
  public static let lines = [180, 360, 720, 1_080, 1_440, 2_160]

  public var upTo180 = 0
  public var upTo360 = 0
  public var upTo720 = 0
  public var upTo1080 = 0
  public var upTo1440 = 0
  /// And whatever is larger.
  public var upTo2160 = 0

  public init() {}

  /// Counts a picture by its shorter side, so that a telephone held upright is no larger.
  public mutating func count(width: Int, height: Int) {
    switch min(width, height) {
    case ...180: upTo180 += 1
    case ...360: upTo360 += 1
    case ...720: upTo720 += 1
    case ...1_080: upTo1080 += 1
    case ...1_440: upTo1440 += 1
    default: upTo2160 += 1
    }
  }

  /// In the order of `lines`.
  public var counts: [Int] { [upTo180, upTo360, upTo720, upTo1080, upTo1440, upTo2160] }
}
