import CAllocationCounter
import Glibc
import RTC
import SFU
import StoaClient
import Wire

/// One publisher and K subscribers of a real shard, without sockets: what forwarding costs in itself.
///
/// Usage: `forwarding-cost [K = 20] [packets = 3000] [recorded = packets]`. Prints allocations and time per
/// forwarded packet; run it under callgrind for instructions (`Benchmarks/instructions/run`): two runs that
/// record as many packets and play different numbers of them differ by forwarding alone.
@main
struct ForwardingCost {
  static func main() throws {
    let arguments = CommandLine.arguments.dropFirst().compactMap(Int.init)
    let subscribers = arguments.first ?? 20
    let packets = arguments.dropFirst().first ?? 3_000
    let recorded = max(packets, arguments.dropFirst(2).first ?? packets)
    var rig = try Rig(subscribers: subscribers)
    let datagrams = rig.record(packets: recorded + Rig.warmUp)

    rig.play(datagrams[..<Rig.warmUp])
    let forwardedBefore = rig.forwarded
    let allocationsBefore = allocation_count()
    let elapsed = ContinuousClock().measure {
      rig.play(datagrams[Rig.warmUp..<Rig.warmUp + packets])
    }
    let allocations = allocation_count() - allocationsBefore
    let forwarded = rig.forwarded - forwardedBefore

    let expected = UInt64(packets * subscribers)
    guard forwarded == expected else {
      throw Failure.incomplete("forwarded \(forwarded) of \(expected): \(rig.statistics)")
    }
    let perPacket = Double(allocations) / Double(forwarded)
    print("forwarded     \(forwarded) packets to \(subscribers) subscribers")
    print("time          \(elapsed / Int(forwarded)) per packet, AEAD included")
    print("allocations   \(perPacket) per packet (target 0: at most 0.001, reports included)")
    if perPacket > 0.001 { exit(1) }
  }

  enum Failure: Error { case incomplete(String), notConnected }
}

/// The shard and its peers, joined by function calls in virtual time.
struct Rig: ~Copyable {
  /// Packets until buffers have their size.
  static let warmUp = 400

  private static let start = MonotonicTime(nanoseconds: 1_000_000_000)
  private static let wall = NTPTime(unixNanoseconds: 1_700_000_000_000_000_000)
  private static let server = TransportAddress(ipv4: 0x7F00_0001, port: 40_000)
  private static let publisherAddress = TransportAddress(ipv4: 0x7F00_0001, port: 5_000)
  private var shard: Shard
  private var publisher: PeerConnection
  private var now = Self.start
  private var outbox = Outbox()
  private let packetInterval = Nanoseconds.milliseconds(2)

  init(subscribers: Int) throws {
    let identity = try DTLSIdentity(unixSeconds: 1_700_000_000)
    var shard = try Shard(
      configuration: ShardConfiguration(
        candidates: [Self.server], unixSeconds: 1_700_000_000, seed: 1),
      at: Self.start, wallClock: Self.wall)
    var outbox = Outbox()

    let publisher = try Self.connect(
      1, from: Self.publisherAddress, sending: [.vp8], seats: 0,
      to: &shard, as: identity, outbox: &outbox)
    let mid = publisher.mid(ofSender: 0)
    shard.handle(
      .publish(TrackNumber(1), endpoint: EndpointNumber(1), kind: .video, mid: mid), at: Self.start,
      into: &outbox)
    for index in 0..<subscribers {
      let number = UInt32(index + 2)
      _ = try Self.connect(
        number, from: TransportAddress(ipv4: 0x7F00_0001, port: UInt16(6_000 + index)),
        sending: [], seats: 1, to: &shard, as: identity, outbox: &outbox)
      shard.handle(
        .subscribe(TrackNumber(1), endpoint: EndpointNumber(number), companion: nil),
        at: Self.start,
        into: &outbox)
    }
    outbox.removeAll()
    self.publisher = publisher
    self.shard = shard
    self.outbox = outbox
  }

  /// Negotiates and connects one peer, its datagrams handed over by hand.
  private static func connect(
    _ number: UInt32, from address: TransportAddress, sending: [MediaCodec], seats: Int,
    to shard: inout Shard, as identity: DTLSIdentity, outbox: inout Outbox
  ) throws -> PeerConnection {
    let now = start
    let context = try DTLSContext(identity: identity)
    var peer = PeerConnection(
      .init(sending: sending, seats: seats), fingerprint: identity.fingerprint, at: now,
      wallClock: wall, using: SystemRandomNumberGenerator())
    let endpoint = EndpointNumber(number)
    shard.handle(
      .connect(endpoint, room: RoomNumber(1), offer: peer.offer()), at: now, into: &outbox)
    for event in shard.takeEvents() {
      if case .answered(_, let answer) = event {
        try peer.accept(answer: answer, context: context, at: now)
      }
    }
    var toServer: [[UInt8]] = []
    var toPeer: [[UInt8]] = []
    // More rounds than it takes: the last flight is the client's.
    for _ in 0..<20 {
      peer.handleTimeouts(at: now, into: &outbox)
      outbox.forEachDatagram { toServer.append(copy($1)) }
      outbox.removeAll()
      for var datagram in toServer {
        var span = datagram.mutableSpan
        var bytes = span.mutableBytes
        shard.handle(&bytes, from: address, at: now, into: &outbox)
      }
      toServer.removeAll()
      outbox.forEachDatagram { toPeer.append(copy($1)) }
      outbox.removeAll()
      for var datagram in toPeer {
        var span = datagram.mutableSpan
        var bytes = span.mutableBytes
        _ = peer.handle(&bytes, from: server, at: now, into: &outbox)
      }
      toPeer.removeAll()
    }
    guard peer.state == .connected else { throw ForwardingCost.Failure.notConnected }
    return peer
  }

  /// What the shard has forwarded so far.
  var forwarded: UInt64 { shard.statistics.packetsForwarded }
  var statistics: ShardStatistics { shard.statistics }

  /// Encrypts packets of 1200 bytes as a browser's frames of four would come.
  mutating func record(packets: Int) -> [[UInt8]] {
    var datagrams: [[UInt8]] = []
    var frame = 0
    while datagrams.count < packets {
      var content = [UInt8](repeating: 0x55, count: 4 * 1_160)
      content.replaceSubrange(0..<10, with: [0x10, 0, 0, 0x9D, 0x01, 0x2A, 0x80, 0x02, 0x68, 0x01])
      if frame > 0 { content[0] |= 1 }  // not a keyframe
      var packetizer = Packetizer(
        .vp8, maximumPayload: 1_168, pictureID: UInt16(truncatingIfNeeded: frame) & 0x7FFF)
      var packets = FramePackets()
      packetizer.packetize(content[...], isKeyframe: frame == 0, into: &packets)
      packets.timestamp = UInt32(truncatingIfNeeded: frame * 720)
      _ = publisher.send(packets, from: 0, stream: 0, at: now, into: &outbox)
      outbox.forEachDatagram { datagrams.append(Self.copy($1)) }
      outbox.removeAll()
      frame += 1
    }
    return Array(datagrams.prefix(packets))
  }

  /// Hands the datagrams to the shard, 2 ms apart, and forgets what it sends.
  mutating func play(_ datagrams: ArraySlice<[UInt8]>) {
    var buffer = [UInt8](repeating: 0, count: 2_048)
    for datagram in datagrams {
      now = now + packetInterval
      for index in datagram.indices { buffer[index] = datagram[index] }
      var span = buffer.mutableSpan
      var bytes = span.mutableBytes
      var packet = bytes.extracting(0..<datagram.count)
      shard.handle(&packet, from: Self.publisherAddress, at: now, into: &outbox)
      while shard.forward(at: now, into: &outbox) { outbox.removeAll() }
      shard.handleTimeouts(at: now, into: &outbox)
      outbox.removeAll()
    }
    now = now + .milliseconds(10)
    while shard.forward(at: now, into: &outbox) { outbox.removeAll() }
    outbox.removeAll()
  }

  private static func copy(_ bytes: RawSpan) -> [UInt8] {
    (0..<bytes.byteCount).map { bytes.bigEndian(at: $0, as: UInt8.self) }
  }
}
