public import Wire

/// Checks and decrypts the packets one peer sends us (RFC 3711 §3.3).
///
/// Guesses the rollover counter of each source from its newest packet and refuses replays.
/// Nothing changes here unless a packet proves authentic. No call allocates, except for the first
/// packet of a source.
public struct SRTPReceiver: ~Copyable {
  /// Sources one peer may have, for RTP and RTCP each.
  ///
  /// A publisher of everything with simulcast and retransmission has 16; the rest is room for
  /// tracks that come and go.
  public static let maximumSources = 64
  /// RTP packets a source may be out of order by: a second of 8 Mb/s video.
  public static let replayWindow = 1024

  public let profile: SRTPProfile
  private let rtp: SRTPCipher
  private let rtcp: SRTPCipher
  private var rtpSources = SourceTable<16>()
  private var rtcpSources = SourceTable<2>()

  /// - Throws: `badKey` if a length does not fit the profile.
  public init(
    profile: SRTPProfile, masterKey: [UInt8], masterSalt: [UInt8]
  ) throws(SRTPError) {
    let rtp = try SRTPCipher(.rtp, profile: profile, masterKey: masterKey, masterSalt: masterSalt)
    let rtcp = try SRTPCipher(.rtcp, profile: profile, masterKey: masterKey, masterSalt: masterSalt)
    self.profile = profile
    self.rtp = rtp
    self.rtcp = rtcp
  }

  /// The receiving side of what a handshake agreed on.
  public init(_ keys: SRTPKeys) throws(SRTPError) {
    try self.init(profile: keys.profile, masterKey: keys.remoteKey, masterSalt: keys.remoteSalt)
  }

  /// Checks the RTP packet in the first `length` bytes and decrypts it in place.
  ///
  /// - Parameters:
  ///   - headerLength: fixed header, CSRCs and extension; 12 or more. The padding count is part of
  ///     what is encrypted, so whoever parses the header must leave it for later.
  /// - Returns: the length without tag.
  /// - Throws: `tooShort`, `replayed`, `tooManySources`, `keyExpired`, or `authenticationFailed`;
  ///   after the last the packet's bytes are destroyed.
  @_lifetime(packet: copy packet)
  public mutating func unprotectRTP(
    _ packet: inout MutableRawSpan, length: Int, headerLength: Int, ssrc: UInt32,
    sequenceNumber: UInt16
  ) throws(SRTPError) -> Int {
    guard headerLength >= 12 else { throw .tooShort }
    guard let source = rtpSources.index(of: ssrc) else {
      guard rtpSources.count < Self.maximumSources else { throw .tooManySources }
      // RFC 3711 §3.3.1: the rollover counter starts at zero.
      let index = UInt64(sequenceNumber)
      let plain = try rtp.openRTP(
        &packet, headerLength: headerLength, length: length, ssrc: ssrc, index: index)
      rtpSources.add(ssrc, first: index)
      return plain
    }
    let index = try Self.index(sequenceNumber, after: rtpSources[source].highest)
    guard rtpSources[source].accepts(index) else { throw .replayed }
    let plain = try rtp.openRTP(
      &packet, headerLength: headerLength, length: length, ssrc: ssrc, index: index)
    rtpSources[source].insert(index)
    return plain
  }

  /// Checks the RTP packet in the first `length` bytes, whose header was read from it, and decrypts
  /// it in place.
  ///
  /// - Returns: the length without tag.
  /// - Throws: as the other one.
  @inlinable
  @_lifetime(packet: copy packet)
  public mutating func unprotectRTP(
    _ packet: inout MutableRawSpan, length: Int, header: SRTPHeader
  ) throws(SRTPError) -> Int {
    try unprotectRTP(
      &packet, length: length, headerLength: header.length, ssrc: header.ssrc,
      sequenceNumber: header.sequenceNumber.rawValue)
  }

  /// Checks the RTCP compound packet in the first `length` bytes and decrypts it in place.
  ///
  /// - Returns: the length without tag and index.
  /// - Throws: `tooShort`, `notEncrypted`, `replayed`, `tooManySources`, or
  ///   `authenticationFailed`; after the last the packet's bytes are destroyed.
  @_lifetime(packet: copy packet)
  public mutating func unprotectRTCP(
    _ packet: inout MutableRawSpan, length: Int
  ) throws(SRTPError) -> Int {
    let word = try rtcp.rtcpIndexWord(packet, length: length)
    guard word & SRTPCipher.encryptedFlag != 0 else { throw .notEncrypted }
    let index = UInt64(word & ~SRTPCipher.encryptedFlag)
    let ssrc = packet.bytes.bigEndian(at: 4, as: UInt32.self)
    guard let source = rtcpSources.index(of: ssrc) else {
      guard rtcpSources.count < Self.maximumSources else { throw .tooManySources }
      let plain = try rtcp.openRTCP(&packet, length: length, ssrc: ssrc, word: word)
      rtcpSources.add(ssrc, first: index)
      return plain
    }
    guard rtcpSources[source].accepts(index) else { throw .replayed }
    let plain = try rtcp.openRTCP(&packet, length: length, ssrc: ssrc, word: word)
    rtcpSources[source].insert(index)
    return plain
  }

  /// Forgets a source that signalling has removed, so that its place can be taken.
  ///
  /// Packets of that source must be refused from then on: their replays would be accepted.
  public mutating func forget(ssrc: UInt32) {
    rtpSources.remove(ssrc)
    rtcpSources.remove(ssrc)
  }

  /// The index nearest to the newest one that has this sequence number (RFC 3711 §3.3.1).
  @inline(__always)
  private static func index(
    _ sequenceNumber: UInt16, after highest: UInt64?
  ) throws(SRTPError) -> UInt64 {
    guard let highest else { return UInt64(sequenceNumber) }
    let step = Int16(truncatingIfNeeded: sequenceNumber &- UInt16(truncatingIfNeeded: highest))
    let index = Int64(bitPattern: highest) &+ Int64(step)
    guard index >= 0 else { throw .replayed }  // from before the source's first packet
    guard index < 1 << 48 else { throw .keyExpired }
    return UInt64(index)
  }
}
