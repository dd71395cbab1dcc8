/// Writes one SCTP packet: common header, chunks, and at the end the checksum (RFC 9260 §3).
extension ByteWriter {
  /// Starts a packet at the beginning of the writer.
  @_lifetime(self: copy self)
  public mutating func beginSCTPPacket(
    sourcePort: UInt16, destinationPort: UInt16, verificationTag: UInt32
  ) {
    rewind(to: 0)
    append(sourcePort)
    append(destinationPort)
    append(verificationTag)
    append(UInt32(0))
  }

  /// Starts a chunk; `endSCTPChunk` with the result ends it.
  @_lifetime(self: copy self)
  public mutating func beginSCTPChunk(_ type: SCTPChunkType, flags: UInt8 = 0) -> Int {
    let start = count
    append(type.rawValue)
    append(flags)
    append(UInt16(0))
    return start
  }

  /// Sets the chunk's length and pads it; takes it back and returns `false` if it did not fit.
  @_lifetime(self: copy self)
  @discardableResult
  public mutating func endSCTPChunk(from start: Int) -> Bool {
    let length = UInt16(exactly: count - start)
    padToWord()
    guard !didOverflow, let length else {
      rewind(to: start)
      return false
    }
    replace(at: start + 2, with: length)
    return true
  }

  /// Sets the checksum; the packet is then whole.
  @_lifetime(self: copy self)
  public mutating func endSCTPPacket() {
    replace(at: 8, with: SCTPPacketView.checksum(of: written).byteSwapped)
  }
}
