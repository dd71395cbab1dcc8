import RTC
public import Wire

/// Where `forward` goes on after the outbox was full.
struct ForwardingCursor {
  /// Position in `Shard.dirty`, and in that track's subscribers.
  var track = 0
  var subscriber = 0
}

extension Shard {
  /// Sends what is due to all subscribers; true if the outbox filled up first: send it and call again,
  /// before any other input.
  ///
  /// Works track by track and subscriber by subscriber, so that one subscriber's packets lie side by
  /// side in the outbox and leave in one segmented write.
  public mutating func forward(at now: MonotonicTime, into outbox: inout Outbox) -> Bool {
    while cursor.track < dirty.count {
      let track = Int(dirty[cursor.track])
      guard tracks.contains(track), !tracks[track].pending.isEmpty else {
        dirty.swapAt(cursor.track, dirty.count - 1)
        dirty.removeLast()
        continue
      }
      guard tracks[track].due <= now else {
        cursor.track += 1
        continue
      }
      if cursor.subscriber == 0 { levelSizes(of: track) }
      let room = tracks[track].pending.count * Outbox.maximumDatagram
      while cursor.subscriber < tracks[track].subscribers.count {
        if outbox.capacity - outbox.byteCount < room { return true }
        let subscription = Int(tracks[track].subscribers[cursor.subscriber])
        if subscriptions[subscription].outgoing >= 0, !subscriptions[subscription].isPaused {
          forward(track, to: subscription, at: now, into: &outbox)
        }
        cursor.subscriber += 1
      }
      cursor.subscriber = 0
      tracks[track].pending.removeAll(keepingCapacity: true)
      tracks[track].due = .distantFuture
      dirty.swapAt(cursor.track, dirty.count - 1)
      dirty.removeLast()
    }
    cursor = ForwardingCursor()
    return false
  }

  /// Pads packets to the size of the one before where that makes a longer run.
  ///
  /// An encoder splits a frame into packets that differ by a byte; one byte of padding is cheaper than
  /// another write. The last packet of a run may be shorter anyway.
  private mutating func levelSizes(of track: Int) {
    let count = tracks[track].pending.count
    guard count > 1, !tracks[track].kind.isAudio else { return }
    var position = 0
    while position < count - 1 {
      let stream = tracks[track].pending[position].stream
      let size = payloadLength(tracks[track].pending[position])
      var next = position + 1
      while next < count, tracks[track].pending[next].stream == stream {
        let shortfall = size - payloadLength(tracks[track].pending[next])
        guard shortfall >= 0, shortfall <= Self.maximumLevelling else { break }
        next += 1
      }
      if next - position > 2 {
        for middle in position + 1..<next - 1 {
          let shortfall = size - payloadLength(tracks[track].pending[middle])
          tracks[track].pending[middle].padding = UInt8(truncatingIfNeeded: shortfall)
        }
      }
      position = next
    }
  }

  /// Bytes of padding worth a write saved.
  private static let maximumLevelling = 16

  private func payloadLength(_ packet: PublishedTrack.Pending) -> Int {
    let stream = Int(packet.stream)
    guard streams.contains(stream), streams[stream].ring.contains(packet.index) else { return -1 }
    return Int(streams[stream].ring.info(packet.index).payloadLength)
  }

  private mutating func forward(
    _ track: Int, to subscription: Int, at now: MonotonicTime, into outbox: inout Outbox
  ) {
    let endpoint = Int(subscriptions[subscription].endpoint)
    guard let path = endpoints[endpoint].mediaPath else { return }
    let target = Int(subscriptions[subscription].outgoing)
    let sendTime = AbsoluteSendTime(now).rawValue
    for position in 0..<tracks[track].pending.count {
      let pending = tracks[track].pending[position]
      let stream = Int(pending.stream)
      guard streams.contains(stream), streams[stream].ring.contains(pending.index) else { continue }
      let info = streams[stream].ring.info(pending.index)
      if subscriptions[subscription].current != pending.stream {
        guard
          subscriptions[subscription].accepts(
            layer: pending.layer, startsDecoding: info.startsDecoding),
          switchSource(of: subscription, to: stream, index: pending.index, info: info, at: now)
        else { continue }
      }
      guard let payloadTypes = subscriptions[subscription].payloadTypes,
        let index = outgoing[target].sequence.rewrite(pending.index)
      else { continue }
      // Asked for and sent before its turn came: the same index must not cover other bytes.
      if outgoing[target].log?.entry(index) != nil { continue }
      let timestamp = outgoing[target].timestamps.rewrite(info.timestamp, at: now)
      if let picture = info.pictureID {
        _ = outgoing[target].pictures.rewrite(picture: picture)
        if let level = info.temporalLevelZeroIndex {
          _ = outgoing[target].pictures.rewrite(level: level)
        }
      }
      deliver(
        info, stream: stream, source: pending.index, index: index, timestamp: timestamp,
        padding: pending.padding, payloadType: payloadTypes.media, target: target,
        endpoint: endpoint, path: path, sendTime: sendTime, into: &outbox)
    }
  }

  /// Sends a packet for the first time, and notes how, so that it can be sent again.
  mutating func deliver(
    _ info: PacketInfo, stream: Int, source: Int64, index: Int64, timestamp: UInt32,
    padding: UInt8, payloadType: UInt8, target: Int, endpoint: Int, path: TransportAddress,
    sendTime: UInt32, into outbox: inout Outbox
  ) {
    let packet = OutgoingPacket(
      payloadType: payloadType, sequence: UInt16(truncatingIfNeeded: index),
      timestamp: timestamp, ssrc: outgoing[target].ssrc, absoluteSendTime: sendTime,
      padding: padding, pictureOffset: outgoing[target].pictures.pictureOffset,
      levelOffset: outgoing[target].pictures.levelOffset, originalSequence: nil)
    guard
      send(
        packet, index: index, info, stream: stream, source: source, target: target,
        endpoint: endpoint, path: path, into: &outbox)
    else { return }
    outgoing[target].packets &+= 1
    outgoing[target].bytes &+= UInt32(info.payloadLength)
    counters.packetsForwarded &+= 1
    counters.bytesForwarded &+= UInt64(info.payloadLength)
    guard !outgoing[target].isAudio else { return }
    var entry = SentPacketLog.Entry()
    entry.index = index
    entry.source = source
    entry.stream = Int32(truncatingIfNeeded: stream)
    entry.timestampOffset = timestamp &- info.timestamp
    entry.absoluteSendTime = sendTime
    entry.pictureOffset = packet.pictureOffset
    entry.levelOffset = packet.levelOffset
    entry.padding = padding
    outgoing[target].log?.record(entry)
  }

  /// Builds, encrypts and commits one packet; false if it does not fit or there are no keys.
  mutating func send(
    _ packet: OutgoingPacket, index: Int64, _ info: PacketInfo, stream: Int, source: Int64,
    target: Int, endpoint: Int, path: TransportAddress, into outbox: inout Outbox
  ) -> Bool {
    var slot = outbox.reserve(to: path)
    guard
      let lengths = packet.write(
        info, of: streams[stream].ring.bytes(source), extensions: outgoing[target].extensions,
        into: &slot),
      let length = try? endpoints[endpoint].secure.protectRTP(
        &slot, headerLength: lengths.header, length: lengths.packet,
        rolloverCounter: UInt32(truncatingIfNeeded: index >> 16))
    else { return false }
    outbox.commit(length: length)
    return true
  }

  /// Makes `stream` the source of a subscription, continuing numbers and time; false if the
  /// subscriber does not know its codec.
  private mutating func switchSource(
    of subscription: Int, to stream: Int, index: Int64, info: PacketInfo, at now: MonotonicTime
  ) -> Bool {
    let endpoint = Int(subscriptions[subscription].endpoint)
    let line = Int(subscriptions[subscription].line)
    let target = Int(subscriptions[subscription].outgoing)
    guard
      let types = endpoints[endpoint].session.payloadTypes(
        for: streams[stream].format, line: line)
    else { return false }
    let previous = Int(subscriptions[subscription].current)
    subscriptions[subscription].payloadTypes = types
    subscriptions[subscription].current = Int32(stream)
    outgoing[target].sequence.rebase(to: index)
    outgoing[target].timestamps.rebase(
      to: info.timestamp,
      aligned: alignedTimestamp(info, from: previous, to: stream, target: target),
      clockRate: streams[stream].format.clockRate, at: now)
    outgoing[target].pictures.rebase(
      picture: info.pictureID, level: info.temporalLevelZeroIndex)
    outgoing[target].nextReport = now  // receivers sync audio and video by sender reports
    schedule(.senderReport, of: endpoint, by: now)
    return true
  }

  /// Where the first packet of a new layer falls on the subscriber's clock, by the reports of both layers.
  private func alignedTimestamp(
    _ info: PacketInfo, from previous: Int, to stream: Int, target: Int
  ) -> UInt32? {
    guard previous >= 0, streams.contains(previous),
      streams[previous].track == streams[stream].track,
      let ntp = streams[stream].clock.ntp(of: info.timestamp),
      let timestamp = streams[previous].clock.timestamp(at: ntp)
    else { return nil }
    return timestamp &+ outgoing[target].timestamps.offset
  }
}
