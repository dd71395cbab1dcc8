/// What came of the packets of a track.
package struct IngestCounters: Sendable, Equatable {
  package var packets: UInt64 = 0
  package var duplicates: UInt64 = 0
  /// Too late, or of a jump in numbers that nothing confirmed.
  package var ignored: UInt64 = 0
  /// Packets that never came.
  package var lost: Int64 = 0
  /// Frames with something missing or malformed.
  package var broken: UInt64 = 0
  /// Whole frames dropped for want of the keyframe before them.
  package var skipped: UInt64 = 0
  package var units: UInt64 = 0
  package var keyframeRequests: UInt64 = 0

  package init() {}
}
