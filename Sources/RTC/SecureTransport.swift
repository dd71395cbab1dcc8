public import Wire

/// DTLS-SRTP with one peer (RFC 5764): the handshake, then the keys that protect media both ways.
///
/// It knows no addresses: the owner hands in what came over a path that ICE has validated, and sends
/// to that path what was appended.
public struct SecureTransport: ~Copyable {
  public enum State: Sendable, Equatable {
    case new, handshaking, connected, closed
    /// The reason in words, for logs.
    case failed(String)
  }

  public private(set) var state = State.new
  private var dtls: DTLSEndpoint
  public private(set) var profile: SRTPProfile?
  private var sender: SRTPSender?
  private var receiver: SRTPReceiver?
  private var outgoing: [[UInt8]] = []

  public init(
    role: DTLSEndpoint.Role, context: borrowing DTLSContext,
    remoteFingerprints: [DTLSFingerprint]
  ) throws(DTLSFailure) {
    dtls = try DTLSEndpoint(
      role: role, context: context, remoteFingerprints: remoteFingerprints)
  }

  /// When `handleTimeout` next has work.
  public var deadline: MonotonicTime? { dtls.deadline }

  /// Begins the handshake if this side is the DTLS client; call when there is a path.
  public mutating func start(
    at now: MonotonicTime, path: TransportAddress, into outbox: inout Outbox
  ) {
    guard state == .new else { return }
    state = .handshaking
    take(dtls.start(at: now, outgoing: &outgoing))
    flush(to: path, into: &outbox)
  }

  /// One received DTLS datagram; true if `state` changed.
  public mutating func handleDTLS(
    _ datagram: RawSpan, at now: MonotonicTime, path: TransportAddress, into outbox: inout Outbox
  ) -> Bool {
    let before = state
    if state == .new { state = .handshaking }
    take(dtls.handle(datagram, at: now, outgoing: &outgoing))
    flush(to: path, into: &outbox)
    return state != before
  }

  /// Retransmits what is due; true if `state` changed.
  public mutating func handleTimeout(
    at now: MonotonicTime, path: TransportAddress, into outbox: inout Outbox
  ) -> Bool {
    let before = state
    take(dtls.handleTimeout(at: now, outgoing: &outgoing))
    flush(to: path, into: &outbox)
    return state != before
  }

  /// Says goodbye (close_notify).
  public mutating func close(
    at now: MonotonicTime, path: TransportAddress, into outbox: inout Outbox
  ) {
    dtls.close(at: now, outgoing: &outgoing)
    flush(to: path, into: &outbox)
    state = .closed
  }

  /// Encrypts an RTP packet in place (`SRTPSender.protectRTP`); `nil` before there are keys.
  @_lifetime(packet: copy packet)
  public mutating func protectRTP(
    _ packet: inout MutableRawSpan, headerLength: Int, length: Int, rolloverCounter: UInt32
  ) throws(SRTPError) -> Int? {
    guard sender != nil else { return nil }
    return try sender?.protectRTP(
      &packet, headerLength: headerLength, length: length, rolloverCounter: rolloverCounter)
  }

  /// Decrypts an RTP packet in place (`SRTPReceiver.unprotectRTP`); `nil` before there are keys.
  @_lifetime(packet: copy packet)
  public mutating func unprotectRTP(
    _ packet: inout MutableRawSpan, header: RTPHeader
  ) throws(SRTPError) -> Int? {
    guard receiver != nil else { return nil }
    return try receiver?.unprotectRTP(
      &packet, length: packet.byteCount, headerLength: header.length, ssrc: header.ssrc,
      sequenceNumber: header.sequenceNumber.rawValue)
  }

  /// Decrypts an RTCP compound in place; `nil` before there are keys.
  @_lifetime(packet: copy packet)
  public mutating func unprotectRTCP(_ packet: inout MutableRawSpan) throws(SRTPError) -> Int? {
    guard receiver != nil else { return nil }
    return try receiver?.unprotectRTCP(&packet, length: packet.byteCount)
  }

  /// Encrypts and commits the RTCP compound that was just written to the outbox's next slot.
  ///
  /// - Parameter length: bytes written; nothing is sent if it is 0 or there are no keys yet.
  public mutating func commitRTCP(
    length: Int, to path: TransportAddress, into outbox: inout Outbox
  ) {
    guard length > 0, length + Self.maximumTrailer <= Outbox.maximumDatagram else { return }
    var slot = outbox.reserve(to: path)
    guard let protected = try? sender?.protectRTCP(&slot, length: length) else { return }
    outbox.commit(length: protected)
  }

  /// The longest SRTCP index and tag.
  private static let maximumTrailer = 20

  private mutating func take(_ progress: DTLSEndpoint.Progress) {
    switch progress {
    case .none: break
    case .connected(let keys):
      do throws(SRTPError) {
        sender = try SRTPSender(keys)
        receiver = try SRTPReceiver(keys)
        profile = keys.profile
        state = .connected
      } catch {
        state = .failed("SRTP keys: \(error)")
      }
    case .failed(let failure): state = .failed("DTLS: \(failure)")
    case .closed: state = .closed
    }
  }

  private mutating func flush(to path: TransportAddress, into outbox: inout Outbox) {
    for datagram in outgoing { unsafe outbox.append(datagram.span.bytes, to: path) }
    outgoing.removeAll(keepingCapacity: true)
  }
}
