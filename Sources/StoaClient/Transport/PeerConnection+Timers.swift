import RTC
package import Wire

/// Everything that happens because time passes: checks, handshake, reports, requests.
extension PeerConnection {
  /// Between reports (RFC 3550 §6.2 would allow fewer for few participants).
  static let reportInterval = Nanoseconds.seconds(1)
  /// The server's answer to a request comes from the same building or the next continent.
  private static let assumedRoundTrip = Nanoseconds.milliseconds(40)
  private static let canonicalName = "stoa-client"

  /// Does what is due.
  package mutating func handleTimeouts(at now: MonotonicTime, into outbox: inout Outbox) {
    guard timers.next <= now, !outbox.isFull else { return }
    if timers.takeExpired(.ice, at: now) {
      ice?.handleTimeout(at: now, into: &outbox)
      if let deadline = ice?.deadline { timers[.ice] = deadline }
    }
    if timers.takeExpired(.consent, at: now) { checkConsent(at: now) }
    if timers.takeExpired(.dtls, at: now), let path, !outbox.isFull {
      let changed = secure?.handleTimeout(at: now, path: path, into: &outbox) ?? false
      if let deadline = secure?.deadline { timers[.dtls] = deadline }
      if changed { secureStateChanged(at: now) }
    }
    guard state == .connected, let path else { return }
    if timers.takeExpired(.nack, at: now) { sendRequests(at: now, path: path, into: &outbox) }
    if timers.takeExpired(.senderReport, at: now) || timers.takeExpired(.receiverReport, at: now) {
      sendReports(at: now, path: path, into: &outbox)
      timers[.receiverReport] = now + Self.reportInterval
    }
  }

  private mutating func checkConsent(at now: MonotonicTime) {
    guard state == .connected else { return end(.failed("no connection within 15 s")) }
    guard !configuration.ignoresSilence else { return }
    let last = ice?.lastAnswer ?? MonotonicTime(nanoseconds: 0)
    guard now - last < ICEConnector.consentTimeout else {
      return end(.failed("the server's media port was silent for 30 s"))
    }
    timers[.consent] = last + ICEConnector.consentTimeout
  }

  /// Asks again for what is missing (RFC 4585 §6.2.1), or for a keyframe when that is hopeless.
  private mutating func sendRequests(
    at now: MonotonicTime, path: TransportAddress, into outbox: inout Outbox
  ) {
    for position in receiving.indices where !receiving[position].isAudio {
      scratch.removeAll(keepingCapacity: true)
      let gaveUp = receiving[position].nack.poll(
        at: now, roundTrip: Self.assumedRoundTrip, into: &scratch)
      if let deadline = receiving[position].nack.deadline { timers.schedule(.nack, by: deadline) }
      guard gaveUp || !scratch.isEmpty, !outbox.isFull else { continue }
      var writer = ByteWriter(outbox.reserve(to: path))
      _ = writer.append(ReceiverReport(ssrc: reporter), blocks: [])
      if !scratch.isEmpty {
        let named = writer.appendNack(scratch, from: reporter, about: receiving[position].ssrc)
        receiving[position].counters.requested += UInt64(max(named, 0))
      }
      if gaveUp {
        _ = writer.append(
          PictureLossIndication(senderSSRC: reporter, mediaSSRC: receiving[position].ssrc))
      }
      let length = writer.count
      secure?.commitRTCP(length: length, to: path, into: &outbox)
    }
  }

  /// Asks for a keyframe of what an m-line receives (RFC 4585 §6.3.1), at once.
  package mutating func requestKeyframe(
    of mid: ShortToken, at now: MonotonicTime, into outbox: inout Outbox
  ) {
    guard state == .connected, let path, !outbox.isFull,
      let stream = receiving.first(where: { $0.mid == mid })
    else { return }
    var writer = ByteWriter(outbox.reserve(to: path))
    _ = writer.append(ReceiverReport(ssrc: reporter), blocks: [])
    _ = writer.append(PictureLossIndication(senderSSRC: reporter, mediaSSRC: stream.ssrc))
    let length = writer.count
    secure?.commitRTCP(length: length, to: path, into: &outbox)
  }

  /// A sender report for each stream that flows, with what we know of those we get.
  private mutating func sendReports(
    at now: MonotonicTime, path: TransportAddress, into outbox: inout Outbox
  ) {
    var blocks = reportBlocks(at: now)
    for stream in sending {
      guard let sent = stream.lastSent, !outbox.isFull else { continue }
      let elapsed = onOwnClock(now - sent)
      let units = elapsed.count / 1_000 &* Int64(stream.codec.clockRate) / 1_000_000
      let report = SenderReport(
        ssrc: stream.ssrc, ntpTime: wallClock(at: now),
        rtpTimestamp: stream.lastTimestamp &+ UInt32(truncatingIfNeeded: units),
        packetCount: UInt32(truncatingIfNeeded: stream.counters.packets),
        octetCount: UInt32(truncatingIfNeeded: stream.counters.bytes))
      var writer = ByteWriter(outbox.reserve(to: path))
      _ = writer.append(report, blocks: Array(blocks.prefix(Self.maximumBlocks)))
      _ = writer.appendSourceDescription(cname: Self.canonicalName, of: stream.ssrc)
      let length = writer.count
      secure?.commitRTCP(length: length, to: path, into: &outbox)
      blocks.removeFirst(min(blocks.count, Self.maximumBlocks))
    }
    while !blocks.isEmpty, !outbox.isFull {
      var writer = ByteWriter(outbox.reserve(to: path))
      _ = writer.append(
        ReceiverReport(ssrc: reporter), blocks: Array(blocks.prefix(Self.maximumBlocks)))
      _ = writer.appendSourceDescription(cname: Self.canonicalName, of: reporter)
      let length = writer.count
      secure?.commitRTCP(length: length, to: path, into: &outbox)
      blocks.removeFirst(min(blocks.count, Self.maximumBlocks))
    }
  }

  /// The count field has five bits (RFC 3550 §6.4.1).
  private static let maximumBlocks = 31

  private mutating func reportBlocks(at now: MonotonicTime) -> [ReportBlock] {
    var blocks: [ReportBlock] = []
    for position in receiving.indices where receiving[position].statistics.packets > 0 {
      var block = ReportBlock(ssrc: receiving[position].ssrc)
      block.fractionLost = receiving[position].statistics.takeFractionLost()
      block.cumulativeLost = Int32(clamping: receiving[position].statistics.cumulativeLost)
      block.extendedHighest = UInt32(
        truncatingIfNeeded: receiving[position].statistics.highestIndex)
      block.jitter = receiving[position].statistics.jitter
      if let time = receiving[position].lastReportTime {
        block.lastSR = receiving[position].lastReport
        let held = max(now - time, .zero)
        block.delaySinceLastSR = UInt32(clamping: (held.count << 16) / 1_000_000_000)
      }
      blocks.append(block)
    }
    return blocks
  }
}
