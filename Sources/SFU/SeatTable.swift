/// Who is shown in which pair of a subscriber's receiving m-lines.
///
/// A seat is the n-th receiving audio line with the n-th video line. The two halves of one
/// participant's camera (or screen share) go into one seat, so that the browser plays them in sync.
package struct SeatTable: Sendable {
  package struct Half: Sendable, Equatable {
    /// Index of the m-line; `nil` if the offer had fewer lines of this kind.
    package var line: Int?
    package var track: TrackNumber?
  }
  package struct Seat: Sendable {
    package var audio = Half()
    package var video = Half()
    /// Counts up; seats freed long ago are taken first, lest a new face follow an old frame.
    var freed = 0

    var isFree: Bool { audio.track == nil && video.track == nil }
  }
  package private(set) var seats: [Seat] = []
  private var clock = 0

  package init() {}

  /// Takes the receiving lines of an agreed session, in order; known seats keep what they show.
  package mutating func update(audioLines: [Int], videoLines: [Int]) {
    let count = max(audioLines.count, videoLines.count)
    while seats.count < count { seats.append(Seat()) }
    for index in audioLines.indices { seats[index].audio.line = audioLines[index] }
    for index in videoLines.indices { seats[index].video.line = videoLines[index] }
  }

  /// Seats a track; `nil` when there is no room.
  ///
  /// - Parameter companion: beside which it sits if that one is seated with the other half free.
  /// - Returns: the m-line.
  package mutating func seat(_ track: TrackNumber, isAudio: Bool, companion: TrackNumber?) -> Int? {
    if let companion,
      let index = seats.firstIndex(where: { half($0, isAudio: !isAudio).track == companion }),
      take(index, for: track, isAudio: isAudio)
    {
      return half(seats[index], isAudio: isAudio).line
    }
    let free = seats.indices.filter { index in
      seats[index].isFree && half(seats[index], isAudio: isAudio).line != nil
    }
    guard let index = free.min(by: { seats[$0].freed < seats[$1].freed }),
      take(index, for: track, isAudio: isAudio)
    else { return nil }
    return half(seats[index], isAudio: isAudio).line
  }

  /// Frees the track's half; returns its m-line.
  package mutating func unseat(_ track: TrackNumber) -> Int? {
    clock += 1
    for index in seats.indices {
      if seats[index].audio.track == track {
        seats[index].audio.track = nil
        seats[index].freed = clock
        return seats[index].audio.line
      }
      if seats[index].video.track == track {
        seats[index].video.track = nil
        seats[index].freed = clock
        return seats[index].video.line
      }
    }
    return nil
  }

  /// Seats that show something.
  package var occupied: Int { seats.count { !$0.isFree } }

  private func half(_ seat: Seat, isAudio: Bool) -> Half { isAudio ? seat.audio : seat.video }

  private mutating func take(_ index: Int, for track: TrackNumber, isAudio: Bool) -> Bool {
    let half = half(seats[index], isAudio: isAudio)
    guard half.line != nil, half.track == nil else { return false }
    if isAudio { seats[index].audio.track = track } else { seats[index].video.track = track }
    return true
  }
}
