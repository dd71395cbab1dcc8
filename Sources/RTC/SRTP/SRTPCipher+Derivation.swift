extension SRTPCipher {
  /// RTP and RTCP have session keys of their own (RFC 3711 §4.3.2).
  enum PacketKind { case rtp, rtcp }

  /// The session keys for one kind of packet, from a master key.
  ///
  /// - Throws: `badKey` if a length does not fit the profile.
  init(
    _ kind: PacketKind, profile: SRTPProfile, masterKey: [UInt8], masterSalt: [UInt8]
  ) throws(SRTPError) {
    guard masterKey.count == profile.keyLength, masterSalt.count == profile.saltLength else {
      throw .badKey
    }
    let derivation = try SRTPKeyDerivation(masterKey: masterKey, masterSalt: masterSalt)
    try self.init(
      profile: profile,
      key: derivation.key(
        kind == .rtp ? .rtpEncryption : .rtcpEncryption, count: profile.keyLength),
      salt: derivation.key(kind == .rtp ? .rtpSalt : .rtcpSalt, count: profile.saltLength),
      authenticationKey: derivation.key(
        kind == .rtp ? .rtpAuthentication : .rtcpAuthentication,
        count: profile.authenticationKeyLength))
  }
}
