import RTC
import Wire

/// RTP from publishers: decrypt, find its stream, store, note.
extension Shard {
  mutating func receiveRTP(
    _ datagram: inout MutableRawSpan, from address: TransportAddress, at now: MonotonicTime
  ) throws(Refused) {
    guard let slot = paths[address] else { throw Refused(.unknownSource) }
    let endpoint = Int(slot)
    guard datagram.byteCount <= Outbox.maximumDatagram else { throw Refused(.tooLong) }
    guard let header = RTPHeader(parsing: datagram.bytes) else { throw Refused(.malformedRTP) }

    let decrypted: Int?
    do {
      decrypted = try endpoints[endpoint].secure.unprotectRTP(&datagram, header: header)
    } catch {
      throw Refused(DropReason(error))
    }
    guard let length = decrypted else { throw Refused(.noKeys) }
    let packet: RTPPacketView
    do { packet = try RTPPacketView(parsing: datagram.bytes.extracting(0..<length)) } catch {
      throw Refused(.malformedRTP)
    }
    let extensions = RTPExtensions(
      parsing: packet, map: endpoints[endpoint].session.extensions)
    if let sequence = extensions.transportSequenceNumber {
      let isFirst = endpoints[endpoint].feedback.packetReceived(sequence, at: now)
      if isFirst {
        schedule(.transportFeedback, of: endpoint, by: now + TransportFeedbackRecorder.interval)
      }
    }
    let binding = try binding(of: packet, extensions, endpoint: endpoint, at: now)
    if binding.isRepair {
      try receiveRepair(packet, extensions, stream: Int(binding.stream), at: now)
    } else {
      let track = Int(streams[Int(binding.stream)].track)
      if let level = extensions.audioLevel, tracks[track].kind == .audio {
        audioLevelReceived(level, from: endpoint, at: now)
      }
      try store(
        packet, sequence: packet.sequenceNumber, payloadOffset: packet.payloadOffset, extensions,
        stream: Int(binding.stream), at: now)
    }
  }

  /// Takes apart a retransmission (RFC 4588 §4) and stores the packet it carries.
  private mutating func receiveRepair(
    _ packet: borrowing RTPPacketView, _ extensions: RTPExtensions, stream: Int,
    at now: MonotonicTime
  ) throws(Refused) {
    // Browsers probe for bandwidth with empty packets of the repair stream.
    guard let repair = RTXPacket(parsing: packet) else { return }
    try store(
      packet, sequence: repair.originalSequenceNumber,
      payloadOffset: packet.payloadOffset + RTXPacket.headerLength, extensions, stream: stream,
      at: now)
    streams[stream].quality.repaired += 1
  }

  private mutating func store(
    _ packet: borrowing RTPPacketView, sequence: SequenceNumber, payloadOffset: Int,
    _ extensions: RTPExtensions, stream: Int, at now: MonotonicTime
  ) throws(Refused) {
    let before = streams[stream].sequence.highest
    let index = streams[stream].sequence.unwrap(sequence)
    guard !streams[stream].ring.contains(index) else { throw Refused(.duplicate) }
    guard !streams[stream].ring.isTooOld(index) else { throw Refused(.tooOld) }
    streams[stream].lastArrival = now
    streams[stream].lastTimestamp = packet.timestamp
    streams[stream].statistics.packetReceived(
      index: index, timestamp: packet.timestamp,
      byteCount: packet.payloadOffset + packet.payloadLength, at: now)

    let info = PacketInfo(
      packet, payloadOffset: payloadOffset, extensions, codec: streams[stream].format.kind)
    streams[stream].ring.store(
      packet.bytes.extracting(0..<packet.payloadOffset + packet.payloadLength), index: index,
      info: info)
    noteArrival(index, after: before, info, stream: stream, at: now)

    let track = Int(streams[stream].track)
    let pending = PublishedTrack.Pending(
      index: index, stream: Int32(stream), layer: streams[stream].layer)
    // A repair is late already; sound and the end of a frame complete something.
    let isUrgent = info.marker || streams[stream].isAudio || index < before ?? .min
    if tracks[track].append(pending, isUrgent: isUrgent, at: now) { dirty.append(Int32(track)) }
  }

  /// Looks for gaps, keyframes and complete frames.
  private mutating func noteArrival(
    _ index: Int64, after before: Int64?, _ info: PacketInfo, stream: Int, at now: MonotonicTime
  ) {
    guard !streams[stream].isAudio else { return }
    let track = Int(streams[stream].track)
    streams[stream].nack.packetReceived(index, at: now)
    if info.startsDecoding {
      streams[stream].keyframes.keyframeReceived()
      streams[stream].quality.isBroken = false
      noteSize(of: stream, index: index)
    }
    if info.marker { streams[stream].quality.frames += 1 }
    if !streams[stream].nack.isEmpty {
      schedule(.nack, of: Int(tracks[track].endpoint), by: now)
    } else if info.marker || index < before ?? .min, !streams[stream].quality.isBroken {
      tracks[track].continuity.frameCompleted(at: now)
    }
    if let before, index - before > NackGenerator.maximumGap {
      streams[stream].quality.isBroken = true
      wantKeyframe(of: stream, at: now)
    }
  }

  /// The stream that an SSRC carries; found by mid and rid when it is new (RFC 8843 §9.2, RFC 8852).
  private mutating func binding(
    of packet: borrowing RTPPacketView, _ extensions: RTPExtensions, endpoint: Int,
    at now: MonotonicTime
  ) throws(Refused) -> SourceBinding {
    if let known = endpoints[endpoint].binding(of: packet.ssrc) { return known }
    guard endpoints[endpoint].bindings.count < Endpoint.maximumSources else {
      throw Refused(.tooManySources)
    }
    var named = extensions
    endpoints[endpoint].name(packet.ssrc, &named)
    guard
      let source = endpoints[endpoint].session.source(
        ssrc: packet.ssrc, payloadType: packet.payloadType, extensions: named)
    else { throw Refused(.unknownStream) }
    guard let track = endpoints[endpoint].publication(ofLine: source.line) else {
      throw Refused(.notPublished)
    }
    let layer = min(source.layer, 2)
    var stream = tracks[track].layers[layer]
    if stream < 0 {
      // A repair of something never seen has nothing to be stored with.
      guard !source.isRepair, let format = source.format else { throw Refused(.unknownStream) }
      stream = Int32(
        streams.insert(
          IncomingStream(
            track: Int32(track), layer: Int8(layer), ssrc: packet.ssrc,
            isAudio: tracks[track].kind.isAudio, format: format, at: now)))
      tracks[track].layers[layer] = stream
      for subscription in tracks[track].subscribers { retarget(Int(subscription), at: now) }
    }
    let binding = SourceBinding(ssrc: packet.ssrc, stream: stream, isRepair: source.isRepair)
    endpoints[endpoint].bindings.append(binding)
    return binding
  }

  private mutating func audioLevelReceived(
    _ level: AudioLevel, from endpoint: Int, at now: MonotonicTime
  ) {
    let room = endpoints[endpoint].room
    rooms[room].speaker.levelReceived(level, from: Int32(endpoint), at: now)
    if let deadline = rooms[room].speaker.deadline { wake(by: deadline) }
  }
}

extension DropReason {
  init(_ error: SRTPError) {
    self =
      switch error {
      case .replayed: .replayed
      case .tooManySources: .tooManySources
      default: .authenticationFailed
      }
  }
}

extension PacketInfo {
  /// Notes what forwarding needs of a packet whose media payload starts at `payloadOffset`.
  init(
    _ packet: borrowing RTPPacketView, payloadOffset: Int, _ extensions: RTPExtensions,
    codec: CodecKind
  ) {
    self.init()
    let length = packet.payloadOffset + packet.payloadLength - payloadOffset
    timestamp = packet.timestamp
    payloadType = packet.payloadType
    marker = packet.marker
    self.payloadOffset = UInt16(truncatingIfNeeded: payloadOffset)
    payloadLength = UInt16(truncatingIfNeeded: max(0, length))
    audioLevel = extensions.audioLevel?.wireByte
    playoutDelay = extensions.playoutDelay
    dependencyDescriptorOffset = UInt16(
      truncatingIfNeeded: extensions.dependencyDescriptor.lowerBound)
    dependencyDescriptorLength = UInt8(truncatingIfNeeded: extensions.dependencyDescriptor.count)
    guard length > 0 else { return }
    parse(packet.bytes.extracting(payloadOffset..<payloadOffset + length), codec: codec)
  }

  private mutating func parse(_ payload: RawSpan, codec: CodecKind) {
    switch codec {
    case .vp8:
      guard let descriptor = VP8Descriptor(parsing: payload) else { return }
      pictureID = descriptor.pictureID
      temporalLevelZeroIndex = descriptor.temporalLevelZeroIndex
      startsDecoding = descriptor.startsKeyframe
    case .vp9: startsDecoding = VP9Descriptor(parsing: payload)?.startsKeyframe ?? false
    case .h264: startsDecoding = H264Payload(parsing: payload)?.startsKeyframe ?? false
    case .av1: startsDecoding = AV1AggregationHeader(parsing: payload)?.startsSequence ?? false
    default: startsDecoding = true
    }
  }
}
