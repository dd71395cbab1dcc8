/// An `extmap` line (RFC 8285 §5).
public struct HeaderExtensionMapping: Hashable, Sendable {
  /// 1...255; 15 only in the two-byte form.
  public var id: UInt8
  public var direction: MediaDirection?
  public var uri: String

  public init(id: UInt8, uri: String, direction: MediaDirection? = nil) {
    self.id = id
    self.direction = direction
    self.uri = uri
  }
}

/// The `ssrc` lines of one SSRC (RFC 5576 §4.1).
public struct SourceAttributes: Hashable, Sendable {
  public var ssrc: UInt32
  public var cname: String?
  public var streamID: MediaStreamID?

  public init(ssrc: UInt32, cname: String? = nil, streamID: MediaStreamID? = nil) {
    self.ssrc = ssrc
    self.cname = cname
    self.streamID = streamID
  }
}

/// An `ssrc-group` line (RFC 5576 §4.2): for FID the second SSRC repeats the first.
public struct SourceGroup: Hashable, Sendable {
  /// "FID", "SIM", "FEC-FR".
  public var semantics: String
  public var ssrcs: [UInt32]

  public init(semantics: String, ssrcs: [UInt32]) {
    self.semantics = semantics
    self.ssrcs = ssrcs
  }
}

/// An `msid` (RFC 8830 §2).
public struct MediaStreamID: Hashable, Sendable {
  /// "-" for a track without a stream.
  public var stream: String
  public var track: String?

  public init(stream: String, track: String? = nil) {
    self.stream = stream
    self.track = track
  }
}

/// A `rid` line (RFC 8851 §4).
public struct RestrictionIdentifier: Hashable, Sendable {
  public enum Direction: String, Hashable, Sendable {
    case send
    case receive = "recv"
  }

  public var id: String
  public var direction: Direction
  /// `pt=…;max-width=…` as sent; empty without restrictions.
  public var restrictions: FormatParameters

  public init(
    id: String, direction: Direction, restrictions: FormatParameters = FormatParameters()
  ) {
    self.id = id
    self.direction = direction
    self.restrictions = restrictions
  }
}

/// A `simulcast` line (RFC 8853 §5.1): streams in order of preference, each with its alternatives.
public struct Simulcast: Hashable, Sendable {
  public struct Encoding: Hashable, Sendable {
    public var rid: String
    /// Written as `~rid`.
    public var isPaused: Bool

    public init(rid: String, isPaused: Bool = false) {
      self.rid = rid
      self.isPaused = isPaused
    }
  }

  public var send: [[Encoding]]
  public var receive: [[Encoding]]

  public init(send: [[Encoding]] = [], receive: [[Encoding]] = []) {
    self.send = send
    self.receive = receive
  }
}
