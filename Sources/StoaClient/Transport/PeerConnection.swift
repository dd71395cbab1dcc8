package import RTC
package import Wire

/// The client's side of one media connection, without any IO: it offers, takes the answer, connects,
/// sends what it is given, and hands on what it gets.
///
/// In: `accept`, `handle`, `handleTimeouts`, `send`. Out: what they append to the outbox, what `handle`
/// returns, and `deadline`. All of it belongs to one thread.
package struct PeerConnection: ~Copyable {
  package enum State: Sendable, Equatable {
    /// No answer yet.
    case offering
    /// ICE or DTLS are under way.
    case connecting
    case connected
    case closed
    /// The reason in words.
    case failed(String)
  }

  /// What a connection is made with.
  package struct Configuration: Sendable {
    /// One sending m-line each.
    package var sending: [MediaCodec]
    /// Pairs of receiving m-lines.
    package var seats: Int
    /// Received packets are decrypted when their sequence number is a multiple of this; the others
    /// are counted by their header alone.
    ///
    /// For load generators; 1 else.
    package var verifyOneIn: Int
    /// Nothing will be read after connecting, so silence is no sign of trouble.
    package var ignoresSilence: Bool
    /// What passes on this participant's clocks in a second, seconds; 1 is right, 0.95...1.05.
    ///
    /// Its media clocks and its wall clock are wrong by the same, as of a machine with a bad crystal.
    package var clockRate: Double

    package init(
      sending: [MediaCodec] = [], seats: Int = 0, verifyOneIn: Int = 1,
      ignoresSilence: Bool = false, clockRate: Double = 1
    ) {
      self.sending = sending
      self.seats = seats
      self.verifyOneIn = max(verifyOneIn, 1)
      self.ignoresSilence = ignoresSilence
      self.clockRate = min(max(clockRate, 0.95), 1.05)
    }
  }

  /// Give up connecting after this long: DTLS and ICE have repeated everything several times.
  package static let connectTimeout = Nanoseconds.seconds(15)

  package internal(set) var state = State.offering
  private(set) var configuration: Configuration
  var local: LocalSession
  var remote: RemoteAnswer?
  var ice: ICEConnector?
  var secure: SecureTransport?
  var sending: [SendStream] = []
  var receiving: [ReceiveStream] = []
  /// Positions in `receiving`, of media and repair SSRCs.
  var sources: [UInt32: Source] = [:]
  var timers = TimerTable()
  var drops = PeerDropCounters()
  /// The next transport-wide sequence number.
  var transportSequence: UInt16 = 0
  /// Names us in reports.
  let reporter: UInt32
  private let createdAt: MonotonicTime
  /// The wall clock at `createdAt`.
  private let wallOrigin: NTPTime
  /// Not taken yet.
  var reports: [ReceivedReport] = []
  /// Reused by requests, so that they do not allocate.
  var scratch: [SequenceNumber] = []
  private var random: any RandomNumberGenerator & Sendable

  struct Source: Sendable {
    var stream: Int
    var isRepair: Bool
  }

  /// - Parameters:
  ///   - fingerprint: of the identity that the context given to `accept` was made with.
  ///   - wallClock: the wall clock at `now`.
  package init(
    _ configuration: Configuration, fingerprint: DTLSFingerprint, at now: MonotonicTime,
    wallClock: NTPTime, using random: any RandomNumberGenerator & Sendable
  ) {
    var random = random
    self.configuration = configuration
    local = LocalSession(fingerprint: fingerprint, using: &random)
    reporter = random.next()
    createdAt = now
    wallOrigin = wallClock
    self.random = random
    for codec in configuration.sending { _ = addSender(codec) }
    local.addSeats(upTo: configuration.seats)
  }

  // MARK: Negotiation

  /// The SDP to send to the server; each call makes a new version.
  package mutating func offer() -> String { local.offer() }

  /// Adds a sending m-line for the next offer; returns its position among them.
  package mutating func addSender(_ codec: MediaCodec) -> Int {
    let ssrc: UInt32 = random.next()
    let repair: UInt32 = random.next()
    let line = local.addSender(codec, ssrc: ssrc, repairSSRC: repair)
    sending.append(
      SendStream(codec: codec, line: line, ssrc: ssrc, repairSSRC: repair, using: &random))
    return sending.count - 1
  }

  /// Adds receiving m-lines for the next offer.
  package mutating func addSeats(upTo count: Int) { local.addSeats(upTo: count) }

  /// The `mid` of the m-line that the n-th codec of the configuration is sent on.
  package func mid(ofSender index: Int) -> String {
    sending.indices.contains(index) ? local.lines[sending[index].line].mid.string : ""
  }

  /// The server's addresses, best first; empty before the first answer.
  package var candidates: [TransportAddress] { remote?.candidates ?? [] }

  /// Takes the answer to the last offer; the first one begins to connect.
  ///
  /// - Throws: `AnswerError`, or `DTLSFailure` when the library refuses.
  package mutating func accept(
    answer text: String, context: borrowing DTLSContext, at now: MonotonicTime
  ) throws {
    let answer = try RemoteAnswer(parsing: text, to: local.lines)
    if secure == nil {
      secure = try SecureTransport(
        role: answer.isDTLSClient ? .server : .client, context: context,
        remoteFingerprints: answer.fingerprints)
      ice = ICEConnector(
        local: local.credentials, remote: answer.credentials, candidates: answer.candidates,
        at: now, using: &random)
      state = .connecting
      timers[.ice] = now
      timers[.consent] = now + Self.connectTimeout
    }
    remote = answer
    agreeOnStreams(answer)
  }

  private mutating func agreeOnStreams(_ answer: RemoteAnswer) {
    for index in sending.indices {
      let line = answer.lines[sending[index].line]
      let offered = LocalSession.codecs(of: sending[index].codec)[0].payloadType
      sending[index].isAgreed =
        !line.isRejected && line.codecs.contains { $0.payloadType == offered }
      sending[index].payloadType = offered
      sending[index].repairPayloadType = line.repair(of: offered)
    }
    for line in answer.lines {
      guard let ssrc = line.ssrc, sources[ssrc] == nil else { continue }
      sources[ssrc] = Source(stream: receiving.count, isRepair: false)
      if let repair = line.repairSSRC {
        sources[repair] = Source(stream: receiving.count, isRepair: true)
      }
      receiving.append(
        ReceiveStream(
          mid: line.mid, isAudio: line.isAudio, ssrc: ssrc, repairSSRC: line.repairSSRC))
    }
  }

  // MARK: Time

  /// When `handleTimeouts` next has work.
  package var deadline: MonotonicTime { timers.next }

  func wallClock(at now: MonotonicTime) -> NTPTime {
    wallOrigin.advanced(by: onOwnClock(now - createdAt))
  }

  /// What passed on this participant's clocks meanwhile.
  func onOwnClock(_ span: Nanoseconds) -> Nanoseconds {
    configuration.clockRate == 1
      ? span : Nanoseconds(Int64(Double(span.count) * configuration.clockRate))
  }

  /// How long it takes until so much has passed on this participant's clocks.
  func untilOwnClock(_ span: Nanoseconds) -> Nanoseconds {
    configuration.clockRate == 1
      ? span : Nanoseconds(Int64(Double(span.count) / configuration.clockRate))
  }

  /// Where media goes; `nil` before ICE is through.
  var path: TransportAddress? { ice?.selected }

  /// Nothing will be read from now on, so silence is no sign of trouble.
  package mutating func ignoreSilence() { configuration.ignoresSilence = true }

  // MARK: End

  /// Tells the server that we go (close_notify) and stops.
  package mutating func close(at now: MonotonicTime, into outbox: inout Outbox) {
    if state == .connected, let path { secure?.close(at: now, path: path, into: &outbox) }
    end(.closed)
  }

  mutating func end(_ last: State) {
    state = last
    timers = TimerTable()
  }

  // MARK: Figures

  /// How many sending m-lines there are.
  package var senderCount: Int { sending.count }

  /// What was dropped, and why.
  package var dropped: PeerDropCounters { drops }

  /// What was sent on the n-th sending line.
  package func sent(_ index: Int) -> SendCounters {
    sending.indices.contains(index) ? sending[index].counters : SendCounters()
  }

  /// Sums over all streams that we get.
  package var received: ReceiveSummary {
    var sum = ReceiveSummary()
    for stream in receiving {
      sum.counters.add(stream.counters)
      sum.lost += stream.lost
      if stream.counters.packets > 0 { sum.streams += 1 }
    }
    return sum
  }
}

/// What came over a connection, all streams together.
package struct ReceiveSummary: Sendable, Equatable {
  package var counters = ReceiveCounters()
  /// Packets missing for good.
  package var lost: Int64 = 0
  /// Streams that something was received of.
  package var streams = 0

  package init() {}
}

/// Why datagrams were not taken.
package struct PeerDropCounters: Sendable, Equatable {
  /// From elsewhere than the server, or of no protocol we speak.
  package var unexpected: UInt64 = 0
  package var malformed: UInt64 = 0
  /// Before keys, with a wrong tag, or seen before.
  package var unauthenticated: UInt64 = 0
  /// Of no stream that was negotiated.
  package var unknownStream: UInt64 = 0

  package init() {}
}
