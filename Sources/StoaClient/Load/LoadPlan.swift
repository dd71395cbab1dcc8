/// What a load run does.
package struct LoadPlan: Sendable {
  package enum Video: Sendable {
    case synthetic(SyntheticVideo.Flow, packetSize: Int)
    case file(MediaFileSource)
  }

  package var server: ServerURL
  package var token: String
  /// Rooms to make, or the id of the one to use.
  package var rooms: Rooms
  /// Participants of each room that send, and see each other.
  package var publishers: Int
  /// Participants of each room that only receive.
  package var subscribers: Int
  package var seconds: Double
  package var video: Video
  package var audio: MediaFileSource?
  /// See `PeerConnection.Configuration`.
  package var verifyOneIn = 1
  /// Of the publishers; see `PeerConnection.Configuration`.
  package var clockRate = 1.0
  /// Joins begun per second.
  package var joinsPerSecond = 20.0
  /// Threads for media.
  package var threads = 1
  /// Subscribers stop reading once they got something.
  package var stopsReceivers = false

  package enum Rooms: Sendable {
    case new(Int)
    case existing(String)
  }

  package init(
    server: ServerURL, token: String, rooms: Rooms, publishers: Int, subscribers: Int,
    seconds: Double, video: Video
  ) {
    self.server = server
    self.token = token
    self.rooms = rooms
    self.publishers = publishers
    self.subscribers = subscribers
    self.seconds = seconds
    self.video = video
  }

  /// How many join in all.
  package var participantCount: Int {
    let rooms =
      switch rooms {
      case .new(let count): count
      case .existing: 1
      }
    return rooms * (publishers + subscribers)
  }
}
