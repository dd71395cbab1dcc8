internal import CNIOBoringSSL
public import Wire

/// One side of one DTLS association: handshake, SRTP keys, and application data for SCTP
/// (RFC 9147, RFC 6347, RFC 5764).
///
/// In: `start`, `handle`, `handleTimeout`, `send`, `close`. Out: datagrams appended to `outgoing`,
/// a `Progress`, what `takeReceived` gives, and `deadline`. Hand it only datagrams from an address
/// that ICE has validated: until the peer's certificate is checked, anyone's bytes can end it.
@safe
public struct DTLSEndpoint: ~Copyable {
  /// Who sends the first message; `a=setup:passive` makes the server (RFC 5763 §5).
  public enum Role: Sendable { case server, client }

  /// What an input led to.
  public enum Progress: Equatable, Sendable {
    case none
    /// The peer is who signalling said; given once.
    case connected(SRTPKeys)
    /// The association is over, or never came to be.
    case failed(DTLSFailure)
    /// The peer said goodbye (close_notify).
    case closed
  }

  private enum Phase { case handshaking, connected, ended }

  /// Bytes of a datagram we send, without IP and UDP headers: fits every path WebRTC works on.
  public static let maximumDatagram = 1200
  /// How long a handshake may take from `start` or the first datagram.
  public static let handshakeTimeout = Nanoseconds.seconds(20)
  /// Bytes a peer may send before the handshake is complete: twenty times a long one.
  public static let maximumHandshakeBytes = 128 << 10
  /// Application datagrams kept until `takeReceived`; more are dropped, as by a network.
  public static let maximumReceived = 64
  /// The longest pause between BoringSSL's retransmissions: twelve of them, from 100 ms on, then
  /// last for 17 s.
  static let maximumBackoff = Nanoseconds.seconds(2)

  private let ssl: OpaquePointer
  private let channel: DTLSChannel
  private let role: Role
  private let initialTimeout: UInt32  // milliseconds
  private var phase = Phase.handshaking
  /// BoringSSL refuses to go on after a record that broke the protocol.
  private var isBroken = false
  private var giveUpAt: MonotonicTime?
  private var handshakeBytes = 0
  private var received: [[UInt8]] = []
  private var repeater: FlightRepeater

  /// When `handleTimeout` next has work; `nil` if no timer runs.
  public private(set) var deadline: MonotonicTime?
  /// Application datagrams dropped because nobody took them.
  public private(set) var droppedCount = 0

  /// - Parameters:
  ///   - remoteFingerprints: what signalling announced; one of them must match.
  ///   - initialTimeout: until the first retransmission; best twice the round trip that ICE has
  ///     measured. 50 ms to 3 s.
  /// - Throws: `library`.
  public init(
    role: Role, context: borrowing DTLSContext, remoteFingerprints: [DTLSFingerprint],
    initialTimeout: Nanoseconds = .milliseconds(100)
  ) throws(DTLSFailure) {
    let channel = DTLSChannel(fingerprints: remoteFingerprints)
    guard let ssl = unsafe SSL_new(context.pointer) else { throw .library }
    guard let bio = unsafe channel.makeBIO() else {
      unsafe SSL_free(ssl)
      throw .library
    }
    unsafe SSL_set_bio(ssl, bio, bio)  // takes the one reference for both directions
    unsafe SSL_set_mtu(ssl, UInt32(Self.maximumDatagram))
    self.initialTimeout = UInt32(clamping: min(max(initialTimeout.milliseconds, 50), 3_000))
    switch role {
    case .server: unsafe SSL_set_accept_state(ssl)
    case .client: unsafe SSL_set_connect_state(ssl)
    }
    unsafe DTLSv1_set_initial_timeout_duration(ssl, self.initialTimeout)
    unsafe self.ssl = ssl
    self.channel = channel
    self.role = role
    repeater = FlightRepeater(initialTimeout: .milliseconds(Int64(self.initialTimeout)))
  }

  deinit { unsafe SSL_free(ssl) }

  /// Starts the clock on the handshake; a client sends its first flight.
  public mutating func start(at now: MonotonicTime, outgoing: inout [[UInt8]]) -> Progress {
    guard phase == .handshaking, giveUpAt == nil else { return .none }
    return turn(at: now, outgoing: &outgoing) { endpoint in
      endpoint.role == .client ? endpoint.advance() : .none
    }
  }

  /// Takes one received datagram; datagrams to send are appended to `outgoing`, one element each.
  public mutating func handle(
    _ datagram: RawSpan, at now: MonotonicTime, outgoing: inout [[UInt8]]
  ) -> Progress {
    guard phase != .ended, !isBroken else { return .none }
    if phase == .handshaking {
      handshakeBytes += datagram.byteCount
      guard handshakeBytes <= Self.maximumHandshakeBytes else { return end(.failed(.tooMuchData)) }
    }
    return unsafe datagram.withUnsafeBytes { bytes in
      unsafe channel.incoming = bytes
      defer { unsafe channel.incoming = nil }
      return turn(at: now, outgoing: &outgoing) { endpoint in endpoint.advance() }
    }
  }

  /// Retransmits, or gives up; does nothing before `deadline`.
  public mutating func handleTimeout(
    at now: MonotonicTime, outgoing: inout [[UInt8]]
  ) -> Progress {
    guard phase != .ended, !isBroken, let deadline, now >= deadline else { return .none }
    if phase == .handshaking, let giveUpAt, now >= giveUpAt { return end(.failed(.timedOut)) }
    repeater.poll(at: now, into: &outgoing)
    return turn(at: now, outgoing: &outgoing) { endpoint in
      let result = unsafe DTLSv1_handle_timeout(endpoint.ssl)
      return result < 0 ? endpoint.end(.failed(.timedOut)) : .none
    }
  }

  /// Encrypts one application datagram, an SCTP packet.
  ///
  /// - Returns: whether it could be sent: false unless connected, and for an empty datagram or one
  ///   longer than 16 KiB.
  public mutating func send(
    _ data: RawSpan, at now: MonotonicTime, outgoing: inout [[UInt8]]
  ) -> Bool {
    guard phase == .connected, !isBroken, data.byteCount > 0, data.byteCount <= 16 << 10 else {
      return false
    }
    var isSent = false
    _ = turn(at: now, outgoing: &outgoing) { endpoint in
      let result = unsafe data.withUnsafeBytes { bytes in
        unsafe SSL_write(endpoint.ssl, bytes.baseAddress, Int32(bytes.count))
      }
      isSent = result > 0
      return .none
    }
    return isSent
  }

  /// The application datagrams received since the last call, oldest first.
  public mutating func takeReceived() -> [[UInt8]] {
    defer { received = [] }
    return received
  }

  /// Says goodbye (close_notify) and ends the association; later input is ignored.
  public mutating func close(at now: MonotonicTime, outgoing: inout [[UInt8]]) {
    guard phase != .ended else { return }
    _ = turn(at: now, outgoing: &outgoing) { endpoint in
      _ = unsafe SSL_shutdown(endpoint.ssl)
      return endpoint.end(.none)
    }
  }

  /// Runs BoringSSL at `now` and collects what it wants sent and when it wants to run again.
  private mutating func turn(
    at now: MonotonicTime, outgoing: inout [[UInt8]], _ body: (inout Self) -> Progress
  ) -> Progress {
    DTLSClock.set(now)
    ERR_clear_error()
    if giveUpAt == nil { giveUpAt = now + Self.handshakeTimeout }
    let wasHandshaking = phase == .handshaking
    let progress = body(&self)
    if wasHandshaking {
      let isDone = phase != .handshaking
      if isDone { repeater.stop() }
      repeater.sent(
        channel.outgoing, at: now,
        repeats: isDone ? FlightRepeater.lastFlight : FlightRepeater.unlimited)
    }
    outgoing.append(contentsOf: channel.outgoing)
    channel.outgoing.removeAll()
    ERR_clear_error()
    updateDeadline(at: now)
    return progress
  }

  /// Goes on with the handshake, and once it is done, with reading records.
  private mutating func advance() -> Progress {
    guard phase == .handshaking else { return readRecords() }
    let result = unsafe SSL_do_handshake(ssl)
    guard result == 1 else { return progress(after: result) }
    guard channel.verification == .matched else { return end(.failed(.fingerprintMismatch)) }
    guard let keys = exportKeys() else { return end(.failed(.noCommonProfile)) }
    phase = .connected
    let next = readRecords()  // the same datagram may hold more records, even the last one
    return next == .none ? .connected(keys) : next
  }

  /// Reads records until the datagram is used up; this also sends pending acknowledgements.
  private mutating func readRecords() -> Progress {
    let largestRecord = 16 << 10
    return unsafe withUnsafeTemporaryAllocation(byteCount: largestRecord, alignment: 16) { buffer in
      while true {
        let count = unsafe SSL_read(ssl, buffer.baseAddress, Int32(buffer.count))
        guard count > 0 else { return progress(after: count) }
        if received.count < Self.maximumReceived {
          unsafe received.append([UInt8](buffer[..<Int(count)]))
        } else {
          droppedCount &+= 1
        }
      }
    }
  }

  /// What a call into BoringSSL that did not succeed means.
  private mutating func progress(after result: Int32) -> Progress {
    switch unsafe SSL_get_error(ssl, result) {
    case SSL_ERROR_WANT_READ, SSL_ERROR_WANT_WRITE: return .none
    case SSL_ERROR_ZERO_RETURN: return end(.closed)
    default: break
    }
    if channel.verification == .mismatched { return end(.failed(.fingerprintMismatch)) }
    let reason = ERR_GET_REASON(ERR_peek_last_error())
    let firstAlert: Int32 = 1000  // SSL_AD_REASON_OFFSET: reasons from here on are alerts received
    switch reason {
    case SSL_R_READ_TIMEOUT_EXPIRED: return end(.failed(.timedOut))
    case firstAlert...(firstAlert + 255):
      return end(.failed(.alert(UInt8(truncatingIfNeeded: reason - firstAlert))))
    default:
      // Once there are keys, media does not hang on DTLS: what no peer has authenticated must end a call
      // neither here nor, by the alert BoringSSL would send about it, there. Only later records are lost.
      guard phase == .handshaking else {
        isBroken = true
        channel.outgoing.removeAll()
        return .none
      }
      return end(.failed(.protocolViolation(reason)))
    }
  }

  private mutating func end(_ progress: Progress) -> Progress {
    end()
    return progress
  }

  private mutating func end() {
    phase = .ended
    repeater.stop()
    deadline = nil
  }

  /// The keys of RFC 5764 §4.2; `nil` if the peer agreed on no SRTP profile.
  private func exportKeys() -> SRTPKeys? {
    guard let selected = unsafe SSL_get_selected_srtp_profile(ssl),
      let profile = unsafe SRTPProfile(rawValue: UInt16(truncatingIfNeeded: selected.pointee.id))
    else { return nil }
    let label = "EXTRACTOR-dtls_srtp"
    var material = [UInt8](repeating: 0, count: SRTPKeys.exportedLength(for: profile))
    let isExported = unsafe SSL_export_keying_material(
      ssl, &material, material.count, label, label.utf8.count, nil, 0, 0)
    guard isExported == 1 else { return nil }
    return SRTPKeys(profile: profile, exported: material, isClient: role == .client)
  }

  /// Reads BoringSSL's timer, and shortens it when backing off has made it too long.
  private mutating func updateDeadline(at now: MonotonicTime) {
    guard phase != .ended else { return end() }
    if isBroken {
      repeater.stop()
      self.deadline = nil
      return
    }
    var deadline = min(
      repeater.deadline ?? .distantFuture,
      phase == .handshaking ? giveUpAt ?? .distantFuture : .distantFuture)
    var timeout = initialTimeout
    while true {
      // Sets the running timer to `timeout`, doubled for every retransmission so far.
      unsafe DTLSv1_set_initial_timeout_duration(ssl, timeout)
      guard let remaining = unsafe DTLSClock.remaining(ssl) else { break }
      if remaining > Self.maximumBackoff, timeout > 1 {
        timeout /= 2
        continue
      }
      deadline = min(deadline, now + remaining)
      break
    }
    self.deadline = deadline == .distantFuture ? nil : deadline
  }
}
