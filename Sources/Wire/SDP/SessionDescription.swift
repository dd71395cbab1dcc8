/// A session description, offer or answer (RFC 8866, RFC 8829).
///
/// Values only: reading is `init(parsing:)`, writing is `text`.
public struct SessionDescription: Hashable, Sendable {
  /// The `o=` line's session id, as sent.
  public var sessionID: String
  /// The `o=` line's version; goes up with every change.
  public var sessionVersion: UInt64
  /// Each `group` line; see `bundle`.
  public var groups: [MediaGroup] = []
  /// Both forms of header extensions may be mixed (RFC 8285 §6).
  public var allowsMixedExtensions = false
  /// The sender is ICE lite (RFC 8839 §5.3).
  public var isICELite = false
  /// What media without transport attributes of their own use.
  public var transport = TransportAttributes()
  public var media: [MediaDescription] = []
  /// Session attributes not read here, in order.
  public var otherAttributes: [SessionAttribute] = []

  public init(sessionID: String = "0", sessionVersion: UInt64 = 0) {
    self.sessionID = sessionID
    self.sessionVersion = sessionVersion
  }

  /// The media that share one transport, in order; empty without BUNDLE.
  public var bundle: [String] { groups.first { $0.semantics == "BUNDLE" }?.mids ?? [] }

  /// The transport attributes of `media`, taken from the session where it has none (RFC 8839 §5.4).
  public func transport(of media: MediaDescription) -> TransportAttributes {
    var merged = media.transport
    if merged.iceUfrag == nil { merged.iceUfrag = transport.iceUfrag }
    if merged.icePassword == nil { merged.icePassword = transport.icePassword }
    if merged.iceOptions.isEmpty { merged.iceOptions = transport.iceOptions }
    if merged.fingerprints.isEmpty { merged.fingerprints = transport.fingerprints }
    if merged.setup == nil { merged.setup = transport.setup }
    return merged
  }
}

/// An attribute that is carried along unread.
public struct SessionAttribute: Hashable, Sendable {
  public var name: String
  /// `nil` for an attribute without a colon.
  public var value: String?

  public init(name: String, value: String? = nil) {
    self.name = name
    self.value = value
  }
}

/// A `group` line (RFC 5888 §5).
public struct MediaGroup: Hashable, Sendable {
  /// "BUNDLE", "LS" and so on.
  public var semantics: String
  public var mids: [String]

  public init(semantics: String = "BUNDLE", mids: [String]) {
    self.semantics = semantics
    self.mids = mids
  }
}
