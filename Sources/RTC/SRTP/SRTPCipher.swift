internal import Wire

/// The session keys of one direction and kind of packet, applied to whole packets.
///
/// Knows packet layouts and cryptography; who calls it keeps indices, replay windows and limits.
/// Every method checks that the lengths it is given fit the buffer.
public struct SRTPCipher: ~Copyable {
  // Not private: destroying a cipher is inlined into other modules, which then need this name
  // (Swift 6.3 links against it).
  @usableFromInline enum Mode: ~Copyable {
    case aead(AEADCipher)
    case counterMode(CounterModeCipher)
  }

  private let mode: Mode
  @usableFromInline let profile: SRTPProfile

  /// - Parameter authenticationKey: 20 bytes; unused, so empty, with an AEAD.
  /// - Throws: `badKey` if a length does not fit the profile.
  public init(
    profile: SRTPProfile, key: [UInt8], salt: [UInt8], authenticationKey: [UInt8] = []
  ) throws(SRTPError) {
    guard key.count == profile.keyLength else { throw .badKey }
    let mode = try Self.mode(profile, key, salt, authenticationKey)
    self.mode = mode
    self.profile = profile
  }

  private static func mode(
    _ profile: SRTPProfile, _ key: [UInt8], _ salt: [UInt8], _ authenticationKey: [UInt8]
  ) throws(SRTPError) -> Mode {
    switch profile {
    case .aes128CMSHA1_80:
      .counterMode(
        try CounterModeCipher(key: key, salt: salt, authenticationKey: authenticationKey))
    case .aeadAES128GCM, .aeadAES256GCM:
      .aead(try AEADCipher(key: key, salt: salt))
    }
  }

  /// Bytes every RTCP packet has in the clear: header word and SSRC (RFC 3711 §3.4).
  static let rtcpHeaderLength = 8
  /// Set in the word after an RTCP packet when the packet is encrypted.
  static let encryptedFlag: UInt32 = 0x8000_0000

  /// Encrypts an RTP packet in place and appends the tag; `index` is rollover counter and
  /// sequence number.
  @_lifetime(packet: copy packet)
  public func sealRTP(
    _ packet: inout MutableRawSpan, headerLength: Int, length: Int, ssrc: UInt32, index: UInt64
  ) throws(SRTPError) -> Int {
    guard headerLength >= 0, headerLength <= length else { throw .tooShort }
    guard packet.byteCount - length >= profile.rtpOverhead else { throw .noRoom }
    let sealed = unsafe packet.withUnsafeMutableBytes { buffer in
      let bytes = unsafe buffer.assumingMemoryBound(to: UInt8.self)
      let text = unsafe UnsafeMutableBufferPointer(rebasing: bytes[headerLength..<length])
      switch mode {
      case .aead(let cipher):
        return unsafe cipher.seal(
          text, tag: bytes.baseAddress.unsafelyUnwrapped + length, ssrc: ssrc, index: index,
          data: UnsafeBufferPointer(rebasing: bytes[..<headerLength]))
      case .counterMode(let cipher):
        unsafe cipher.apply(to: text, ssrc: ssrc, index: index)
        let digest = unsafe cipher.digest(
          of: UnsafeBufferPointer(rebasing: bytes[..<length]),
          UInt32(truncatingIfNeeded: index >> 16))
        for offset in 0..<CounterModeCipher.tagLength {
          unsafe bytes[length + offset] = digest.bytes[offset]
        }
        return true
      }
    }
    guard sealed else { throw .tooShort }
    return length + profile.rtpOverhead
  }

  /// Checks an RTP packet's tag and decrypts the packet in place; returns its length without tag.
  ///
  /// - Throws: `authenticationFailed`; the packet's bytes may be destroyed then.
  @_lifetime(packet: copy packet)
  public func openRTP(
    _ packet: inout MutableRawSpan, headerLength: Int, length: Int, ssrc: UInt32, index: UInt64
  ) throws(SRTPError) -> Int {
    let end = length - profile.tagLength
    guard headerLength >= 0, headerLength <= end, length <= packet.byteCount else {
      throw .tooShort
    }
    let opened = unsafe packet.withUnsafeMutableBytes { buffer in
      let bytes = unsafe buffer.assumingMemoryBound(to: UInt8.self)
      let text = unsafe UnsafeMutableBufferPointer(rebasing: bytes[headerLength..<end])
      switch mode {
      case .aead(let cipher):
        return unsafe cipher.open(
          text, tag: bytes.baseAddress.unsafelyUnwrapped + end, ssrc: ssrc, index: index,
          data: UnsafeBufferPointer(rebasing: bytes[..<headerLength]))
      case .counterMode(let cipher):
        let digest = unsafe cipher.digest(
          of: UnsafeBufferPointer(rebasing: bytes[..<end]), UInt32(truncatingIfNeeded: index >> 16))
        guard unsafe Self.hasTag(bytes, at: end, digest) else { return false }
        unsafe cipher.apply(to: text, ssrc: ssrc, index: index)
        return true
      }
    }
    guard opened else { throw .authenticationFailed }
    return end
  }

  /// Encrypts an RTCP compound packet in place and appends the tag and the index.
  ///
  /// - Parameter index: 31 bits.
  @_lifetime(packet: copy packet)
  public func sealRTCP(
    _ packet: inout MutableRawSpan, length: Int, ssrc: UInt32, index: UInt32
  ) throws(SRTPError) -> Int {
    guard length >= Self.rtcpHeaderLength else { throw .tooShort }
    guard packet.byteCount - length >= profile.rtcpOverhead else { throw .noRoom }
    let word = index | Self.encryptedFlag
    // RFC 7714 §9.2 puts the tag before the index, RFC 3711 §3.4 after it.
    let wordOffset = profile == .aes128CMSHA1_80 ? length : length + profile.tagLength
    packet.storeBigEndian(word, at: wordOffset)
    let sealed = unsafe packet.withUnsafeMutableBytes { buffer in
      let bytes = unsafe buffer.assumingMemoryBound(to: UInt8.self)
      let text = unsafe UnsafeMutableBufferPointer(rebasing: bytes[Self.rtcpHeaderLength..<length])
      switch mode {
      case .aead(let cipher):
        let data = unsafe Self.rtcpData(bytes, word)
        return unsafe data.span.withUnsafeBufferPointer { data in
          unsafe cipher.seal(
            text, tag: bytes.baseAddress.unsafelyUnwrapped + length, ssrc: ssrc,
            index: UInt64(index), data: data)
        }
      case .counterMode(let cipher):
        unsafe cipher.apply(to: text, ssrc: ssrc, index: UInt64(index))
        let digest = unsafe cipher.digest(of: UnsafeBufferPointer(rebasing: bytes[..<length]), word)
        for offset in 0..<CounterModeCipher.tagLength {
          unsafe bytes[length + 4 + offset] = digest.bytes[offset]
        }
        return true
      }
    }
    guard sealed else { throw .tooShort }
    return length + profile.rtcpOverhead
  }

  /// The word with the encryption flag and index of a protected RTCP packet.
  public func rtcpIndexWord(
    _ packet: borrowing MutableRawSpan, length: Int
  ) throws(SRTPError) -> UInt32 {
    let end = length - profile.rtcpOverhead
    guard end >= Self.rtcpHeaderLength, length <= packet.byteCount else { throw .tooShort }
    let offset = profile == .aes128CMSHA1_80 ? end : length - 4
    return packet.bytes.bigEndian(at: offset)
  }

  /// Checks an RTCP packet's tag and decrypts the packet in place; returns its plain length.
  ///
  /// - Parameter word: what `rtcpIndexWord` gave.
  /// - Throws: `authenticationFailed`; the packet's bytes may be destroyed then.
  @_lifetime(packet: copy packet)
  public func openRTCP(
    _ packet: inout MutableRawSpan, length: Int, ssrc: UInt32, word: UInt32
  ) throws(SRTPError) -> Int {
    let end = length - profile.rtcpOverhead
    guard end >= Self.rtcpHeaderLength, length <= packet.byteCount else { throw .tooShort }
    let index = UInt64(word & ~Self.encryptedFlag)
    let opened = unsafe packet.withUnsafeMutableBytes { buffer in
      let bytes = unsafe buffer.assumingMemoryBound(to: UInt8.self)
      let text = unsafe UnsafeMutableBufferPointer(rebasing: bytes[Self.rtcpHeaderLength..<end])
      switch mode {
      case .aead(let cipher):
        let data = unsafe Self.rtcpData(bytes, word)
        return unsafe data.span.withUnsafeBufferPointer { data in
          unsafe cipher.open(
            text, tag: bytes.baseAddress.unsafelyUnwrapped + end, ssrc: ssrc, index: index,
            data: data)
        }
      case .counterMode(let cipher):
        let digest = unsafe cipher.digest(of: UnsafeBufferPointer(rebasing: bytes[..<end]), word)
        guard unsafe Self.hasTag(bytes, at: end + 4, digest) else { return false }
        unsafe cipher.apply(to: text, ssrc: ssrc, index: index)
        return true
      }
    }
    guard opened else { throw .authenticationFailed }
    return end
  }

  /// What an AEAD authenticates of an encrypted RTCP packet besides the text (RFC 7714 §9.2).
  private static func rtcpData(
    _ bytes: UnsafeMutableBufferPointer<UInt8>, _ word: UInt32
  ) -> [12 of UInt8] {
    var data = [12 of UInt8](repeating: 0)
    for offset in 0..<rtcpHeaderLength { unsafe data[offset] = bytes[offset] }
    for offset in 0..<4 {
      data[rtcpHeaderLength + offset] = UInt8(truncatingIfNeeded: word >> (24 - 8 * offset))
    }
    return data
  }

  /// Compares a tag without revealing in time where it differs.
  private static func hasTag(
    _ bytes: UnsafeMutableBufferPointer<UInt8>, at start: Int, _ digest: SHA1Digest
  ) -> Bool {
    var difference: UInt8 = 0
    for offset in 0..<CounterModeCipher.tagLength {
      unsafe difference |= bytes[start + offset] ^ digest.bytes[offset]
    }
    return difference == 0
  }
}
