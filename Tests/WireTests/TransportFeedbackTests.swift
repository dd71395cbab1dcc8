import Testing
import Wire

/// Feedback that uses runs, both vectors and negative deltas.
let transportFeedbackSample: [UInt8] = {
  var random = SplitMix64(seed: 1)
  var arrivals: [TransportArrival] = []
  for index in 0..<60 where Int.random(in: 0..<5, using: &random) > 0 {
    arrivals.append(
      TransportArrival(
        sequence: SequenceNumber(65_500).advanced(by: index),
        time: .ms(10_000 + Int64(index) * 7 + Int64.random(in: 0..<90, using: &random))))
  }
  var feedback = TransportFeedbackWriter(senderSSRC: 1, mediaSSRC: 2)
  return written { _ = feedback.write(arrivals.span, to: &$0) }
}()

@Suite struct TransportFeedbackTests {
  private struct Status: Equatable {
    var sequence: SequenceNumber
    /// Units of 250 µs.
    var tick: Int64?
  }

  private func read(_ bytes: [UInt8]) throws -> [Status] {
    var statuses: [Status] = []
    try forEachPacket(bytes) { packet in
      guard let feedback = TransportFeedback(parsing: packet) else {
        Issue.record("not feedback")
        return
      }
      feedback.forEachStatus { sequence, arrival in
        statuses.append(Status(sequence: sequence, tick: arrival.map { $0.count / 250_000 }))
      }
    }
    return statuses
  }

  private func expected(_ arrivals: [TransportArrival], from base: SequenceNumber) -> [Status] {
    var statuses: [Status] = []
    var next = base
    for arrival in arrivals {
      while next != arrival.sequence {
        statuses.append(Status(sequence: next, tick: nil))
        next = next.advanced(by: 1)
      }
      statuses.append(Status(sequence: next, tick: arrival.time.nanoseconds / 250_000))
      next = next.advanced(by: 1)
    }
    return statuses
  }

  @Test(arguments: 0..<300) func `what was written is what is read`(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let base = SequenceNumber(random.next())
    let loss = Int.random(in: 0...9, using: &random)
    let spread = [1, 20, 70, 400, 3_000][Int.random(in: 0..<5, using: &random)]
    let start = Int64.random(in: 0...1_000_000_000, using: &random)
    var arrivals: [TransportArrival] = []
    for index in 0..<Int.random(in: 1...300, using: &random)
    where Int.random(in: 0..<10, using: &random) >= loss {
      let offset = Int64(index) * 250 + Int64.random(in: 0...Int64(spread) * 1_000, using: &random)
      arrivals.append(
        TransportArrival(
          sequence: base.advanced(by: index),
          time: MonotonicTime(nanoseconds: (start + offset) * 1_000)))
    }
    guard !arrivals.isEmpty else { return }

    var feedback = TransportFeedbackWriter(senderSSRC: 1, mediaSSRC: 2)
    var done = 0
    let bytes = written { done = feedback.write(arrivals.span, from: base, to: &$0) }
    #expect(done == arrivals.count)
    #expect(try read(bytes) == expected(arrivals, from: base))
    #expect(feedback.feedbackCount == 1)
  }

  @Test(arguments: 0..<50) func `what does not fit goes into the next packet`(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    var sequence = SequenceNumber(random.next())
    let base = sequence
    var time: Int64 = 5_000
    let arrivals = (0..<400).map { index in
      if index > 0 {
        sequence = sequence.advanced(by: Int.random(in: 1...30, using: &random))
        time += Int64.random(in: 0...400, using: &random)
      }
      return TransportArrival(sequence: sequence, time: .ms(time))
    }

    var feedback = TransportFeedbackWriter(senderSSRC: 1, mediaSSRC: 2)
    var received: [Status] = []
    var rest = arrivals
    while !rest.isEmpty {
      var done = 0
      let bytes = written(capacity: Int.random(in: 60...200, using: &random)) {
        done = feedback.write(rest.span, to: &$0)
      }
      try #require(done > 0)
      received += try read(bytes).filter { $0.tick != nil }
      rest.removeFirst(done)
    }
    #expect(received == expected(arrivals, from: base).filter { $0.tick != nil })
  }

  @Test func `ten packets in a row are one run`() throws {
    let arrivals = (0..<10).map {
      TransportArrival(sequence: SequenceNumber(100).advanced(by: $0), time: .ms(64 + Int64($0)))
    }
    var feedback = TransportFeedbackWriter(senderSSRC: 0xA, mediaSSRC: 0xB)
    let bytes = written { _ = feedback.write(arrivals.span, to: &$0) }

    let head = [UInt8](hex: "8fcd0007 0000000a 0000000b 0064000a 00000100 200a")
    #expect(bytes == head + [0] + [UInt8](repeating: 4, count: 9))
  }

  @Test func `lost packets at the start and a long gap are reported`() throws {
    let arrivals = [
      TransportArrival(sequence: SequenceNumber(10), time: .ms(1_000)),
      TransportArrival(sequence: SequenceNumber(20_010), time: .ms(1_001)),
    ]
    var feedback = TransportFeedbackWriter(senderSSRC: 1, mediaSSRC: 2)
    let bytes = written { _ = feedback.write(arrivals.span, from: SequenceNumber(7), to: &$0) }

    #expect(try read(bytes) == expected(arrivals, from: SequenceNumber(7)))
    #expect(bytes.count < 60)
  }

  @Test func `a step beyond eight seconds starts another packet`() {
    let arrivals = [
      TransportArrival(sequence: SequenceNumber(1), time: .ms(0)),
      TransportArrival(sequence: SequenceNumber(2), time: .ms(9_000)),
    ]
    var feedback = TransportFeedbackWriter(senderSSRC: 1, mediaSSRC: 2)
    var done = 0
    _ = written { done = feedback.write(arrivals.span, to: &$0) }

    #expect(done == 1)
  }

  @Test(arguments: [
    "8fcd0004 00000001 00000002 00010001 00000000",  // no chunk
    "8fcd0005 00000001 00000002 00010001 00000000 00000000",  // a run of nothing
    "8fcd0005 00000001 00000002 00010009 00000000 20090000",  // too few deltas
    "8fcd0005 00000001 00000002 00010001 00000000 60010000",  // reserved status
    "8fcd0005 00000001 00000002 0001ffff 00000000 1fff1fff",  // too few chunks
  ])
  func `feedback that contradicts itself is refused`(hex: String) throws {
    try forEachPacket([UInt8](hex: hex)) { packet in
      #expect((TransportFeedback(parsing: packet) == nil) == true)
    }
  }
}
