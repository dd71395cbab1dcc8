package import Wire

/// Tells when what has an RTP timestamp was captured, on our monotonic clock.
///
/// From sender reports once there are any (RFC 3550 §6.4.1), from arrivals before. The answer moves
/// evenly: it is corrected by at most 5 % of the time that passes on the media clock, so it never goes
/// backwards; only when it is wrong by more than `maximumError` it takes one step, in either direction.
/// A media clock or wall clock that is wrong by 1 % is followed within 100 ms. A report that contradicts
/// the packets by more than 10 s is not believed; nor are packets believed to belong to the same clock
/// when their timestamps jump by that much against their arrivals, as after a reconnect.
package struct TrackClock {
  /// Beyond this the clock steps.
  package static let maximumError = Nanoseconds.milliseconds(500)
  private static let maximumDisagreement = Nanoseconds.seconds(10)
  /// The part of passing time by which the answer is corrected: 1/20.
  private static let slewDivisor: Int64 = 20
  /// Reports needed apart before a rate is taken from them.
  private static let rateSpan = Nanoseconds.seconds(8)

  private let clockRate: Int64
  private let timeline: SenderTimeline
  private let track: Int
  /// The newest packet: timestamp with its cycles, arrival.
  private var newest: Instant?
  /// The last answer and what it was for.
  private var answered: Instant?
  private var report: Report?
  /// The report that the rate is measured from.
  private var firstReport: Report?
  /// Nanoseconds of the sender's wall clock for a nominal nanosecond of media, 0.98...1.02.
  private var rate = 1.0
  /// Arrival less media time.
  private var arrivals = WindowedMinimum(span: .seconds(3))

  private struct Instant {
    var media: Int64
    var time: MonotonicTime
  }

  private struct Report {
    /// Nanoseconds since 1900 on the sender's wall clock.
    var wall: Int64
    var media: Int64
  }

  /// - Parameters:
  ///   - clockRate: RTP timestamp units per second.
  ///   - timeline: of the participant that the track belongs to.
  package init(clockRate: Int, timeline: SenderTimeline) {
    self.clockRate = Int64(max(clockRate, 1))
    self.timeline = timeline
    track = timeline.addTrack()
  }

  /// There is a report to go by.
  package var isSynchronized: Bool { report != nil }

  /// Takes note of a packet; in any order.
  package mutating func packetReceived(timestamp: UInt32, at now: MonotonicTime) {
    guard let last = newest else {
      newest = Instant(media: Int64(timestamp), time: now)
      arrivals.insert(now.nanoseconds &- nanoseconds(Int64(timestamp)), at: now)
      return
    }
    let media = unwrap(timestamp, near: last.media)
    let expected = last.media &+ units(now - last.time)
    guard (nanoseconds(media &- expected)).magnitude < UInt64(Self.maximumDisagreement.count) else {
      restart(media: Int64(timestamp), at: now)
      return
    }
    arrivals.insert(now.nanoseconds &- nanoseconds(media), at: now)
    if media > last.media { newest = Instant(media: media, time: now) }
  }

  /// Takes a sender report.
  package mutating func reportReceived(
    ntp: NTPTime, timestamp: UInt32, at now: MonotonicTime
  ) {
    guard let last = newest, ntp.rawValue != 0 else { return }
    let media = unwrap(timestamp, near: last.media)
    let expected = last.media &+ units(now - last.time)
    // Extrapolated by the server, so it may be far from the last packet when nothing is sent.
    guard nanoseconds(media &- expected).magnitude < UInt64(Self.maximumDisagreement.count) else {
      return
    }
    let wall = ntp.nanosecondsSince1900
    timeline.note(sender: wall, arrival: now, track: track)
    measureRate(Report(wall: wall, media: media))
    report = Report(wall: wall, media: media)
  }

  /// When what has `timestamp` was captured; ask in decode order.
  package mutating func time(of timestamp: UInt32, arrival: MonotonicTime) -> MonotonicTime {
    guard let newest else { return arrival }
    let media = unwrap(timestamp, near: newest.media)
    let target = target(media, arrival: arrival)
    guard (target - arrival).count.magnitude < UInt64(Self.maximumDisagreement.count) else {
      return arrival  // from before a restart
    }
    guard let last = answered else {
      answered = Instant(media: media, time: target)
      return target
    }
    let passed = nanoseconds(media &- last.media)
    let even = last.time + Nanoseconds(passed)
    let error = target - even
    let result: MonotonicTime
    if error.count.magnitude > UInt64(Self.maximumError.count) || passed < 0 {
      result = target
    } else {
      let most = passed / Self.slewDivisor
      result = even + Nanoseconds(min(max(error.count, -most), most))
    }
    if passed >= 0 { answered = Instant(media: media, time: result) }
    return result
  }

  private func target(_ media: Int64, arrival: MonotonicTime) -> MonotonicTime {
    if let report, let offset = timeline.offset(track: track) {
      let since = Int64(Double(nanoseconds(media &- report.media)) * rate)
      return MonotonicTime(nanoseconds: report.wall &+ since &+ offset)
    }
    guard let delay = arrivals.value else { return arrival }
    return MonotonicTime(nanoseconds: nanoseconds(media) &+ delay)
  }

  private mutating func measureRate(_ now: Report) {
    guard let first = firstReport else { return firstReport = now }
    let media = nanoseconds(now.media &- first.media)
    let wall = now.wall &- first.wall
    guard media > Self.rateSpan.count else {
      if media < 0 { firstReport = now }
      return
    }
    let measured = Double(wall) / Double(media)
    if (0.98...1.02).contains(measured) { rate = measured }
    // Measured anew over the next seconds: the clock may be set right meanwhile.
    firstReport = now
  }

  private mutating func restart(media: Int64, at now: MonotonicTime) {
    newest = Instant(media: media, time: now)
    answered = nil
    report = nil
    firstReport = nil
    rate = 1
    arrivals.removeAll()
    arrivals.insert(now.nanoseconds &- nanoseconds(media), at: now)
  }

  private func unwrap(_ timestamp: UInt32, near media: Int64) -> Int64 {
    media &+ Int64(Int32(bitPattern: timestamp &- UInt32(truncatingIfNeeded: media)))
  }

  private func nanoseconds(_ units: Int64) -> Int64 {
    let (seconds, rest) = units.quotientAndRemainder(dividingBy: clockRate)
    return seconds &* 1_000_000_000 &+ rest &* 1_000_000_000 / clockRate
  }

  private func units(_ span: Nanoseconds) -> Int64 {
    let (seconds, rest) = span.count.quotientAndRemainder(dividingBy: 1_000_000_000)
    return seconds &* clockRate &+ rest &* clockRate / 1_000_000_000
  }
}

extension NTPTime {
  /// Nanoseconds since 1900; wraps with the format in 2036.
  var nanosecondsSince1900: Int64 {
    let seconds = Int64(rawValue >> 32)
    return seconds &* 1_000_000_000 &+ Int64(((rawValue & 0xFFFF_FFFF) &* 1_000_000_000) >> 32)
  }
}
