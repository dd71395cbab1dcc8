package import Wire

/// Plays a file over and over, in time.
package struct FilePlayback: Sendable {
  /// A keyframe that comes by itself this soon is waited for; else playback jumps back to one.
  private static let patience = Nanoseconds.seconds(1)

  private let source: MediaFileSource
  private var packetizer: Packetizer
  private var frame = 0
  /// When the file's time 0 falls, since playback began.
  private var origin = Nanoseconds.zero
  private var wantsKeyframe = false

  package init(_ source: MediaFileSource, pictureID: UInt16 = 0) {
    self.source = source
    packetizer = Packetizer(source.codec, maximumPayload: 1_176, pictureID: pictureID)
  }

  package var codec: MediaCodec { source.codec }
  package var nextDue: Nanoseconds { origin + source.frames[frame].time }

  mutating func prepare(maximumPayload: Int) {
    packetizer = Packetizer(
      source.codec, maximumPayload: maximumPayload, pictureID: packetizer.pictureID)
  }

  mutating func keyframeRequested() { wantsKeyframe = !codec.isAudio }

  mutating func next(into packets: inout FramePackets) {
    let due = nextDue
    if wantsKeyframe { seekKeyframe(due: due) }
    let current = source.frames[frame]
    packetizer.packetize(
      source.bytes[current.range], isKeyframe: current.isKeyframe, into: &packets)
    // Whole seconds apart, so that hours of playback do not overflow.
    let seconds = due.count / 1_000_000_000
    let rest = due.count % 1_000_000_000
    let rate = Int64(codec.clockRate)
    packets.timestamp = UInt32(
      truncatingIfNeeded: seconds &* rate &+ rest &* rate / 1_000_000_000)
    frame += 1
    if frame == source.frames.count {
      frame = 0
      origin = origin + source.duration
    }
  }

  private mutating func seekKeyframe(due: Nanoseconds) {
    if source.frames[frame].isKeyframe {
      wantsKeyframe = false
      return
    }
    let time = source.frames[frame].time
    let next = source.frames[frame...].first { $0.isKeyframe }?.time ?? source.duration
    guard next - time > Self.patience else { return }
    guard let last = source.frames[..<frame].lastIndex(where: { $0.isKeyframe }) else { return }
    frame = last
    origin = due - source.frames[last].time
    wantsKeyframe = false
  }
}
