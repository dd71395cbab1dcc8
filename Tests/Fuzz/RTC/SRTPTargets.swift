import Wire

/// The first byte chooses the profile, the second a bit to damage; the rest is the packet.
private struct SRTPInput {
  let profile: SRTPProfile
  let damagedBit: Int
  let packet: [UInt8]

  init(_ bytes: RawSpan) {
    profile = SRTPProfile.allCases[Int(bytes.byte(0)) % SRTPProfile.allCases.count]
    damagedBit = Int(bytes.byte(1))
    packet = bytes.byteCount > 2 ? bytes.extracting(2..<bytes.byteCount).copied : []
  }

  var key: [UInt8] { [UInt8](repeating: 1, count: profile.keyLength) }
  var salt: [UInt8] { [UInt8](repeating: 2, count: profile.saltLength) }
}

/// Foreign bytes are refused; what we protect opens once, unchanged, and not when damaged.
func fuzzSRTP(_ bytes: RawSpan) {
  let input = SRTPInput(bytes)
  let (key, salt) = (input.key, input.salt)
  guard
    var sender = try? SRTPSender(profile: input.profile, masterKey: key, masterSalt: salt),
    var receiver = try? SRTPReceiver(profile: input.profile, masterKey: key, masterSalt: salt)
  else { fatalError("keys do not fit") }
  guard let header = try? SRTPHeader(input.packet.span.bytes) else { return }

  precondition(openRTP(&receiver, input.packet, header) == nil, "forged packet accepted")
  var buffer = input.packet + [UInt8](repeating: 0, count: input.profile.rtpOverhead)
  do {
    var span = buffer.mutableSpan
    var packet = span.mutableBytes
    let length = try? sender.protectRTP(
      &packet, headerLength: header.length, length: input.packet.count, rolloverCounter: 0)
    precondition(length == packet.byteCount, "not protected")
  }
  var damaged = buffer
  let bit = (12 * 8 + input.damagedBit) % (buffer.count * 8)
  damaged[bit / 8] ^= 1 << UInt8(bit % 8)
  if let other = try? SRTPHeader(damaged.span.bytes) {
    precondition(openRTP(&receiver, damaged, other) == nil, "damaged packet accepted")
  }
  precondition(openRTP(&receiver, buffer, header) == input.packet, "not the same packet")
  precondition(openRTP(&receiver, buffer, header) == nil, "replay accepted")
}

/// The same for RTCP.
func fuzzSRTCP(_ bytes: RawSpan) {
  let input = SRTPInput(bytes)
  let (key, salt) = (input.key, input.salt)
  guard
    var sender = try? SRTPSender(profile: input.profile, masterKey: key, masterSalt: salt),
    var receiver = try? SRTPReceiver(profile: input.profile, masterKey: key, masterSalt: salt)
  else { fatalError("keys do not fit") }

  precondition(openRTCP(&receiver, input.packet) == nil, "forged packet accepted")
  guard input.packet.count >= 8 else { return }
  var buffer = input.packet + [UInt8](repeating: 0, count: input.profile.rtcpOverhead)
  do {
    var span = buffer.mutableSpan
    var packet = span.mutableBytes
    let length = try? sender.protectRTCP(&packet, length: input.packet.count)
    precondition(length == packet.byteCount, "not protected")
  }
  var damaged = buffer
  let bit = (buffer.count * 8 - 1 - input.damagedBit) % (buffer.count * 8)
  damaged[max(bit, 0) / 8] ^= 1 << UInt8(max(bit, 0) % 8)
  precondition(openRTCP(&receiver, damaged) == nil, "damaged packet accepted")
  precondition(openRTCP(&receiver, buffer) == input.packet, "not the same packet")
  precondition(openRTCP(&receiver, buffer) == nil, "replay accepted")
}

private func openRTP(
  _ receiver: inout SRTPReceiver, _ packet: [UInt8], _ header: SRTPHeader
) -> [UInt8]? {
  var buffer = packet
  var span = buffer.mutableSpan
  var bytes = span.mutableBytes
  guard let length = try? receiver.unprotectRTP(&bytes, length: packet.count, header: header)
  else { return nil }
  return Array(buffer.prefix(length))
}

private func openRTCP(_ receiver: inout SRTPReceiver, _ packet: [UInt8]) -> [UInt8]? {
  var buffer = packet
  var span = buffer.mutableSpan
  var bytes = span.mutableBytes
  guard let length = try? receiver.unprotectRTCP(&bytes, length: packet.count) else { return nil }
  return Array(buffer.prefix(length))
}
