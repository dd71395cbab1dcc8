import RTC
import SFU
import StoaClient
import TestSupport
import Wire

/// Client peers and a real shard over a virtual network, in virtual time.
final class ShardHarness {
  /// One participant: a sans-IO connection with what it got.
  final class Client {
    let number: EndpointNumber
    /// Changes when a NAT gives it another.
    var address: TransportAddress
    var connection: PeerConnection
    /// Payloads received, by the m-line they came on.
    var received: [String: [[UInt8]]] = [:]
    var repaired = 0
    /// Sender reports received.
    var reports: [ReceivedReport] = []
    /// Codecs of the packets received.
    var codecs: Set<MediaCodec> = []
    /// What the seats show, as the shard said.
    var seated: [String: TrackNumber] = [:]

    init(
      _ number: EndpointNumber, _ address: TransportAddress, _ connection: consuming PeerConnection
    ) {
      self.number = number
      self.address = address
      self.connection = connection
    }
  }

  static let room = RoomNumber(1)
  let server = TransportAddress(ipv4: 0x0A00_0001, port: 40_000)
  private let identity: DTLSIdentity
  private let context: DTLSContext
  private var shard: Shard
  var network: VirtualNetwork
  private(set) var now = MonotonicTime(nanoseconds: 1_000_000_000)
  private(set) var clients: [Client] = []
  private var random: SplitMix64
  private(set) var events: [ShardEvent] = []
  private var outbox = Outbox()

  init(seed: UInt64, link: LinkConditions = .perfect) throws {
    random = SplitMix64(seed: seed)
    network = VirtualNetwork(seed: seed, link: link)
    identity = try DTLSIdentity(unixSeconds: 1_700_000_000)
    context = try DTLSContext(identity: identity)
    let configuration = ShardConfiguration(
      candidates: [server], unixSeconds: 1_700_000_000, seed: seed)
    shard = try Shard(
      configuration: configuration, at: now,
      wallClock: NTPTime(unixNanoseconds: 1_700_000_000_000_000_000))
  }

  /// Adds a client and negotiates; it connects as time goes on.
  ///
  /// - Parameter fingerprint: announced instead of the client's own.
  func join(
    sending: [MediaCodec] = [], seats: Int = 0, announcing fingerprint: String? = nil,
    in room: RoomNumber = room
  ) throws -> Client {
    let number = EndpointNumber(UInt32(clients.count + 1))
    let connection = PeerConnection(
      .init(sending: sending, seats: seats), fingerprint: identity.fingerprint, at: now,
      wallClock: NTPTime(unixNanoseconds: 1_700_000_000_000_000_000),
      using: SplitMix64(seed: random.next()))
    let address = TransportAddress(ipv4: 0x0A00_0100 + number.rawValue, port: 5_000)
    let client = Client(number, address, connection)
    clients.append(client)
    var offer = client.connection.offer()
    if let fingerprint {
      offer = offer.split(separator: "\r\n", omittingEmptySubsequences: false)
        .map { $0.hasPrefix("a=fingerprint:") ? "a=fingerprint:\(fingerprint)" : String($0) }
        .joined(separator: "\r\n")
    }
    command(.connect(number, room: room, offer: offer))
    try accept(for: client)
    return client
  }

  /// Negotiates anew.
  func renegotiate(_ client: Client) throws {
    command(.renegotiate(client.number, offer: client.connection.offer()))
    try accept(for: client)
  }

  private func accept(for client: Client) throws {
    for event in events.reversed() {
      if case .answered(client.number, let answer) = event {
        return try client.connection.accept(answer: answer, context: context, at: now)
      }
      if case .refused(client.number, let reason) = event { throw Refused(reason: reason) }
    }
    throw Refused(reason: "no answer")
  }

  /// A copy of a connection's state: the connection itself cannot be captured by `#expect`.
  func state(of client: Client) -> PeerConnection.State { client.connection.state }

  struct Refused: Error { var reason: String }

  func command(_ command: ShardCommand) {
    shard.handle(command, at: now, into: &outbox)
    finishShard()
  }

  var statistics: ShardStatistics { shard.statistics }

  /// Sends a frame on a client's n-th sending line.
  func send(_ packets: FramePackets, from client: Client, stream: Int = 0) {
    var position = 0
    while position < packets.count {
      position = client.connection.send(
        packets, from: position, stream: stream, at: now, into: &outbox)
      flush(from: client.address)
    }
  }

  /// Lets a client ask for a keyframe of what an m-line receives.
  func requestKeyframe(of mid: String, from client: Client) {
    guard let mid = ShortToken(mid) else { return }
    client.connection.requestKeyframe(of: mid, at: now, into: &outbox)
    flush(from: client.address)
  }

  /// Lets time pass, in steps as small as what happens.
  func run(for duration: Nanoseconds) {
    let end = now + duration
    while true {
      var next = min(network.nextDelivery ?? .distantFuture, shard.deadline)
      for client in clients { next = min(next, client.connection.deadline) }
      if next > end { break }
      now = max(now, next)
      while let delivery = network.popDelivery(at: now) { deliver(delivery) }
      shard.handleTimeouts(at: now, into: &outbox)
      finishShard()
      for client in clients {
        client.connection.handleTimeouts(at: now, into: &outbox)
        flush(from: client.address)
      }
    }
    now = end
  }

  /// Hands bytes to the shard as if they had come from `address`; what it sends goes its usual way.
  func inject(_ bytes: [UInt8], from address: TransportAddress) {
    var bytes = bytes
    var span = bytes.mutableSpan
    var datagram = span.mutableBytes
    shard.handle(&datagram, from: address, at: now, into: &outbox)
    finishShard()
  }

  /// Datagrams that reached the server so far, as an eavesdropper has them.
  private(set) var overheard: [VirtualNetwork.Delivery] = []

  private func deliver(_ delivery: VirtualNetwork.Delivery) {
    if delivery.destination == server { overheard.append(delivery) }
    var bytes = delivery.bytes
    var span = bytes.mutableSpan
    var datagram = span.mutableBytes
    if delivery.destination == server {
      shard.handle(&datagram, from: delivery.source, at: now, into: &outbox)
      finishShard()
    } else if let client = clients.first(where: { $0.address == delivery.destination }) {
      let packet = client.connection.handle(
        &datagram, from: delivery.source, at: now, into: &outbox)
      if let packet {
        let payload = [UInt8](bytesOf: datagram.bytes.extracting(packet.payload))
        client.received[packet.mid.string, default: []].append(payload)
        if packet.isRepair { client.repaired += 1 }
        if let codec = packet.codec { client.codecs.insert(codec) }
      }
      client.reports += client.connection.takeReports()
      flush(from: client.address)
    }
  }

  private func finishShard() {
    while shard.forward(at: now, into: &outbox) { flush(from: server) }
    flush(from: server)
    for event in shard.takeEvents() {
      events.append(event)
      if case .seated(let track, let endpoint, let mid) = event {
        clients.first { $0.number == endpoint }?.seated[mid] = track
      }
    }
  }

  private func flush(from source: TransportAddress) {
    outbox.forEachDatagram { destination, bytes in
      network.send([UInt8](bytesOf: bytes), from: source, to: destination, at: now)
    }
    outbox.removeAll()
  }
}
