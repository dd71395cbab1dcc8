/// The master keys a DTLS handshake agrees on, one pair per direction (RFC 5764 §4.2).
public struct SRTPKeys: Equatable, Sendable {
  public var profile: SRTPProfile
  /// Protects what we send.
  public var localKey: [UInt8]
  public var localSalt: [UInt8]
  /// Protects what we receive.
  public var remoteKey: [UInt8]
  public var remoteSalt: [UInt8]

  public init(
    profile: SRTPProfile, localKey: [UInt8], localSalt: [UInt8], remoteKey: [UInt8],
    remoteSalt: [UInt8]
  ) {
    self.profile = profile
    self.localKey = localKey
    self.localSalt = localSalt
    self.remoteKey = remoteKey
    self.remoteSalt = remoteSalt
  }

  /// Bytes to export from the handshake for `profile`.
  public static func exportedLength(for profile: SRTPProfile) -> Int {
    2 * (profile.keyLength + profile.saltLength)
  }

  /// Cuts exported keying material in four: client key, server key, client salt, server salt.
  ///
  /// - Parameter material: `exportedLength(for: profile)` bytes; any other length gives `nil`.
  public init?(profile: SRTPProfile, exported material: [UInt8], isClient: Bool) {
    guard material.count == Self.exportedLength(for: profile) else { return nil }
    let (key, salt) = (profile.keyLength, profile.saltLength)
    let clientKey = Array(material[..<key])
    let serverKey = Array(material[key..<(2 * key)])
    let clientSalt = Array(material[(2 * key)..<(2 * key + salt)])
    let serverSalt = Array(material[(2 * key + salt)...])
    self.init(
      profile: profile, localKey: isClient ? clientKey : serverKey,
      localSalt: isClient ? clientSalt : serverSalt, remoteKey: isClient ? serverKey : clientKey,
      remoteSalt: isClient ? serverSalt : clientSalt)
  }
}
