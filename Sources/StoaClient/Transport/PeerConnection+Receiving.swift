import RTC
package import Wire

/// A received packet, decrypted in the datagram it came in.
package struct ReceivedPacket: Sendable {
  /// The m-line's name, by which signalling tells what is shown there.
  package var mid: ShortToken
  package var isAudio: Bool
  /// Sequence number with its cycles; goes on when the stream shown changes.
  package var index: Int64
  package var timestamp: UInt32
  package var payloadType: UInt8
  /// What the payload is coded with; `nil` for payload types we did not offer.
  package var codec: MediaCodec?
  package var marker: Bool
  /// Where the payload is in the datagram, without padding.
  package var payload: Range<Int>
  /// It was sent again on our request.
  package var isRepair: Bool
}

/// What a sender report says of a stream: one instant on two clocks.
package struct ReceivedReport: Sendable, Equatable {
  /// The m-line's name.
  package var mid: ShortToken
  /// On the wall clock of the participant that is shown, or the server's before that reported.
  package var ntpTime: NTPTime
  /// The same instant on the stream's media clock.
  package var timestamp: UInt32
}

extension PeerConnection {
  /// Sender reports of one datagram; further ones are left out, and come again in two seconds.
  private static let maximumReports = 32

  /// The sender reports that came since the last call.
  package mutating func takeReports() -> [ReceivedReport] {
    guard !reports.isEmpty else { return [] }
    defer { reports.removeAll(keepingCapacity: true) }
    return reports
  }

  /// Takes one datagram; media is decrypted in place and returned, if it is new.
  package mutating func handle(
    _ datagram: inout MutableRawSpan, from address: TransportAddress, at now: MonotonicTime,
    into outbox: inout Outbox
  ) -> ReceivedPacket? {
    let kind = DatagramKind(datagram.bytes)
    if kind == .stun {
      handleSTUN(datagram.bytes, at: now, into: &outbox)
      return nil
    }
    guard let path, path == address else {
      drops.unexpected += 1
      return nil
    }
    switch kind {
    case .rtp: return handleRTP(&datagram, at: now)
    case .rtcp: handleRTCP(&datagram, at: now, path: path, into: &outbox)
    case .dtls:
      if secure?.handleDTLS(datagram.bytes, at: now, path: path, into: &outbox) == true {
        secureStateChanged(at: now)
      }
      if let deadline = secure?.deadline { timers[.dtls] = deadline }
    case .stun, .turnChannel, .unknown: drops.unexpected += 1
    }
    return nil
  }

  private mutating func handleSTUN(
    _ datagram: RawSpan, at now: MonotonicTime, into outbox: inout Outbox
  ) {
    let message: STUNMessageView
    do { message = try STUNMessageView(parsing: datagram) } catch {
      drops.malformed += 1
      return
    }
    let isSelected = ice?.handle(message, at: now) ?? false
    if let deadline = ice?.deadline { timers[.ice] = deadline }
    guard isSelected, let path else { return }
    secure?.start(at: now, path: path, into: &outbox)
    if let deadline = secure?.deadline { timers[.dtls] = deadline }
  }

  mutating func secureStateChanged(at now: MonotonicTime) {
    switch secure?.state {
    case .connected:
      state = .connected
      timers[.consent] = now + ICEConnector.consentTimeout
      timers[.receiverReport] = now + Self.reportInterval
    case .closed: end(.closed)
    case .failed(let reason): end(.failed(reason))
    case .new, .handshaking, nil: break
    }
  }

  // MARK: RTP

  private mutating func handleRTP(
    _ datagram: inout MutableRawSpan, at now: MonotonicTime
  ) -> ReceivedPacket? {
    guard let header = RTPHeader(parsing: datagram.bytes) else {
      drops.malformed += 1
      return nil
    }
    guard let source = sources[header.ssrc] else {
      drops.unknownStream += 1
      return nil
    }
    if configuration.verifyOneIn > 1,
      Int(header.sequenceNumber.rawValue) % configuration.verifyOneIn != 0, !source.isRepair
    {
      count(datagram.byteCount - header.length, of: header, stream: source.stream, at: now)
      return nil
    }
    guard let length = try? secure?.unprotectRTP(&datagram, header: header) else {
      drops.unauthenticated += 1
      return nil
    }
    let packet: RTPPacketView
    do { packet = try RTPPacketView(parsing: datagram.bytes.extracting(0..<length)) } catch {
      drops.malformed += 1
      return nil
    }
    return take(packet, source, at: now)
  }

  private mutating func take(
    _ packet: borrowing RTPPacketView, _ source: Source, at now: MonotonicTime
  ) -> ReceivedPacket? {
    let position = source.stream
    var sequence = packet.sequenceNumber
    var payload = packet.payloadRange
    if source.isRepair {
      guard let repair = RTXPacket(parsing: packet) else { return nil }  // a probe for bandwidth
      sequence = repair.originalSequenceNumber
      payload = repair.payloadRange
    }
    let before = receiving[position].sequence.highest
    let index = receiving[position].sequence.unwrap(sequence)
    let fillsGap = receiving[position].nack.packetReceived(index, at: now)
    guard fillsGap || before.map({ index > $0 }) ?? true else {
      receiving[position].counters.duplicates += 1
      return nil
    }
    receiving[position].statistics.packetReceived(
      index: index, timestamp: packet.timestamp, byteCount: packet.bytes.byteCount, at: now)
    receiving[position].counters.packets += 1
    receiving[position].counters.bytes += UInt64(payload.count)
    if source.isRepair { receiving[position].counters.repaired += 1 }
    scheduleNack(position, at: now)
    return ReceivedPacket(
      mid: receiving[position].mid, isAudio: receiving[position].isAudio, index: index,
      timestamp: packet.timestamp, payloadType: packet.payloadType,
      codec: LocalSession.codec(ofPayloadType: packet.payloadType, isRepair: source.isRepair),
      marker: packet.marker, payload: payload, isRepair: source.isRepair)
  }

  /// Counts a packet that is not decrypted.
  private mutating func count(
    _ byteCount: Int, of header: RTPHeader, stream: Int, at now: MonotonicTime
  ) {
    let before = receiving[stream].sequence.highest
    let index = receiving[stream].sequence.unwrap(header.sequenceNumber)
    let fillsGap = receiving[stream].nack.packetReceived(index, at: now)
    guard fillsGap || before.map({ index > $0 }) ?? true else {
      receiving[stream].counters.duplicates += 1
      return
    }
    receiving[stream].statistics.packetReceived(
      index: index, timestamp: 0, byteCount: byteCount, at: now)
    receiving[stream].counters.packets += 1
    receiving[stream].counters.bytes += UInt64(max(byteCount - 16, 0))
    scheduleNack(stream, at: now)
  }

  private mutating func scheduleNack(_ stream: Int, at now: MonotonicTime) {
    guard !receiving[stream].isAudio, !receiving[stream].nack.isEmpty else { return }
    timers.schedule(.nack, by: now)
  }

  // MARK: RTCP

  private mutating func handleRTCP(
    _ datagram: inout MutableRawSpan, at now: MonotonicTime, path: TransportAddress,
    into outbox: inout Outbox
  ) {
    guard let length = try? secure?.unprotectRTCP(&datagram) else {
      drops.unauthenticated += 1
      return
    }
    let compound: RTCPCompoundView
    do { compound = try RTCPCompoundView(parsing: datagram.bytes.extracting(0..<length)) } catch {
      drops.malformed += 1
      return
    }
    compound.forEachPacket { take($0, at: now, path: path, into: &outbox) }
  }

  private mutating func take(
    _ packet: borrowing RTCPPacketView, at now: MonotonicTime, path: TransportAddress,
    into outbox: inout Outbox
  ) {
    switch packet.type {
    case .senderReport:
      guard let report = SenderReport(parsing: packet), let source = sources[report.ssrc],
        !source.isRepair
      else { return }
      receiving[source.stream].lastReport = report.ntpTime.middle
      receiving[source.stream].lastReportTime = now
      if reports.count < Self.maximumReports {
        reports.append(
          ReceivedReport(
            mid: receiving[source.stream].mid, ntpTime: report.ntpTime,
            timestamp: report.rtpTimestamp))
      }
    case .transportFeedback:
      guard let nack = Nack(parsing: packet),
        let stream = sending.firstIndex(where: { $0.ssrc == nack.mediaSSRC })
      else { return }
      nack.forEachLost { repeatPacket($0, stream: stream, at: now, path: path, into: &outbox) }
    case .payloadFeedback:
      if let indication = PictureLossIndication(parsing: packet) {
        keyframeRequested(indication.mediaSSRC)
      } else if let request = FullIntraRequest(parsing: packet) {
        request.forEachEntry { keyframeRequested($0.ssrc) }
      }
    // Reports about us: a file's or generator's rate is fixed. Goodbyes: signalling tells.
    default: break
    }
  }

  private mutating func keyframeRequested(_ ssrc: UInt32) {
    guard let stream = sending.firstIndex(where: { $0.ssrc == ssrc }) else { return }
    sending[stream].wantsKeyframe = true
    sending[stream].counters.keyframeRequests += 1
  }
}
