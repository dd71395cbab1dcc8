import RTC
import Wire

/// RTCP from peers: what publishers say of their clocks, and subscribers of what they miss.
extension Shard {
  mutating func receiveRTCP(
    _ datagram: inout MutableRawSpan, from address: TransportAddress, at now: MonotonicTime,
    into outbox: inout Outbox
  ) throws(Refused) {
    guard let slot = paths[address] else { throw Refused(.unknownSource) }
    let endpoint = Int(slot)
    guard datagram.byteCount <= Outbox.maximumDatagram else { throw Refused(.tooLong) }
    let decrypted: Int?
    do {
      decrypted = try endpoints[endpoint].secure.unprotectRTCP(&datagram)
    } catch {
      throw Refused(DropReason(error))
    }
    guard let length = decrypted else { throw Refused(.noKeys) }
    let compound: RTCPCompoundView
    do { compound = try RTCPCompoundView(parsing: datagram.bytes.extracting(0..<length)) } catch {
      throw Refused(.malformedRTCP)
    }
    compound.forEachPacket { packet in
      take(packet, from: endpoint, at: now, into: &outbox)
    }
  }

  private mutating func take(
    _ packet: borrowing RTCPPacketView, from endpoint: Int, at now: MonotonicTime,
    into outbox: inout Outbox
  ) {
    switch packet.type {
    case .senderReport:
      if let report = SenderReport(parsing: packet) { take(report, from: endpoint, at: now) }
      packet.forEachReportBlock { take($0, from: endpoint, at: now) }
    case .receiverReport: packet.forEachReportBlock { take($0, from: endpoint, at: now) }
    case .transportFeedback:
      guard let nack = Nack(parsing: packet),
        let target = outgoingStream(of: endpoint, ssrc: nack.mediaSSRC)
      else { return }
      nack.forEachLost {
        repeatPacket($0, target: target, endpoint: endpoint, at: now, into: &outbox)
      }
    case .payloadFeedback:
      if let indication = PictureLossIndication(parsing: packet) {
        keyframeRequested(of: indication.mediaSSRC, by: endpoint, at: now)
      } else if let request = FullIntraRequest(parsing: packet) {
        request.forEachEntry { keyframeRequested(of: $0.ssrc, by: endpoint, at: now) }
      } else if let estimate = ReceiverEstimatedMaximumBitrate(parsing: packet) {
        endpoints[endpoint].allocator.receiverEstimate = estimate.bitsPerSecond
      }
    // A BYE is no news: signalling tells when a stream ends, and an SSRC may come back.
    default: break
    }
  }

  private mutating func take(_ report: SenderReport, from endpoint: Int, at now: MonotonicTime) {
    guard let binding = endpoints[endpoint].binding(of: report.ssrc), !binding.isRepair else {
      return
    }
    streams[Int(binding.stream)].clock.reportReceived(
      ntp: report.ntpTime, timestamp: report.rtpTimestamp, at: now)
  }

  private mutating func take(_ block: ReportBlock, from endpoint: Int, at now: MonotonicTime) {
    guard let target = outgoingStream(of: endpoint, ssrc: block.ssrc) else { return }
    outgoing[target].fractionLost = block.fractionLost
    outgoing[target].quality.lost = block.cumulativeLost
    outgoing[target].quality.jitter = block.jitter
    guard let report = outgoing[target].lastReport, block.lastSR == report.ntp.middle else {
      return
    }
    let held = Nanoseconds(Int64(block.delaySinceLastSR) * 1_000_000_000 >> 16)
    let roundTrip = max(now - report.time - held, .zero)
    outgoing[target].roundTrip = roundTrip
    endpoints[endpoint].roundTrip = roundTrip
    outgoing[target].quality.roundTrip.add(Double(roundTrip.count) / 1_000)
  }

  /// The outgoing stream of an endpoint with this SSRC.
  private func outgoingStream(of endpoint: Int, ssrc: UInt32) -> Int? {
    for slot in endpoints[endpoint].outgoing where slot >= 0 && outgoing[Int(slot)].ssrc == ssrc {
      return Int(slot)
    }
    return nil
  }

  private mutating func keyframeRequested(
    of ssrc: UInt32, by endpoint: Int, at now: MonotonicTime
  ) {
    guard let target = outgoingStream(of: endpoint, ssrc: ssrc) else { return }
    for slot in endpoints[endpoint].subscriptions
    where subscriptions[Int(slot)].outgoing == Int32(target) {
      let current = Int(subscriptions[Int(slot)].current)
      if current >= 0 {
        wantKeyframe(of: current, at: now)
      } else {
        retarget(Int(slot), at: now)
      }
    }
  }

  /// Sends a packet again that a subscriber misses, if it is still known and not just been repeated.
  private mutating func repeatPacket(
    _ sequence: SequenceNumber, target: Int, endpoint: Int, at now: MonotonicTime,
    into outbox: inout Outbox
  ) {
    guard let path = endpoints[endpoint].mediaPath, !outbox.isFull else { return }
    let highest = outgoing[target].sequence.highest
    let near = SequenceNumber(UInt16(truncatingIfNeeded: highest))
    let index = highest + Int64(sequence.distance(from: near))
    guard let entry = outgoing[target].log?.entry(index) else {
      return deliverLate(
        index, target: target, endpoint: endpoint, at: now, path: path, into: &outbox)
    }
    let stream = Int(entry.stream)
    guard streams.contains(stream), streams[stream].ring.contains(entry.source) else { return }
    let interval = max(
      endpoints[endpoint].roundTrip ?? .zero, OutgoingStream.minimumRepeatInterval)
    guard outgoing[target].log?.mayRepeat(index, at: now, interval: interval) == true,
      let line = lineOf(target: target, endpoint: endpoint),
      let types = endpoints[endpoint].session.payloadTypes(
        for: streams[stream].format, line: line)
    else { return }

    let info = streams[stream].ring.info(entry.source)
    var packet = OutgoingPacket(
      payloadType: types.media, sequence: UInt16(truncatingIfNeeded: index),
      timestamp: info.timestamp &+ entry.timestampOffset, ssrc: outgoing[target].ssrc,
      absoluteSendTime: entry.absoluteSendTime, padding: entry.padding,
      pictureOffset: entry.pictureOffset, levelOffset: entry.levelOffset, originalSequence: nil)
    var sendIndex = index
    if let repair = types.repair {
      outgoing[target].repairIndex += 1
      sendIndex = outgoing[target].repairIndex
      packet.payloadType = repair
      packet.originalSequence = packet.sequence
      packet.sequence = UInt16(truncatingIfNeeded: sendIndex)
      packet.ssrc = outgoing[target].repairSSRC
      packet.absoluteSendTime = AbsoluteSendTime(now).rawValue
      packet.padding = 0
    }
    if send(
      packet, index: sendIndex, info, stream: stream, source: entry.source, target: target,
      endpoint: endpoint, path: path, into: &outbox)
    {
      counters.packetsRetransmitted &+= 1
      outgoing[target].quality.repaired += 1
    }
  }

  /// Sends a packet that was asked for and never sent: it had arrived before the keyframe's first
  /// packet, which itself had to be repaired.
  private mutating func deliverLate(
    _ index: Int64, target: Int, endpoint: Int, at now: MonotonicTime, path: TransportAddress,
    into outbox: inout Outbox
  ) {
    let slot = endpoints[endpoint].subscriptions.first {
      subscriptions[Int($0)].outgoing == Int32(target)
    }
    guard let slot, let types = subscriptions[Int(slot)].payloadTypes,
      let source = outgoing[target].sequence.source(of: index)
    else { return }
    let stream = Int(subscriptions[Int(slot)].current)
    guard stream >= 0, streams.contains(stream), streams[stream].ring.contains(source) else {
      return
    }
    let info = streams[stream].ring.info(source)
    deliver(
      info, stream: stream, source: source, index: index,
      timestamp: info.timestamp &+ outgoing[target].timestamps.offset, padding: 0,
      payloadType: types.media, target: target, endpoint: endpoint, path: path,
      sendTime: AbsoluteSendTime(now).rawValue, into: &outbox)
  }

  private func lineOf(target: Int, endpoint: Int) -> Int? {
    endpoints[endpoint].outgoing.firstIndex(of: Int32(target))
  }
}
