import RTC
import TestSupport
import Wire

/// RTP and RTCP packets, and buffers to protect them in.
enum SRTPPacketSample {
  /// An RTP packet with `csrcCount` sources, and an extension of `extensionWords` words if given.
  static func rtp(
    ssrc: UInt32 = 0x1234_5678, sequence: UInt16, payload: [UInt8], csrcCount: Int = 0,
    extensionWords: Int? = nil, padding: Int = 0
  ) -> [UInt8] {
    var first: UInt8 = 0x80 | UInt8(csrcCount)
    if extensionWords != nil { first |= 0x10 }
    if padding > 0 { first |= 0x20 }
    var packet: [UInt8] = [first, 96]
    packet += bigEndian(sequence) + bigEndian(UInt32(sequence) &* 3_000) + bigEndian(ssrc)
    for index in 0..<csrcCount { packet += bigEndian(UInt32(index)) }
    if let extensionWords {
      packet += [0xBE, 0xDE] + bigEndian(UInt16(extensionWords))
      packet += [UInt8](repeating: 0x10, count: extensionWords * 4)
    }
    packet += payload
    if padding > 0 { packet += [UInt8](repeating: 0, count: padding - 1) + [UInt8(padding)] }
    return packet
  }

  /// A receiver report and `extra` words more.
  static func rtcp(ssrc: UInt32 = 0x1234_5678, extra: [UInt8] = []) -> [UInt8] {
    let words = UInt16(1 + extra.count / 4)
    return [0x80, 201] + bigEndian(words) + bigEndian(ssrc) + extra
  }

  static func bigEndian<T: FixedWidthInteger>(_ value: T) -> [UInt8] {
    withUnsafeBytes(of: value.bigEndian) { Array($0) }
  }
}

/// A sender and a receiver of one direction, on arrays.
final class SRTPPair {
  var sender: SRTPSender
  var receiver: SRTPReceiver

  init(_ profile: SRTPProfile, seed: UInt64 = 1) throws {
    var random = SplitMix64(seed: seed)
    let key = random.bytes(profile.keyLength)
    let salt = random.bytes(profile.saltLength)
    let sender = try SRTPSender(profile: profile, masterKey: key, masterSalt: salt)
    let receiver = try SRTPReceiver(profile: profile, masterKey: key, masterSalt: salt)
    self.sender = sender
    self.receiver = receiver
  }

  /// The packet protected under the extended sequence number's upper half `rollover`.
  func protectRTP(_ packet: [UInt8], rollover: UInt32 = 0) throws(SRTPError) -> [UInt8] {
    var buffer = packet + [UInt8](repeating: 0, count: sender.profile.rtpOverhead)
    let header = try SRTPHeader(packet.span.bytes)
    var span = buffer.mutableSpan
    var bytes = span.mutableBytes
    let length = try sender.protectRTP(
      &bytes, headerLength: header.length, length: packet.count, rolloverCounter: rollover)
    return Array(buffer.prefix(length))
  }

  func unprotectRTP(_ packet: [UInt8]) throws(SRTPError) -> [UInt8] {
    var buffer = packet
    let header = try SRTPHeader(packet.span.bytes)
    var span = buffer.mutableSpan
    var bytes = span.mutableBytes
    let length = try receiver.unprotectRTP(&bytes, length: packet.count, header: header)
    return Array(buffer.prefix(length))
  }

  func protectRTCP(_ packet: [UInt8]) throws(SRTPError) -> [UInt8] {
    var buffer = packet + [UInt8](repeating: 0, count: sender.profile.rtcpOverhead)
    var span = buffer.mutableSpan
    var bytes = span.mutableBytes
    let length = try sender.protectRTCP(&bytes, length: packet.count)
    return Array(buffer.prefix(length))
  }

  func unprotectRTCP(_ packet: [UInt8]) throws(SRTPError) -> [UInt8] {
    var buffer = packet
    var span = buffer.mutableSpan
    var bytes = span.mutableBytes
    let length = try receiver.unprotectRTCP(&bytes, length: packet.count)
    return Array(buffer.prefix(length))
  }
}
