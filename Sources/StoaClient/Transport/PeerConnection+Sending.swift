import RTC
package import Wire

/// RTP that we send.
extension PeerConnection {
  /// Bytes of header before each payload of a sending stream.
  package func headerLength(ofSender index: Int) -> Int {
    12 + extensionLength(sending[index].line)
  }

  /// The extension block of our packets: its length is the same for all, so that they make runs.
  private func extensionLength(_ line: Int) -> Int {
    guard let remote else { return 12 }
    let map = remote.lines[line].extensions
    var length = 0
    if map[.absSendTime] != nil { length += 4 }
    if map[.transportSequenceNumber] != nil { length += 3 }
    return length == 0 ? 0 : 4 + (length + 3) / 4 * 4
  }

  /// Whether packets of this stream go anywhere: connected, and the server took the codec.
  package func canSend(_ index: Int) -> Bool {
    state == .connected && sending.indices.contains(index) && sending[index].isAgreed
  }

  /// Takes the wish for a keyframe that receivers of a stream sent.
  package mutating func takeKeyframeRequest(_ index: Int) -> Bool {
    defer { sending[index].wantsKeyframe = false }
    return sending[index].wantsKeyframe
  }

  /// Sends packets of a frame, from the `first` one until the outbox or the frame ends.
  ///
  /// - Parameter limit: packets at most.
  /// - Returns: the position of the first packet not sent.
  package mutating func send(
    _ packets: FramePackets, from first: Int, limit: Int = .max, stream index: Int,
    at now: MonotonicTime, into outbox: inout Outbox
  ) -> Int {
    guard canSend(index), let path else { return packets.count }
    var position = first
    let end = limit < packets.count - first ? first + limit : packets.count
    while position < end, !outbox.isFull {
      let isLast = position == packets.count - 1
      sendPacket(
        packets[position], marker: packets.marksEnd && isLast, timestamp: packets.timestamp,
        stream: index, path: path, at: now, into: &outbox)
      position += 1
    }
    return position
  }

  private mutating func sendPacket(
    _ payload: ArraySlice<UInt8>, marker: Bool, timestamp: UInt32, stream: Int,
    path: TransportAddress, at now: MonotonicTime, into outbox: inout Outbox
  ) {
    let packetIndex = sending[stream].nextIndex
    sending[stream].nextIndex += 1
    let stamp = timestamp &+ sending[stream].timestampOffset
    var writer = ByteWriter(outbox.reserve(to: path))
    let headerLength = writeHeader(
      payloadType: sending[stream].payloadType, marker: marker, index: packetIndex,
      timestamp: stamp, ssrc: sending[stream].ssrc, line: sending[stream].line, at: now,
      to: &writer)
    writer.append(contentsOf: payload.span.bytes)
    let length = writer.count
    guard !writer.didOverflow, length <= Outbox.maximumDatagram - Self.tagReserve else { return }
    if !sending[stream].codec.isAudio {
      sending[stream].history.store(
        writer.written, headerLength: headerLength, index: packetIndex)
    }
    sending[stream].counters.packets += 1
    sending[stream].counters.bytes += UInt64(payload.count)
    if sending[stream].lastSent == nil { timers.schedule(.senderReport, by: now) }
    sending[stream].lastTimestamp = stamp
    sending[stream].lastSent = now
    commit(headerLength: headerLength, length: length, index: packetIndex, to: path, into: &outbox)
  }

  /// The longest SRTP tag.
  private static let tagReserve = 16

  @_lifetime(writer: copy writer)
  private mutating func writeHeader(
    payloadType: UInt8, marker: Bool, index: Int64, timestamp: UInt32, ssrc: UInt32, line: Int,
    at now: MonotonicTime, to writer: inout ByteWriter
  ) -> Int {
    let extensionLength = extensionLength(line)
    writer.append(UInt8(extensionLength > 0 ? 0x90 : 0x80))
    writer.append((marker ? 0x80 : 0) | payloadType)
    writer.append(UInt16(truncatingIfNeeded: index))
    writer.append(timestamp)
    writer.append(ssrc)
    guard extensionLength > 0, let map = remote?.lines[line].extensions else { return writer.count }
    writer.append(HeaderExtensionIterator.oneByteProfile)
    writer.append(UInt16(truncatingIfNeeded: (extensionLength - 4) / 4))
    if let id = map[.absSendTime] {
      writer.append(id << 4 | 2)
      writer.append24(AbsoluteSendTime(now).rawValue)
    }
    if let id = map[.transportSequenceNumber] {
      writer.append(id << 4 | 1)
      writer.append(transportSequence)
      transportSequence &+= 1
    }
    writer.padToWord()
    return writer.count
  }

  /// Encrypts and commits the packet just written to the outbox's next slot.
  private mutating func commit(
    headerLength: Int, length: Int, index: Int64, to path: TransportAddress,
    into outbox: inout Outbox
  ) {
    var slot = outbox.reserve(to: path)
    let sealed = try? secure?.protectRTP(
      &slot, headerLength: headerLength, length: length,
      rolloverCounter: UInt32(truncatingIfNeeded: index >> 16))
    if let sealed { outbox.commit(length: sealed) }
  }

  /// Answers a request for a packet that got lost (RFC 4588).
  mutating func repeatPacket(
    _ sequence: SequenceNumber, stream: Int, at now: MonotonicTime, path: TransportAddress,
    into outbox: inout Outbox
  ) {
    sending[stream].counters.requested += 1
    let index = sending[stream].index(of: sequence)
    guard let entry = sending[stream].history.entry(index), !outbox.isFull,
      let repairType = sending[stream].repairPayloadType
    else { return }
    let repairIndex = sending[stream].nextRepairIndex
    sending[stream].nextRepairIndex += 1
    let original = sending[stream].history.packet(entry)
    let payload = original[entry.headerLength...]
    let marker = original[1] & 0x80 != 0
    let timestamp = original[4..<8].reduce(0) { $0 << 8 | UInt32($1) }
    var writer = ByteWriter(outbox.reserve(to: path))
    let headerLength = writeHeader(
      payloadType: repairType, marker: marker, index: repairIndex, timestamp: timestamp,
      ssrc: sending[stream].repairSSRC, line: sending[stream].line, at: now, to: &writer)
    writer.append(UInt16(truncatingIfNeeded: index))
    writer.append(contentsOf: payload.span.bytes)
    let length = writer.count
    guard !writer.didOverflow, length <= Outbox.maximumDatagram - Self.tagReserve else { return }
    sending[stream].counters.retransmitted += 1
    commit(headerLength: headerLength, length: length, index: repairIndex, to: path, into: &outbox)
  }
}

extension Array where Element == UInt8 {
  /// A copy of borrowed bytes.
  package init(bytesOf span: RawSpan) {
    self.init(unsafeUninitializedCapacity: span.byteCount) { buffer, count in
      span.withUnsafeBytes { bytes in
        count = bytes.count
        UnsafeMutableRawBufferPointer(buffer).copyMemory(from: bytes)
      }
    }
  }
}
