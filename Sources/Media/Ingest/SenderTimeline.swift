internal import Wire

/// Where the wall clock of one participant stands against our monotonic clock.
///
/// Shared by the participant's tracks, so that their sound and pictures move together: what they keep
/// of each other is exactly what their reports say. Each track tells what it saw; the answer is the least
/// delay of all tracks that agree within a second. They disagree while a server has no report from the
/// participant for one of them yet and fills in its own clock. One thread owns it.
package final class SenderTimeline {
  /// Apart by more than this, two readings are of different clocks.
  private static let agreement = Nanoseconds.seconds(1)
  /// A clock 1 % slow is followed within 60 ms.
  private static let span = Nanoseconds.seconds(3)
  /// Microphone, camera, screen and its sound, and as many again.
  private static let maximumTracks = 8

  private var tracks: [WindowedMinimum] = []

  package init() {}

  /// Makes room for one more track; the ninth and later share a place.
  func addTrack() -> Int {
    if tracks.count < Self.maximumTracks { tracks.append(WindowedMinimum(span: Self.span)) }
    return tracks.count - 1
  }

  /// Notes that a report sent at `sender` on the participant's wall clock came at `arrival`.
  func note(sender: Int64, arrival: MonotonicTime, track: Int) {
    guard tracks.indices.contains(track) else { return }
    let offset = arrival.nanoseconds &- sender
    if let known = tracks[track].value, !Self.agree(known, offset) { tracks[track].removeAll() }
    tracks[track].insert(offset, at: arrival)
  }

  /// What is to be added to the participant's wall clock, as `track` knows it, to get our time.
  func offset(track: Int) -> Int64? {
    guard tracks.indices.contains(track), let own = tracks[track].value else { return nil }
    return tracks.lazy.compactMap(\.value).filter { Self.agree($0, own) }.min() ?? own
  }

  private static func agree(_ a: Int64, _ b: Int64) -> Bool {
    let (difference, overflow) = a.subtractingReportingOverflow(b)
    return !overflow && difference.magnitude < UInt64(agreement.count)
  }
}
