internal import Media
internal import Signal

/// An output that is drawn and mixed: it takes packets of shared encoders from its own zero on.
///
/// The pipeline's thread owns it.
final class ComposedOutput {
  let specification: OutputSpecification
  /// The tick that is the output's zero.
  let zero: Int64
  let target: any OutputTarget
  private let hasVideo: Bool
  /// Video tracks whose keyframe at zero, or the first after it, has come.
  private var openTracks: Set<Int> = []
  private(set) var byteCount: Int64 = 0
  private(set) var hasStarted = false
  private(set) var isFinishing = false
  /// Its start was told.
  var wasTold = false

  init(
    _ specification: OutputSpecification, zero: Int64, hasVideo: Bool, target: any OutputTarget
  ) {
    self.specification = specification
    self.zero = zero
    self.hasVideo = hasVideo
    self.target = target
  }

  /// Takes a packet of an encoder that others share.
  func take(_ packet: EncodedPacket, asTrack trackID: Int) {
    guard !isFinishing else { return }
    let isVideo = hasVideo && packet.trackID == Self.videoTrack
    let start =
      isVideo
      ? zero * 90_000 / PipelineClock.framesPerSecond
      : zero * Int64(PipelineClock.samplesPerTick)
    guard packet.pts >= start else { return }
    if isVideo, !openTracks.contains(trackID) {
      guard packet.isKeyframe else { return }
      openTracks.insert(trackID)
    }
    guard let moved = try? packet.moved(toTrack: trackID, earlierBy: start) else { return }
    byteCount += Int64(packet.byteCount)
    hasStarted = hasStarted || isVideo || !hasVideo
    target.write(moved)
  }

  func finish() {
    guard !isFinishing else { return }
    isFinishing = true
    target.finish()
  }

  /// What shared encoders call their tracks.
  static let videoTrack = 0
  static let audioTrack = 1
}
