internal import Media
internal import Signal
internal import StoaClient

/// Which participants, and what of each, go into an output; `nil` means everybody and everything.
typealias Selection = [String: Set<BotStreamKind>]

/// One way to draw the room, for all outputs that want it so.
///
/// The pipeline's thread owns it.
final class Composition {
  /// What two outputs must have in common to share a picture.
  struct Key: Hashable {
    var specification: CompositionSpecification
    var only: Selection?
    var watermark: Mark?
    var framesPerSecond = Int(PipelineClock.framesPerSecond)
  }

  /// A picture's path, a text, or both.
  struct Mark: Hashable {
    var imagePath: String?
    var text: String?
  }

  private(set) var key: Key
  private let compositor: Compositor
  private let scaler = Scaler()
  private(set) var renditions: [Rendition] = []
  /// What was drawn last.
  private(set) var picture: VideoFrame?

  /// - Throws: if there is no memory for the canvas, or a picture of the specification cannot be read.
  init(_ key: Key) throws(AVError) {
    self.key = key
    compositor = try Compositor(CompositionSettings(key))
  }

  /// Height at which each picture is drawn now, by participant, for screens with `/share` behind it.
  var drawnHeights: [String: Int] { compositor.drawnSizes.mapValues(\.height) }

  /// The rendition of a format, which is made if there is none.
  ///
  /// - Parameter count: how many renditions the output has that wants this one.
  func rendition(
    _ format: Rendition.Format, of count: Int, threads: Int
  ) throws(AVError) -> Rendition {
    if let known = renditions.first(where: { $0.format == format }) { return known }
    let made = try Rendition(format, of: count, threads: threads)
    renditions.append(made)
    return made
  }

  func remove(_ output: ComposedOutput) {
    for rendition in renditions { rendition.feeds.removeAll { $0.output === output } }
    prune()
  }

  /// Ends encodings that nobody gets.
  func prune() { renditions.removeAll { $0.feeds.isEmpty } }

  /// Changes how it is drawn, from the next picture on.
  func relayout(_ key: Key) throws(AVError) {
    compositor.settings = try CompositionSettings(key)
    self.key = key
  }

  /// Draws the picture of a tick, and encodes it for all renditions.
  func draw(_ scene: Scene, tick: Int64, clock: PipelineClock) throws(AVError) {
    // Let go first: a canvas that somebody holds is copied instead of drawn on.
    picture = nil
    let picture = try compositor.draw(scene, at: clock.mediaTime(tick))
    self.picture = picture
    for rendition in renditions { try rendition.encode(picture, tick: tick, scaler: scaler) }
  }
}

/// One encoding of a composition.
final class Rendition {
  /// What makes encodings differ.
  struct Format: Hashable {
    var codec: EncodedTrack.VideoCodec
    var width: Int
    var height: Int
    /// Bits per second at most.
    var bitrate: Int
  }

  /// Frames: two seconds, which is what players of HLS and RTMP servers expect.
  static let keyframeInterval = 60

  let format: Format
  let encoder: VideoEncoder
  var feeds: [Feed] = []
  private var wantsKeyframe = false

  /// Where packets go, as which track.
  struct Feed {
    let output: ComposedOutput
    let trackID: Int
  }

  init(_ format: Format, of count: Int, threads: Int) throws(AVError) {
    self.format = format
    let preset = EncodingEffort.preset(
      width: format.width, height: format.height, renditions: count, load: EncodingEffort.load)
    encoder = try VideoEncoder(
      codec: format.codec, width: format.width, height: format.height,
      framesPerSecond: Int(PipelineClock.framesPerSecond), bitrate: format.bitrate,
      preset: preset, keyframeInterval: Self.keyframeInterval, threadCount: max(threads, 1))
  }

  /// The next picture becomes a keyframe.
  func requestKeyframe() { wantsKeyframe = true }

  func encode(_ picture: VideoFrame, tick: Int64, scaler: Scaler) throws(AVError) {
    let fits = picture.width == format.width && picture.height == format.height
    let frame =
      fits ? picture : try scaler.scale(picture, width: format.width, height: format.height)
    let packets = try encoder.encode(frame, number: tick, forceKeyframe: wantsKeyframe)
    wantsKeyframe = false
    for packet in packets {
      for feed in feeds { feed.output.take(packet, asTrack: feed.trackID) }
    }
  }
}

extension CompositionSettings {
  /// What the compositor is told of a specification.
  ///
  /// - Throws: if a picture of it cannot be read.
  init(_ key: Composition.Key) throws(AVError) {
    let specification = key.specification
    self.init(
      layout: LayoutKind(specification.layout), priority: Priority(specification.priority),
      gridSize: specification.gridSize, theme: Theme(specification.theme),
      width: specification.width, height: specification.height,
      framesPerSecond: key.framesPerSecond)
    if let path = specification.logoPath { logo = Logo(try ImageFile(path: path)) }
    if let mark = key.watermark {
      let image: ImageFile? =
        if let path = mark.imagePath { try ImageFile(path: path) } else { nil }
      logo = Logo(image, text: mark.text, corner: .bottomRight)
    }
    if let path = specification.backgroundPath {
      background = .image(try ImageFile(path: path))
    } else if let color = specification.backgroundColor.flatMap(RGB.init(css:)) {
      background = .color(color)
    }
  }
}

extension CompositionSettings.LayoutKind {
  init(_ layout: CompositionSpecification.Layout) {
    switch layout {
    case .grid: self = .grid
    case .sidebar: self = .sidebar
    case .spotlight: self = .spotlight
    }
  }
}

extension CompositionSettings.Priority {
  init(_ priority: CompositionSpecification.Priority) {
    switch priority {
    case .speaker: self = .speaker
    case .pin: self = .pin
    }
  }
}

extension CompositionSettings.Theme {
  init(_ theme: CompositionSpecification.Theme) {
    switch theme {
    case .standard: self = .default
    case .dark: self = .dark
    case .light: self = .light
    }
  }
}
