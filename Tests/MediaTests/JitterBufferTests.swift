import Media
import TestSupport
import Testing
import Wire

@Suite struct JitterBufferTests {
  private static let patience = Nanoseconds.milliseconds(200)

  private func insert(
    _ sequence: UInt16, into buffer: inout JitterBuffer, at now: MonotonicTime = .ms(0),
    byteCount: Int = 1
  ) -> JitterBuffer.Insertion {
    let payload = [UInt8](repeating: UInt8(truncatingIfNeeded: sequence), count: byteCount)
    return buffer.insert(
      sequence: SequenceNumber(sequence), timestamp: UInt32(sequence), marker: false,
      payload: payload.span.bytes, at: now)
  }

  /// Timestamps of packets, and gaps as negative numbers.
  private func drain(_ buffer: inout JitterBuffer, at now: MonotonicTime = .ms(0)) -> [Int64] {
    var steps: [Int64] = []
    while let step = buffer.next(at: now) {
      switch step {
      case .packet(let packet): steps.append(Int64(packet.timestamp))
      case .gap(let count): steps.append(-count)
      }
    }
    return steps
  }

  @Test func `puts packets in order across the wrap`() {
    var buffer = JitterBuffer(patience: Self.patience)

    for sequence: UInt16 in [65_534, 1, 0, 65_535, 2] { _ = insert(sequence, into: &buffer) }

    #expect(drain(&buffer) == [65_534, 65_535, 0, 1, 2])
    #expect(buffer.count == 0)
    #expect(buffer.byteCount == 0)
    #expect(buffer.deadline == .distantFuture)
  }

  @Test func `waits for a missing packet as long as its patience, and no longer`() {
    var buffer = JitterBuffer(patience: Self.patience)
    _ = insert(10, into: &buffer, at: .ms(0))
    _ = insert(13, into: &buffer, at: .ms(20))
    _ = insert(14, into: &buffer, at: .ms(40))

    #expect(drain(&buffer, at: .ms(219)) == [10])
    #expect(buffer.deadline == .ms(220))
    #expect(drain(&buffer, at: .ms(220)) == [-2, 13, 14])
    #expect(insert(11, into: &buffer, at: .ms(221)) == .ignored)
  }

  @Test func `a packet sent again in time fills its gap`() {
    var buffer = JitterBuffer(patience: Self.patience)
    _ = insert(10, into: &buffer, at: .ms(0))
    _ = insert(12, into: &buffer, at: .ms(20))
    _ = drain(&buffer, at: .ms(20))

    #expect(insert(11, into: &buffer, at: .ms(120)) == .taken)
    #expect(drain(&buffer, at: .ms(120)) == [11, 12])
  }

  @Test func `drops what it holds already`() {
    var buffer = JitterBuffer(patience: Self.patience)
    _ = insert(10, into: &buffer)
    _ = insert(12, into: &buffer)

    #expect(insert(12, into: &buffer) == .duplicate)
    #expect(buffer.count == 2)
  }

  @Test func `believes a jump in numbers when a second packet confirms it`() {
    var buffer = JitterBuffer(patience: Self.patience)
    _ = insert(10, into: &buffer)

    #expect(insert(30_000, into: &buffer) == .ignored)
    #expect(insert(11, into: &buffer) == .taken)
    #expect(drain(&buffer) == [10, 11])
    #expect(insert(40_000, into: &buffer) == .ignored)
    #expect(insert(40_001, into: &buffer) == .taken)
    #expect(drain(&buffer) == [0, 40_001])
  }

  @Test func `gives up early rather than hold too many bytes`() {
    var buffer = JitterBuffer(patience: .seconds(3_600))
    _ = insert(0, into: &buffer)
    _ = drain(&buffer)
    var most = 0
    var steps: [Int64] = []

    for sequence: UInt16 in 2...400 {
      _ = insert(sequence, into: &buffer, byteCount: 60_000)
      most = max(most, buffer.byteCount)
      steps += drain(&buffer)
    }

    #expect(most <= JitterBuffer.maximumBytes + 60_000)
    #expect(steps.first == -1)
    #expect(steps.count == 400)
  }

  @Test(arguments: 0..<20)
  func `loses nothing that comes in time, and keeps order, whatever the network does`(seed: UInt64)
  {
    var random = SplitMix64(seed: seed)
    var buffer = JitterBuffer(patience: Self.patience)
    var arrivals: [(time: Int64, number: Int)] = []
    var lost: Set<Int> = []
    for number in 1..<3_000 {
      if random.chance(0.05) {
        lost.insert(number)
        continue
      }
      let copies = random.chance(0.05) ? 2 : 1
      for _ in 0..<copies {
        // Up to 150 ms late: less than the patience.
        arrivals.append((Int64(number) * 5 + Int64.random(in: 0...150, using: &random), number))
      }
    }
    arrivals.sort { ($0.time, $0.number) < ($1.time, $1.number) }
    var last: Int64 = 0
    var packets = 0
    var gaps: Int64 = 0
    _ = insert(0, into: &buffer, at: .ms(0))

    for arrival in arrivals {
      _ = insert(UInt16(arrival.number), into: &buffer, at: .ms(arrival.time))
      for step in drain(&buffer, at: .ms(arrival.time)) {
        if step >= 0 {
          #expect(step >= last)
          last = step
          packets += 1
        } else {
          gaps -= step
        }
      }
      #expect(buffer.count <= JitterBuffer.capacity)
    }
    for step in drain(&buffer, at: .distantFuture) where step >= 0 { packets += 1 }

    #expect(packets == 3_000 - lost.count)
    #expect(gaps <= lost.count)
  }

  @Test(arguments: 0..<20)
  func `stays within its bounds on random numbers`(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    var buffer = JitterBuffer(patience: Self.patience)
    for step in 0..<5_000 {
      let near = random.chance(0.9)
      let sequence =
        near
        ? UInt16(truncatingIfNeeded: step &+ Int.random(in: -600...600, using: &random))
        : .random(in: 0...65_535, using: &random)
      _ = insert(sequence, into: &buffer, at: .ms(Int64(step)))
      _ = drain(&buffer, at: .ms(Int64(step)))
      #expect(buffer.count <= JitterBuffer.capacity)
    }
    _ = drain(&buffer, at: .distantFuture)
    #expect(buffer.count == 0)
    #expect(buffer.byteCount == 0)
  }
}
