import StoaClient
import TestSupport
import Testing
import Wire

@Suite struct PacketizerTests {
  private func packets(
    _ codec: MediaCodec, _ frame: [UInt8], maximum: Int = 1_176, isKeyframe: Bool = true
  ) -> FramePackets {
    var packetizer = Packetizer(codec, maximumPayload: maximum, pictureID: 0x1234)
    var packets = FramePackets()
    packetizer.packetize(frame[...], isKeyframe: isKeyframe, into: &packets)
    return packets
  }

  @Test(arguments: [1, 60, 1_172, 1_173, 5_000, 100_000])
  func `VP8 frames come apart and together again`(length: Int) {
    let frame = MediaFiles.vp8(keyframe: true, length: max(length, 2))

    let packets = packets(.vp8, frame)

    #expect(Depacketizer.vp8(packets) == frame)
    #expect(packets.ranges.allSatisfy { $0.count <= 1_176 })
    let sizes = packets.ranges.map(\.count)
    #expect((sizes.max() ?? 0) - (sizes.min() ?? 0) <= 1)
    for index in 0..<packets.count {
      let descriptor = VP8Descriptor(parsing: packets[index].span.bytes)
      #expect(descriptor?.pictureID == 0x1234)
      #expect(descriptor?.startsKeyframe == (index == 0))
    }
  }

  @Test func `VP9 frames begin with B and end with E`() {
    let frame: [UInt8] = [0x82] + [UInt8](repeating: 7, count: 3_000)

    let packets = packets(.vp9, frame)

    #expect(Depacketizer.vp9(packets) == frame)
    #expect(packets.count == 3)
    #expect((0..<3).map { packets[$0].first.map { $0 & 0x0C } } == [0x08, 0, 0x04])
    let starts = (0..<3).map { VP9Descriptor(parsing: packets[$0].span.bytes)?.startsKeyframe }
    #expect(starts == [true, false, false])
  }

  @Test(arguments: [64, 200, 1_176])
  func `H264 units travel alone, together or in fragments`(maximum: Int) {
    let units = [
      [0x67, 0x42, 0xE0, 0x1F, 1, 2], [0x68, 0xCE, 1, 2], MediaFiles.unit(0x65, length: 3_000),
      MediaFiles.unit(0x65, length: 150), MediaFiles.unit(0x06, length: 20),
    ]

    let packets = packets(.h264, MediaFiles.annexB([[0x09, 0xF0]] + units), maximum: maximum)

    #expect(Depacketizer.h264(packets) == units)
    #expect(packets.ranges.allSatisfy { $0.count <= maximum })
    let starts = H264Payload(parsing: packets[0].span.bytes)?.startsKeyframe
    #expect(starts == true)
  }

  @Test(arguments: [64, 100, 1_176], [10, 200, 4_000])
  func `AV1 units travel without delimiter and size fields`(maximum: Int, length: Int) {
    func unit(_ type: UInt8, _ content: [UInt8]) -> [UInt8] {
      let size =
        content.count < 128
        ? [UInt8(content.count)] : [UInt8(content.count & 0x7F) | 0x80, UInt8(content.count >> 7)]
      return [type << 3 | 2] + size + content
    }
    let sequence: [UInt8] = [1, 2, 3, 4, 5]
    let picture = (0..<length).map { UInt8(truncatingIfNeeded: $0) }

    let packets = packets(
      .av1, unit(2, []) + unit(1, sequence) + unit(6, picture), maximum: maximum)

    #expect(Depacketizer.av1(packets) == [[1 << 3] + sequence, [6 << 3] + picture])
    #expect(packets.ranges.allSatisfy { $0.count <= maximum })
    let starts = AV1AggregationHeader(parsing: packets[0].span.bytes)?.startsSequence
    #expect(starts == true)
  }

  @Test(arguments: 0..<50)
  func `frames of any size and content come together again`(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    for _ in 0..<20 {
      let maximum = Int.random(in: 64...1_300, using: &random)
      let units = (0..<Int.random(in: 1...6, using: &random)).map { _ in
        MediaFiles.unit(0x41, length: Int.random(in: 2...4_000, using: &random))
      }
      let sent = packets(.h264, MediaFiles.annexB(units), maximum: maximum)
      #expect(Depacketizer.h264(sent) == units, "seed \(seed)")

      let frame = random.bytes(Int.random(in: 1...9_000, using: &random))
      #expect(Depacketizer.vp8(packets(.vp8, frame, maximum: maximum)) == frame, "seed \(seed)")
    }
  }

  @Test func `files play on the media clock, over and over`() throws {
    let file = try MediaFileSource(
      parsing: MediaFiles.ivf(
        "VP80", (0..<3).map { MediaFiles.vp8(keyframe: $0 == 0, length: 10) }))
    var source = PacketSource.file(FilePlayback(file))
    var packets = FramePackets()
    var times: [Int64] = []
    var stamps: [UInt32] = []
    for _ in 0..<5 {
      times.append(source.nextDue.milliseconds)
      source.next(into: &packets)
      stamps.append(packets.timestamp)
    }

    #expect(times == [0, 33, 66, 99, 133])
    #expect(
      stamps == [0, 2_999, 5_999, 8_999, 11_999] || stamps == [0, 3_000, 6_000, 9_000, 12_000])
  }

  @Test func `a file without a keyframe for long goes back to one when asked`() throws {
    let file = try MediaFileSource(
      parsing: MediaFiles.ivf(
        "VP80", (0..<120).map { MediaFiles.vp8(keyframe: $0 % 60 == 0, length: 10) }))
    var source = PacketSource.file(FilePlayback(file))
    var packets = FramePackets()
    for _ in 0..<10 { source.next(into: &packets) }
    let due = source.nextDue

    source.keyframeRequested()
    source.next(into: &packets)

    #expect(packets.isKeyframe)
    #expect((source.nextDue - due).milliseconds <= 34)
  }

  @Test func `generated frames have the bitrate asked for, and stamps`() throws {
    var source = PacketSource.synthetic(
      SyntheticVideo(
        .frames(perSecond: 30, bitsPerSecond: 1_000_000), packetSize: 1_200, source: 9))
    source.prepare(headerLength: 24)
    var packets = FramePackets()
    var bytes = 0
    var numbers: [UInt64] = []
    for _ in 0..<300 {
      source.next(into: &packets)
      source.stamp(&packets, at: MonotonicTime(nanoseconds: 5))
      for index in 0..<packets.count {
        bytes += packets[index].count + 24
        let payload = packets[index]
        let read = LoadStamp(payload: payload.span.bytes)
        let stamp = try #require(read)
        #expect(stamp.source == 9 && stamp.sentAt.nanoseconds == 5)
        numbers.append(stamp.number)
      }
    }

    #expect(abs(Double(bytes) * 8 / 10 - 1_000_000) < 10_000)
    #expect(numbers == Array(0..<UInt64(numbers.count)))
    #expect(source.nextDue == .seconds(10))
  }

  @Test func `an even flow has a marker on every fourth packet and a keyframe at first`() {
    var source = PacketSource.synthetic(
      SyntheticVideo(.packets(perSecond: 500, burst: 1), packetSize: 1_200, source: 0))
    source.prepare(headerLength: 24)
    var packets = FramePackets()
    var markers: [Bool] = []
    var keyframes: [Bool] = []
    var times: [Int64] = []
    for _ in 0..<8 {
      times.append(source.nextDue.milliseconds)
      source.next(into: &packets)
      #expect(packets.count == 1 && packets[0].count == 1_176)
      markers.append(packets.marksEnd)
      keyframes.append(VP8Descriptor(parsing: packets[0].span.bytes)?.startsKeyframe ?? false)
    }

    #expect(markers == [false, false, false, true, false, false, false, true])
    #expect(keyframes == [true] + Array(repeating: false, count: 7))
    #expect(times == [0, 2, 4, 6, 8, 10, 12, 14])
  }
}
