import Wire

/// Identities and contexts, made once: keys cost more than a handshake's parsing.
///
/// libFuzzer calls targets from one thread.
private final class DTLSFixture {
  nonisolated(unsafe) static let shared = DTLSFixture()
  let identity: DTLSIdentity
  let context: DTLSContext
  var client: DTLSEndpoint
  var server: DTLSEndpoint
  var now = MonotonicTime(nanoseconds: 0)

  private init() {
    guard let identity = try? DTLSIdentity(unixSeconds: 1_800_000_000),
      let context = try? DTLSContext(identity: identity),
      let client = try? DTLSEndpoint(
        role: .client, context: context, remoteFingerprints: [identity.fingerprint]),
      let server = try? DTLSEndpoint(
        role: .server, context: context, remoteFingerprints: [identity.fingerprint])
    else { fatalError("no DTLS") }
    self.identity = identity
    self.context = context
    self.client = client
    self.server = server
    connect()
  }

  /// Completes the handshake between `client` and `server`.
  private func connect() {
    var toServer: [[UInt8]] = []
    _ = client.start(at: now, outgoing: &toServer)
    for _ in 0..<8 {
      var toClient: [[UInt8]] = []
      for datagram in toServer {
        _ = server.handle(datagram.span.bytes, at: now, outgoing: &toClient)
      }
      toServer = []
      for datagram in toClient {
        _ = client.handle(datagram.span.bytes, at: now, outgoing: &toServer)
      }
    }
  }
}

/// The input is datagrams, each after its length in two bytes; time passes between them.
func fuzzDTLSHandshake(_ bytes: RawSpan, role: DTLSEndpoint.Role) {
  let fixture = DTLSFixture.shared
  guard
    var endpoint = try? DTLSEndpoint(
      role: role, context: fixture.context, remoteFingerprints: [fixture.identity.fingerprint])
  else { fatalError("no endpoint") }
  var now = MonotonicTime(nanoseconds: 0)
  var outgoing: [[UInt8]] = []
  check(endpoint.start(at: now, outgoing: &outgoing))
  var offset = 0
  while let length = bytes.checkedBigEndian(at: offset, as: UInt16.self) {
    let start = offset + 2
    let end = min(start + Int(length), bytes.byteCount)
    check(endpoint.handle(bytes.extracting(start..<end), at: now, outgoing: &outgoing))
    now = now + .milliseconds(Int64(length & 0xFF))
    if let deadline = endpoint.deadline, deadline <= now {
      check(endpoint.handleTimeout(at: now, outgoing: &outgoing))
    }
    offset = end
  }
  // Timers end by themselves.
  for _ in 0..<200 {
    guard let deadline = endpoint.deadline else { break }
    now = max(now, deadline)
    check(endpoint.handleTimeout(at: now, outgoing: &outgoing))
  }
  precondition(endpoint.deadline == nil, "a timer never ends")
  precondition(outgoing.allSatisfy { $0.count <= DTLSEndpoint.maximumDatagram }, "too long")
  precondition(endpoint.takeReceived().isEmpty, "data from a stranger")
}

/// A connected association delivers what was sent, once, and nothing that was changed on the way.
func fuzzDTLSData(_ bytes: RawSpan) {
  let fixture = DTLSFixture.shared
  var outgoing: [[UInt8]] = []
  let progress = fixture.server.handle(bytes, at: fixture.now, outgoing: &outgoing)
  precondition(progress == .none, "foreign bytes end the association")
  precondition(fixture.server.takeReceived().isEmpty, "foreign bytes delivered")
  outgoing = []
  guard fixture.client.send(bytes, at: fixture.now, outgoing: &outgoing),
    let record = outgoing.first
  else { return precondition(bytes.byteCount == 0 || bytes.byteCount > 16 << 10, "not sent") }
  var damaged = record
  damaged[Int(bytes.byte(0)) % record.count] ^= 1 << (bytes.byte(1) & 7)
  outgoing = []
  _ = fixture.server.handle(damaged.span.bytes, at: fixture.now, outgoing: &outgoing)
  precondition(fixture.server.takeReceived().isEmpty, "damaged bytes delivered")
  for _ in 0..<2 {
    _ = fixture.server.handle(record.span.bytes, at: fixture.now, outgoing: &outgoing)
  }
  precondition(fixture.server.takeReceived() == [bytes.copied], "not delivered once")
}

private func check(_ progress: DTLSEndpoint.Progress) {
  if case .connected = progress { fatalError("connected to a stranger") }
}
