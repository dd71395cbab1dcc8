internal import Media
internal import StoaClient
internal import Wire

/// Who is in the room and what they show, as events tell.
///
/// The pipeline's thread owns it.
final class Room {
  /// One participant.
  struct Person {
    var id: String
    var name: String
    /// Viewers are not drawn.
    var maySend: Bool
    /// Streams that are on, by kind.
    var streams: [BotStreamKind: String] = [:]
    var isCameraPinned: Bool
    var isSharePinned: Bool
    let timeline = SenderTimeline()
  }

  /// In the order in which they joined.
  private(set) var order: [String] = []
  private(set) var people: [String: Person] = [:]
  /// By stream.
  private(set) var tracks: [String: RemoteTrack] = [:]
  private var streamOfLine: [ShortToken: String] = [:]
  /// Seats of streams that were not told yet.
  private var earlySeats: [String: ShortToken] = [:]
  private(set) var speaker: String?

  /// Begins anew with what a join told.
  func joined(_ participants: [BotParticipant], speaker: String?) {
    order = []
    people = [:]
    tracks = [:]
    unseatAll()
    for participant in participants { add(participant) }
    self.speaker = speaker
  }

  /// Follows one event.
  func apply(_ event: BotEvent) {
    switch event {
    case .participantJoined(let participant): add(participant)
    case .participantLeft(let id, _):
      for stream in people[id]?.streams.values ?? [:].values { tracks[stream] = nil }
      people[id] = nil
      order.removeAll { $0 == id }
      if speaker == id { speaker = nil }
    case .streamEnabled(let id, let stream): enable(stream, of: id)
    case .streamDisabled(let id, let stream):
      tracks[stream.id] = nil
      if people[id]?.streams[stream.kind] == stream.id { people[id]?.streams[stream.kind] = nil }
    case .speakerChanged(let id): speaker = id
    case .pinChanged(let id, let pin):
      people[id]?.isCameraPinned = pin.camera
      people[id]?.isSharePinned = pin.share
    case .modeChanged(let id, let maySend): people[id]?.maySend = maySend
    case .streamSeated(let stream, let mid):
      guard let line = ShortToken(mid) else { return }
      streamOfLine[line] = stream
      if let track = tracks[stream] { track.mid = line } else { earlySeats[stream] = line }
    case .streamUnseated(let stream, let mid):
      earlySeats[stream] = nil
      guard let line = ShortToken(mid), streamOfLine[line] == stream else { return }
      streamOfLine[line] = nil
      tracks[stream]?.restart()
    case .mediaLost: unseatAll()
    case .message, .presenterChanged, .mediaConnected, .left: break
    }
  }

  /// The track whose packets come on a line.
  func track(on line: ShortToken) -> RemoteTrack? {
    streamOfLine[line].flatMap { tracks[$0] }
  }

  /// A participant's track of a kind, while it is on.
  func track(of participantID: String, _ kind: BotStreamKind) -> RemoteTrack? {
    people[participantID]?.streams[kind].flatMap { tracks[$0] }
  }

  /// The room as it is to be drawn.
  ///
  /// - Parameter only: the kinds that are drawn of each participant; `nil`: everybody, everything.
  func scene(only: [String: Set<BotStreamKind>]? = nil) -> Scene {
    var scene = Scene(activeSpeaker: speaker)
    for id in order {
      guard let person = people[id], person.maySend else { continue }
      let kinds = only.map { $0[id] ?? [] } ?? [.audio, .video, .share, .shareAudio]
      guard !kinds.isEmpty else { continue }
      let camera = kinds.contains(.video) ? track(of: id, .video) : nil
      let screen = kinds.contains(.share) ? track(of: id, .share) : nil
      scene.participants.append(
        SceneParticipant(
          id: id, name: person.name, camera: camera?.picture, isCameraOn: camera != nil,
          isMicOn: person.streams[.audio] != nil, isSpeaking: speaker == id,
          screen: screen?.picture, isSharing: screen != nil,
          isCameraPinned: person.isCameraPinned, isScreenPinned: person.isSharePinned))
    }
    return scene
  }

  private func add(_ participant: BotParticipant) {
    if people[participant.id] == nil { order.append(participant.id) }
    people[participant.id] = Person(
      id: participant.id, name: participant.name, maySend: participant.maySend,
      isCameraPinned: participant.pin.camera,
      isSharePinned: participant.pin.share)
    for stream in participant.streams { enable(stream, of: participant.id) }
  }

  private func enable(_ stream: BotStream, of id: String) {
    guard let person = people[id] else { return }
    people[id]?.streams[stream.kind] = stream.id
    let track = RemoteTrack(
      streamID: stream.id, participantID: id, kind: stream.kind, timeline: person.timeline)
    track.mid = earlySeats.removeValue(forKey: stream.id)
    tracks[stream.id] = track
  }

  private func unseatAll() {
    streamOfLine = [:]
    earlySeats = [:]
    for track in tracks.values { track.restart() }
  }
}
