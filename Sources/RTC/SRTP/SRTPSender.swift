internal import Wire

/// Protects the packets we send to one peer (RFC 3711 §3.3).
///
/// Keeps no state per RTP source: the caller knows the extended sequence number of what it sends,
/// and must never send two different packets under one (that would give the plain text away).
/// A source's first sequence number should be below 32768, or a receiver that misses the first
/// packets may guess the wrong rollover counter.
public struct SRTPSender: ~Copyable {
  /// SRTCP packets one key may protect (RFC 3711 §9.2).
  public static let maximumRTCPIndex: UInt32 = 0x7FFF_FFFF

  public let profile: SRTPProfile
  private let rtp: SRTPCipher
  private let rtcp: SRTPCipher
  private var rtcpIndex: UInt32 = 0

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

  /// The sending side of what a handshake agreed on.
  public init(_ keys: SRTPKeys) throws(SRTPError) {
    try self.init(profile: keys.profile, masterKey: keys.localKey, masterSalt: keys.localSalt)
  }

  /// Encrypts the RTP packet in the first `length` bytes in place and appends the tag.
  ///
  /// - Parameters:
  ///   - packet: `profile.rtpOverhead` bytes longer than `length`, at least.
  ///   - headerLength: fixed header, CSRCs and extension; 12 or more.
  ///   - rolloverCounter: how often the sequence number has wrapped.
  /// - Returns: the new length.
  /// - Throws: `tooShort` or `noRoom` if a length does not fit.
  @_lifetime(packet: copy packet)
  public mutating func protectRTP(
    _ packet: inout MutableRawSpan, headerLength: Int, length: Int, rolloverCounter: UInt32
  ) throws(SRTPError) -> Int {
    guard headerLength >= 12, length <= packet.byteCount, headerLength <= length else {
      throw .tooShort
    }
    let sequence = packet.bytes.bigEndian(at: 2, as: UInt16.self)
    let ssrc = packet.bytes.bigEndian(at: 8, as: UInt32.self)
    return try rtp.sealRTP(
      &packet, headerLength: headerLength, length: length, ssrc: ssrc,
      index: UInt64(rolloverCounter) << 16 | UInt64(sequence))
  }

  /// Encrypts the RTCP compound packet in the first `length` bytes in place, and appends the tag
  /// and the SRTCP index.
  ///
  /// - Parameter packet: `profile.rtcpOverhead` bytes longer than `length`, at least.
  /// - Returns: the new length.
  /// - Throws: `tooShort` or `noRoom` if a length does not fit, `keyExpired` after 2³¹ packets.
  @_lifetime(packet: copy packet)
  public mutating func protectRTCP(
    _ packet: inout MutableRawSpan, length: Int
  ) throws(SRTPError) -> Int {
    guard length >= 8, length <= packet.byteCount else { throw .tooShort }
    guard rtcpIndex < Self.maximumRTCPIndex else { throw .keyExpired }
    let ssrc = packet.bytes.bigEndian(at: 4, as: UInt32.self)
    rtcpIndex += 1
    return try rtcp.sealRTCP(&packet, length: length, ssrc: ssrc, index: rtcpIndex)
  }
}
