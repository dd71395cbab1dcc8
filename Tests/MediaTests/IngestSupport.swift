import Media
import Wire

extension MonotonicTime {
  static func ms(_ n: Int64) -> Self { Self(nanoseconds: n * 1_000_000) }

  /// Since 0, as a fraction.
  var milliseconds: Double { Double(nanoseconds) / 1e6 }
}

extension [UInt8] {
  /// Bytes written as hexadecimal digits; anything else between them is skipped.
  init(hex: String) {
    let digits = hex.compactMap(\.hexDigitValue)
    self = stride(from: 0, to: digits.count - 1, by: 2).map {
      UInt8(digits[$0] << 4 | digits[$0 + 1])
    }
  }
}

/// First bytes of keyframes of 322 × 182 pixels, made by ffmpeg's encoders.
enum Keyframes {
  static let vp8 = [UInt8](
    hex: "f067009d012a4201b6000007088585888584880202031cb50bf80fe06f3df3e9e43f86ffd4ffbc7f")
  static let vp9 = [UInt8](
    hex: "824983420014100b560438241c184a0009207fd9fa3e8fe77187f3fc7fc3d9ff3fc9f4fe9bd27f7f")
  /// Temporal delimiter, sequence header, the start of a frame.
  static let av1SequenceHeader = [UInt8](hex: "0a0b000000043d06d4daf90040")
  static let h264SPS = [UInt8](hex: "67 64000cacd941519e226c0440000003004000000503c50a6580")
  static let h264PPS = [UInt8](hex: "68ebe3cb22c0")
}

/// Hands packets to a `TrackIngest` as a sender would number them.
final class IngestFeed {
  var ingest: TrackIngest
  var sequence = SequenceNumber(65_500)
  var units: [EncodedUnit] = []

  init(_ codec: MediaCodec, timeline: SenderTimeline = SenderTimeline()) {
    ingest = TrackIngest(codec: codec, timeline: timeline)
  }

  /// Sends one packet; a lost one only takes a number.
  func send(
    _ payload: [UInt8], timestamp: UInt32, marker: Bool, at now: MonotonicTime, isLost: Bool = false
  ) {
    if !isLost { hand(payload, sequence, timestamp, marker: marker, at: now) }
    sequence = sequence.advanced(by: 1)
  }

  /// Sends a frame of several packets.
  func send(
    _ payloads: [[UInt8]], timestamp: UInt32, at now: MonotonicTime, losing: Set<Int> = []
  ) {
    for (index, payload) in payloads.enumerated() {
      send(
        payload, timestamp: timestamp, marker: index == payloads.count - 1, at: now,
        isLost: losing.contains(index))
    }
  }

  func hand(
    _ payload: [UInt8], _ sequence: SequenceNumber, _ timestamp: UInt32, marker: Bool,
    at now: MonotonicTime
  ) {
    ingest.handle(
      sequence: sequence, timestamp: timestamp, marker: marker, payload: payload.span.bytes,
      at: now, into: &units)
  }

  func wait(until now: MonotonicTime) { ingest.handleTimeouts(at: now, into: &units) }

  func asksForKeyframe(at now: MonotonicTime) -> Bool { ingest.takeKeyframeRequest(at: now) }

  /// What came out since the last call.
  func take() -> [EncodedUnit] {
    defer { units = [] }
    return units
  }
}

/// VP8 payloads without picture id (RFC 7741 §4.2).
func vp8Packets(_ frame: [UInt8], maximum: Int = 10) -> [[UInt8]] {
  stride(from: 0, to: frame.count, by: maximum).map { start in
    [start == 0 ? 0x10 : 0x00] + frame[start..<min(start + maximum, frame.count)]
  }
}

/// A VP8 frame that refers to others; `mark` tells it from others.
func vp8Delta(_ mark: UInt8) -> [UInt8] { [0x31, mark, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9] }
