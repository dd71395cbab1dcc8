import RTC
import TestSupport
import Wire

/// A DTLS client and server on a virtual network, in virtual time.
final class DTLSPair {
  static let clientAddress = TransportAddress(ipv4: 0x0A00_0001, port: 5000)
  static let serverAddress = TransportAddress(ipv4: 0x0A00_0002, port: 40_000)

  var client: DTLSEndpoint
  var server: DTLSEndpoint
  var network: VirtualNetwork
  var now = MonotonicTime(nanoseconds: 0)
  /// Everything but `.none`, in order.
  var clientProgress: [DTLSEndpoint.Progress] = []
  var serverProgress: [DTLSEndpoint.Progress] = []
  /// Datagrams as they were sent, lost ones too.
  var clientSent: [[UInt8]] = []
  var serverSent: [[UInt8]] = []
  /// When each datagram of the client was sent.
  var clientSendTimes: [MonotonicTime] = []

  /// - Parameters:
  ///   - clientExpects: fingerprints the client is told; those of the server if `nil`.
  ///   - serverExpects: fingerprints the server is told; those of the client if `nil`.
  init(
    _ parties: DTLSParties, seed: UInt64 = 0, clientExpects: [DTLSFingerprint]? = nil,
    serverExpects: [DTLSFingerprint]? = nil,
    link: LinkConditions = LinkConditions(delay: .milliseconds(20))
  ) throws {
    client = try DTLSEndpoint(
      role: .client, context: parties.clientContext,
      remoteFingerprints: clientExpects ?? [parties.serverIdentity.fingerprint])
    server = try DTLSEndpoint(
      role: .server, context: parties.serverContext,
      remoteFingerprints: serverExpects ?? [parties.clientIdentity.fingerprint])
    network = VirtualNetwork(seed: seed, link: link)
  }

  /// A pair that has just connected, with nothing under way.
  static func connected(_ parties: DTLSParties) throws -> DTLSPair {
    let pair = try DTLSPair(parties)
    pair.start()
    pair.run(until: .seconds(20))
    return pair
  }

  var clientKeys: SRTPKeys? { Self.keys(clientProgress) }
  var serverKeys: SRTPKeys? { Self.keys(serverProgress) }
  var isConnected: Bool { clientKeys != nil && serverKeys != nil }

  func start() {
    var outgoing: [[UInt8]] = []
    note(server.start(at: now, outgoing: &outgoing), &serverProgress)
    sendFromServer(outgoing)
    outgoing = []
    note(client.start(at: now, outgoing: &outgoing), &clientProgress)
    sendFromClient(outgoing)
  }

  /// Lets time pass until nothing is left to do, `done` says so, or `limit` is reached.
  func run(until limit: MonotonicTime, stopping done: (DTLSPair) -> Bool = { _ in false }) {
    while !done(self) {
      let next = [network.nextDelivery, client.deadline, server.deadline].compactMap { $0 }.min()
      guard let next, next <= limit else { return }
      now = max(now, next)
      while let delivery = network.popDelivery(at: now) {
        if delivery.destination == Self.serverAddress {
          handleAtServer(delivery.bytes)
        } else {
          handleAtClient(delivery.bytes)
        }
      }
      var outgoing: [[UInt8]] = []
      note(client.handleTimeout(at: now, outgoing: &outgoing), &clientProgress)
      sendFromClient(outgoing)
      outgoing = []
      note(server.handleTimeout(at: now, outgoing: &outgoing), &serverProgress)
      sendFromServer(outgoing)
    }
  }

  func handleAtServer(_ datagram: [UInt8]) {
    var outgoing: [[UInt8]] = []
    note(
      server.handle(datagram.span.bytes, at: now, outgoing: &outgoing), &serverProgress)
    sendFromServer(outgoing)
  }

  func handleAtClient(_ datagram: [UInt8]) {
    var outgoing: [[UInt8]] = []
    note(
      client.handle(datagram.span.bytes, at: now, outgoing: &outgoing), &clientProgress)
    sendFromClient(outgoing)
  }

  func sendFromClient(_ datagrams: [[UInt8]]) {
    for datagram in datagrams {
      clientSent.append(datagram)
      clientSendTimes.append(now)
      network.send(datagram, from: Self.clientAddress, to: Self.serverAddress, at: now)
    }
  }

  func sendFromServer(_ datagrams: [[UInt8]]) {
    for datagram in datagrams {
      serverSent.append(datagram)
      network.send(datagram, from: Self.serverAddress, to: Self.clientAddress, at: now)
    }
  }

  private func note(
    _ progress: DTLSEndpoint.Progress, _ all: inout [DTLSEndpoint.Progress]
  ) {
    if progress != .none { all.append(progress) }
  }

  private static func keys(_ progress: [DTLSEndpoint.Progress]) -> SRTPKeys? {
    for case .connected(let keys) in progress { return keys }
    return nil
  }
}

extension MonotonicTime {
  static func seconds(_ n: Int64) -> Self { Self(nanoseconds: n * 1_000_000_000) }
}
