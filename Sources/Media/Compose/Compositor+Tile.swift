internal import Wire

extension Compositor {
  /// One tile between two frames: where it is on its way, and what it looked like when it was last drawn.
  final class Tile {
    /// Everything but the place that makes a tile look as it does.
    struct Look: Equatable {
      var source: VideoFrame?
      var name: DisplayName
      var isMuted: Bool

      static func == (a: Look, b: Look) -> Bool {
        a.source === b.source && a.name == b.name && a.isMuted == b.isMuted
      }
    }

    /// How long the ring takes to come and go.
    private static let ringDuration = Nanoseconds.milliseconds(160)

    let id: Layout.TileID
    private(set) var target: Layout.Tile
    private(set) var motion: Motion
    private(set) var isLeaving = false
    private(set) var look = Look(source: nil, name: DisplayName(""), isMuted: false)
    private var rawName: String?
    private var isSpeaking = false
    private var speakingSince = MediaTime(nanoseconds: .min / 2)

    /// The content in the size in which it was last drawn, and what it shows.
    var picture: VideoFrame?
    var pictureLook: Look?
    /// What is shown without a camera, in the size of the tile at rest.
    private var placeholder: VideoFrame?
    private var placeholderName: DisplayName?
    var drawnLook: Look?
    var drawnRingLevel: UInt8 = 0

    init(_ target: Layout.Tile, isAtRest: Bool, at time: MediaTime) {
      id = target.id
      self.target = target
      let end = Motion.Pose(target.rectangle)
      motion = Motion(
        from: isAtRest
          ? end : Motion.Pose(target.rectangle, scale: Motion.entryScale, opacity: 0),
        to: end, start: time)
    }

    /// Turns to a new place from wherever it is.
    func head(for target: Layout.Tile, at time: MediaTime) {
      let end = Motion.Pose(target.rectangle)
      if motion.to != end { motion = Motion(from: motion.pose(at: time), to: end, start: time) }
      self.target = target
      isLeaving = false
    }

    func leave(at time: MediaTime) {
      isLeaving = true
      motion = Motion(
        from: motion.pose(at: time),
        to: Motion.Pose(target.rectangle, scale: Motion.entryScale, opacity: 0), start: time)
    }

    func update(_ person: SceneParticipant, hasRing: Bool, at time: MediaTime) {
      if rawName != person.name {
        rawName = person.name
        look.name = DisplayName(person.name)
      }
      switch id.kind {
      case .camera:
        look.source = person.isCameraOn ? person.camera : nil
        look.isMuted = !person.isMicOn
      case .screen:
        // A screen that is announced keeps its last picture until the next one is there.
        look.source = person.screen ?? look.source
        look.isMuted = false
      }
      let speaks = hasRing && person.isSpeaking && person.isMicOn && id.kind == .camera
      if speaks != isSpeaking {
        isSpeaking = speaks
        speakingSince = time
      }
    }

    func ringLevel(at time: MediaTime) -> UInt8 {
      let span = (time - speakingSince).count
      let progress =
        Double(min(max(span, 0), Self.ringDuration.count)) / Double(Self.ringDuration.count)
      return UInt8((isSpeaking ? progress : 1 - progress) * 255)
    }

    func looksDifferent(at time: MediaTime) -> Bool {
      drawnLook != look || drawnRingLevel != ringLevel(at: time)
    }

    func placeholder(_ artwork: Artwork) throws(AVError) -> VideoFrame {
      let size = target.rectangle
      if let placeholder, placeholderName == look.name, placeholder.width == size.width,
        placeholder.height == size.height
      {
        return placeholder
      }
      let new = try artwork.placeholder(
        for: look.name, id: id.participantID, width: size.width, height: size.height)
      placeholder = new
      placeholderName = look.name
      return new
    }

    func isPlaceholder(_ picture: VideoFrame) -> Bool { picture === placeholder }

    /// Pictures in the colours of another theme.
    func forgetPictures() {
      picture = nil
      placeholder = nil
    }

    /// The picture shows what the tile is to show; whether the microphone is on is not in it.
    var isPictureCurrent: Bool {
      guard let pictureLook else { return false }
      return pictureLook.source === look.source
        && (look.source != nil || pictureLook.name == look.name)
    }
  }
}

extension PixelRectangle {
  /// A part of an upright picture, in the coordinates of the one that has to be turned, of this size.
  func turnedBack(_ rotation: VideoFrame.Rotation, width: Int, height: Int) -> Self {
    switch rotation {
    case .none: self
    case .quarter:
      Self(x: y, y: height &- right, width: self.height, height: self.width)
    case .half:
      Self(x: width &- right, y: height &- bottom, width: self.width, height: self.height)
    case .threeQuarters:
      Self(x: width &- bottom, y: x, width: self.height, height: self.width)
    }
  }
}
