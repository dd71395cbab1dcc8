import SFU
import StoaClient
import TestSupport
import Wire

/// VP8 frames that no other frame is equal to, in packets.
enum FrameFactory {
  static func frame(_ number: Int, isKeyframe: Bool? = nil, length: Int = 3_000) -> FramePackets {
    let isKeyframe = isKeyframe ?? (number == 0)
    var content = MediaFiles.vp8(keyframe: isKeyframe, length: length)
    // Every packet of the frame gets the frame's number and its own place.
    for start in stride(from: 16, to: length - 16, by: 500) {
      for (index, byte) in "\(number)/\(start)".utf8.enumerated() { content[start + index] = byte }
    }
    var packetizer = Packetizer(
      .vp8, maximumPayload: 1_176, pictureID: UInt16(truncatingIfNeeded: number) & 0x7FFF)
    var packets = FramePackets()
    packetizer.packetize(content[...], isKeyframe: isKeyframe, into: &packets)
    packets.timestamp = UInt32(truncatingIfNeeded: number * 3_000)
    return packets
  }

  /// What is in packets, without the payload descriptor, whose picture id the server makes anew.
  static func content(_ payloads: [[UInt8]]) -> [[UInt8]] {
    payloads.map { Array($0.dropFirst(4)) }
  }

  static func content(_ frame: FramePackets) -> [[UInt8]] {
    (0..<frame.count).map { Array(frame[$0].dropFirst(4)) }
  }
}

extension ShardHarness {
  /// A publisher with one published camera and a subscriber that has it seated.
  static func call(
    seed: UInt64, link: LinkConditions = .perfect
  ) throws -> (harness: ShardHarness, publisher: Client, subscriber: Client) {
    let harness = try ShardHarness(seed: seed, link: link)
    let publisher = try harness.join(sending: [.vp8])
    let subscriber = try harness.join(seats: 1)
    harness.run(for: .seconds(4))
    harness.publish(TrackNumber(1), of: publisher)
    harness.command(.subscribe(TrackNumber(1), endpoint: subscriber.number, companion: nil))
    return (harness, publisher, subscriber)
  }

  func publish(_ track: TrackNumber, of publisher: Client) {
    command(
      .publish(
        track, endpoint: publisher.number, kind: .video,
        mid: publisher.connection.mid(ofSender: 0)))
  }

  /// Sends frames 33 ms apart; returns what was in them, packet by packet.
  @discardableResult
  func send(frames numbers: Range<Int>, from client: Client) -> [[UInt8]] {
    var sent: [[UInt8]] = []
    for number in numbers {
      let frame = FrameFactory.frame(
        number, isKeyframe: client.connection.takeKeyframeRequest(0) || number == numbers.lowerBound
      )
      sent += FrameFactory.content(frame)
      send(frame, from: client)
      run(for: .milliseconds(33))
    }
    return sent
  }
}
