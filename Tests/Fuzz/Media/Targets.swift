import Wire

/// Every target by its name, which is also the name of its folder in `corpus/`.
let fuzzTargets: [String: @Sendable (RawSpan) -> Void] = [
  "ingest-vp8": { fuzzIngest($0, .vp8) },
  "ingest-vp9": { fuzzIngest($0, .vp9) },
  "ingest-h264": { fuzzIngest($0, .h264) },
  "ingest-av1": { fuzzIngest($0, .av1) },
  "ingest-opus": { fuzzIngest($0, .opus) },
  "track-clock": fuzzTrackClock,
]

extension RawSpan {
  /// The byte at `offset`, 0 past the end.
  func byte(_ offset: Int) -> UInt8 { checkedBigEndian(at: offset) ?? 0 }
}
