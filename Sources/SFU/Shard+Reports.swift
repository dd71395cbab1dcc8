import RTC
import Wire

/// Everything that happens because time passes: reports, requests, consent, who speaks.
extension Shard {
  /// Between receiver reports to a publisher; its round-trip time and loss display live from them.
  static let reportInterval = Nanoseconds.seconds(1)
  /// Between sender reports to a subscriber.
  static let senderReportInterval = Nanoseconds.seconds(2)

  mutating func runTimers(at now: MonotonicTime, into outbox: inout Outbox) {
    var next = MonotonicTime.distantFuture
    for endpoint in 0..<endpoints.end where endpoints.contains(endpoint) {
      if endpoints[endpoint].timers.next <= now { runTimers(of: endpoint, at: now, into: &outbox) }
      if endpoints.contains(endpoint) { next = min(next, endpoints[endpoint].timers.next) }
    }
    for room in 0..<rooms.end where rooms.contains(room) {
      if rooms[room].speaker.evaluate(at: now) {
        let speaker = rooms[room].speaker.current
        events.append(
          .activeSpeaker(rooms[room].number, speaker.map { endpoints[Int($0)].number }))
      }
      if let deadline = rooms[room].speaker.deadline { next = min(next, deadline) }
    }
    reportQuality(at: now)
    timerDeadline = min(next, nextQuality)
  }

  private mutating func runTimers(
    of endpoint: Int, at now: MonotonicTime, into outbox: inout Outbox
  ) {
    // Reports need room for one datagram each; what finds none is tried again on the next turn.
    guard outbox.capacity - outbox.byteCount > 16 * Outbox.maximumDatagram else { return }
    if endpoints[endpoint].timers.takeExpired(.consent, at: now) {
      checkConsent(of: endpoint, at: now, into: &outbox)
      guard endpoints.contains(endpoint) else { return }
    }
    if endpoints[endpoint].timers.takeExpired(.dtls, at: now) {
      retransmitHandshake(of: endpoint, at: now, into: &outbox)
      guard endpoints.contains(endpoint) else { return }
    }
    guard let path = endpoints[endpoint].mediaPath else {
      for timer in [PeerTimer.receiverReport, .senderReport, .transportFeedback, .nack, .keyframe] {
        _ = endpoints[endpoint].timers.takeExpired(timer, at: now)
      }
      return
    }
    if endpoints[endpoint].timers.takeExpired(.transportFeedback, at: now) {
      sendTransportFeedback(of: endpoint, at: now, path: path, into: &outbox)
    }
    if endpoints[endpoint].timers.takeExpired(.nack, at: now) {
      sendNacks(of: endpoint, at: now, path: path, into: &outbox)
    }
    if endpoints[endpoint].timers.takeExpired(.keyframe, at: now) {
      sendKeyframeRequests(of: endpoint, at: now, path: path, into: &outbox)
    }
    if endpoints[endpoint].timers.takeExpired(.receiverReport, at: now) {
      sendReceiverReport(of: endpoint, at: now, path: path, into: &outbox)
      endpoints[endpoint].timers[.receiverReport] = now + Self.reportInterval
    }
    if endpoints[endpoint].timers.takeExpired(.senderReport, at: now) {
      sendSenderReports(of: endpoint, at: now, path: path, into: &outbox)
    }
  }

  // MARK: Connectivity

  private mutating func checkConsent(
    of endpoint: Int, at now: MonotonicTime, into outbox: inout Outbox
  ) {
    let since = endpoints[endpoint].ice.lastCheck ?? endpoints[endpoint].createdAt
    let silence = now - since
    if silence >= ICELiteAgent.consentTimeout {
      return close(endpoint, reason: "no consent for 30 s", at: now, into: &outbox)
    }
    if silence >= ICELiteAgent.interruptionTimeout {
      if !endpoints[endpoint].isInterrupted, endpoints[endpoint].secure.state == .connected {
        endpoints[endpoint].isInterrupted = true
        events.append(.interrupted(endpoints[endpoint].number))
      }
      endpoints[endpoint].timers[.consent] = since + ICELiteAgent.consentTimeout
    } else {
      endpoints[endpoint].timers[.consent] = since + ICELiteAgent.interruptionTimeout
    }
  }

  private mutating func retransmitHandshake(
    of endpoint: Int, at now: MonotonicTime, into outbox: inout Outbox
  ) {
    guard let path = endpoints[endpoint].ice.selected else { return }
    let changed = endpoints[endpoint].secure.handleTimeout(at: now, path: path, into: &outbox)
    if let deadline = endpoints[endpoint].secure.deadline {
      endpoints[endpoint].timers[.dtls] = deadline
    }
    if changed { secureTransportChanged(endpoint, at: now, into: &outbox) }
  }

  // MARK: To publishers

  private mutating func sendTransportFeedback(
    of endpoint: Int, at now: MonotonicTime, path: TransportAddress, into outbox: inout Outbox
  ) {
    var isMore = true
    while isMore, !outbox.isFull {
      if let first = endpoints[endpoint].bindings.first {
        endpoints[endpoint].feedback.mediaSSRC = first.ssrc
      }
      var writer = ByteWriter(outbox.reserve(to: path))
      _ = writer.append(ReceiverReport(ssrc: endpoints[endpoint].ssrc))
      isMore = endpoints[endpoint].feedback.write(to: &writer)
      let length = writer.count
      endpoints[endpoint].secure.commitRTCP(length: length, to: path, into: &outbox)
    }
    if !endpoints[endpoint].feedback.isEmpty {
      endpoints[endpoint].timers[.transportFeedback] = now
    }
  }

  private mutating func sendNacks(
    of endpoint: Int, at now: MonotonicTime, path: TransportAddress, into outbox: inout Outbox
  ) {
    var next = MonotonicTime.distantFuture
    for binding in endpoints[endpoint].bindings where !binding.isRepair {
      let stream = Int(binding.stream)
      scratch.removeAll(keepingCapacity: true)
      let hasGivenUp = streams[stream].nack.poll(
        at: now, roundTrip: endpoints[endpoint].roundTrip ?? Self.assumedRoundTrip, into: &scratch)
      if hasGivenUp {
        streams[stream].quality.isBroken = true
        wantKeyframe(of: stream, at: now)
      }
      if let deadline = streams[stream].nack.deadline { next = min(next, deadline) }
      guard !scratch.isEmpty, !outbox.isFull else { continue }
      var writer = ByteWriter(outbox.reserve(to: path))
      _ = writer.append(ReceiverReport(ssrc: endpoints[endpoint].ssrc))
      _ = writer.appendNack(scratch, from: endpoints[endpoint].ssrc, about: binding.ssrc)
      let length = writer.count
      endpoints[endpoint].secure.commitRTCP(length: length, to: path, into: &outbox)
    }
    if next < .distantFuture { endpoints[endpoint].timers[.nack] = next }
  }

  /// Until a report tells better: a continent's width.
  private static let assumedRoundTrip = Nanoseconds.milliseconds(100)

  private mutating func sendKeyframeRequests(
    of endpoint: Int, at now: MonotonicTime, path: TransportAddress, into outbox: inout Outbox
  ) {
    var next = MonotonicTime.distantFuture
    for binding in endpoints[endpoint].bindings where !binding.isRepair {
      let stream = Int(binding.stream)
      if streams[stream].keyframes.poll(at: now), !outbox.isFull {
        counters.keyframesRequested &+= 1
        streams[stream].quality.keyframesRequested += 1
        var writer = ByteWriter(outbox.reserve(to: path))
        _ = writer.append(ReceiverReport(ssrc: endpoints[endpoint].ssrc))
        _ = writer.append(
          PictureLossIndication(senderSSRC: endpoints[endpoint].ssrc, mediaSSRC: binding.ssrc))
        let length = writer.count
        endpoints[endpoint].secure.commitRTCP(length: length, to: path, into: &outbox)
      }
      // A layer that stopped cannot answer; it is asked again when it comes back.
      if now - streams[stream].lastArrival > IncomingStream.idle { continue }
      if let deadline = streams[stream].keyframes.deadline { next = min(next, deadline) }
    }
    if next < .distantFuture { endpoints[endpoint].timers[.keyframe] = next }
  }

  private mutating func sendReceiverReport(
    of endpoint: Int, at now: MonotonicTime, path: TransportAddress, into outbox: inout Outbox
  ) {
    var blocks: [ReportBlock] = []
    for binding in endpoints[endpoint].bindings
    where !binding.isRepair && blocks.count < ByteWriter.maximumReportBlocks {
      blocks.append(reportBlock(of: Int(binding.stream), at: now))
    }
    if !blocks.isEmpty, !outbox.isFull {
      var writer = ByteWriter(outbox.reserve(to: path))
      _ = writer.append(ReceiverReport(ssrc: endpoints[endpoint].ssrc), blocks: blocks)
      _ = writer.appendSourceDescription(
        cname: AgreedSession.canonicalName, of: endpoints[endpoint].ssrc)
      if !endpoints[endpoint].session.usesTransportFeedback {
        _ = writer.appendReceiverEstimatedMaximumBitrate(
          configuration.maximumPublisherBitrate, of: blocks.map(\.ssrc),
          from: endpoints[endpoint].ssrc)
      }
      let length = writer.count
      endpoints[endpoint].secure.commitRTCP(length: length, to: path, into: &outbox)
    }
    // Layers come and go: a browser short of bandwidth stops the largest.
    for publication in endpoints[endpoint].publications {
      for subscription in tracks[Int(publication.track)].subscribers {
        retarget(Int(subscription), at: now)
      }
    }
  }

  private mutating func reportBlock(of stream: Int, at now: MonotonicTime) -> ReportBlock {
    var block = ReportBlock(ssrc: streams[stream].ssrc)
    block.fractionLost = streams[stream].statistics.takeFractionLost()
    block.cumulativeLost = Int32(clamping: streams[stream].statistics.cumulativeLost)
    block.extendedHighest = UInt32(truncatingIfNeeded: streams[stream].statistics.highestIndex)
    block.jitter = streams[stream].statistics.jitter
    if let report = streams[stream].clock.last {
      block.lastSR = report.ntp.middle
      let held = max(now - report.arrival, .zero)
      block.delaySinceLastSR = UInt32(clamping: (held.count << 16) / 1_000_000_000)
    }
    return block
  }

  // MARK: To subscribers

  private mutating func sendSenderReports(
    of endpoint: Int, at now: MonotonicTime, path: TransportAddress, into outbox: inout Outbox
  ) {
    var next = MonotonicTime.distantFuture
    for slot in endpoints[endpoint].subscriptions {
      let target = Int(subscriptions[Int(slot)].outgoing)
      let stream = Int(subscriptions[Int(slot)].current)
      guard target >= 0, stream >= 0, streams.contains(stream) else { continue }
      if outgoing[target].nextReport <= now, outgoing[target].packets > 0, !outbox.isFull {
        let instant = senderClock(of: stream, at: now)
        let report = SenderReport(
          ssrc: outgoing[target].ssrc, ntpTime: instant.ntp,
          rtpTimestamp: instant.timestamp &+ outgoing[target].timestamps.offset,
          packetCount: outgoing[target].packets, octetCount: outgoing[target].bytes)
        var writer = ByteWriter(outbox.reserve(to: path))
        _ = writer.append(report)
        _ = writer.appendSourceDescription(
          cname: AgreedSession.canonicalName, of: outgoing[target].ssrc)
        let length = writer.count
        endpoints[endpoint].secure.commitRTCP(length: length, to: path, into: &outbox)
        outgoing[target].lastReport = OutgoingStream.SentReport(ntp: instant.ntp, time: now)
        outgoing[target].nextReport = now + Self.senderReportInterval
      }
      next = min(next, max(outgoing[target].nextReport, now + .milliseconds(20)))
    }
    if next < .distantFuture { endpoints[endpoint].timers[.senderReport] = next }
  }

  /// One instant on the publisher's wall clock and on a stream's media clock: audio and video of one
  /// publisher stay related as it related them.
  private func senderClock(of stream: Int, at now: MonotonicTime) -> SenderInstant {
    let rate = Int64(streams[stream].format.clockRate)
    if let last = streams[stream].clock.last {
      let elapsed = now - last.arrival
      let units = elapsed.count / 1_000 &* rate / 1_000_000
      return SenderInstant(
        ntp: last.ntp.advanced(by: elapsed),
        timestamp: last.timestamp &+ UInt32(truncatingIfNeeded: units))
    }
    // No report yet: our own wall clock, and the newest packet.
    let elapsed = now - streams[stream].lastArrival
    let units = elapsed.count / 1_000 &* rate / 1_000_000
    return SenderInstant(
      ntp: wallClock(at: now),
      timestamp: streams[stream].lastTimestamp &+ UInt32(truncatingIfNeeded: units))
  }
}

/// The same instant on a publisher's wall clock and on one of its media clocks.
private struct SenderInstant {
  var ntp: NTPTime
  var timestamp: UInt32
}
