internal import CFFmpeg

/// Draws a room: pictures, names and signs on one canvas, in 4:2:0 all the way.
///
/// The canvas stays between frames, and only tiles that look different than last time are drawn. Owned by one thread.
package final class Compositor {
  package struct Counters: Equatable, Sendable {
    /// Frames that were asked for, and those of them for which nothing had to be drawn.
    package var frames = 0
    package var unchangedFrames = 0
    package var drawnTiles = 0
    package var scaledPictures = 0
    /// Canvases copied because somebody still held the one before.
    package var copiedCanvases = 0

    package init() {}
  }

  /// Canvases kept for when encoders let go of them; encoders hold one or two.
  private static let maximumSpares = 4

  /// What is drawn how; a change shows with the next frame, and tiles glide to their new places.
  package var settings: CompositionSettings {
    didSet {
      settings = Self.valid(settings)
      if settings != oldValue { isStale = true }
    }
  }
  package internal(set) var counters = Counters()
  /// The size at which each picture is drawn now: by participant's ID, for screens with `/share` behind it.
  ///
  /// Pictures of other people are not drawn at all and need not be received.
  package private(set) var drawnSizes: [String: (width: Int, height: Int)] = [:]

  private var canvas: VideoFrame
  private var spares: [VideoFrame] = []
  private var background: VideoFrame
  /// For the drawing of tiles, in a file of its own.
  var artwork: Artwork
  private var logo: Overlay?
  /// What is written instead of people, and what was when the canvas was drawn last.
  private var emptyText: String?
  private var drawnEmptyText: String?
  private var drawnSettings: CompositionSettings
  private var isStale = false
  let scaler = Scaler()

  private var tiles: [Layout.TileID: Tile] = [:]
  /// What lies below first.
  private var order: [Layout.TileID] = []
  private var isFirstFrame = true
  private var wasMoving = true

  /// - Throws: if there is no memory.
  package init(_ settings: CompositionSettings) throws(AVError) {
    let settings = Self.valid(settings)
    self.settings = settings
    drawnSettings = settings
    artwork = Self.artwork(settings)
    background = try artwork.background(
      settings.background, width: settings.width, height: settings.height)
    canvas = try VideoFrame(width: settings.width, height: settings.height)
    logo = try Self.logo(settings, artwork)
  }

  /// Draws the room as it is now.
  ///
  /// The frame that is returned does not change any more: if it is still held when the next one is drawn, that
  /// is drawn elsewhere. It is the same object as before if nothing had to be drawn.
  ///
  /// - Parameter time: on the composition's timeline, not earlier than that of the frame before.
  /// - Throws: if there is no memory; the next frame may succeed.
  package func draw(_ scene: Scene, at time: MediaTime) throws(AVError) -> VideoFrame {
    counters.frames += 1
    if isStale { try applySettings() }
    arrange(scene, at: time)
    let isMoving = order.contains { tiles[$0]?.motion.isOver(at: time) == false }
    if isMoving || wasMoving || emptyText != drawnEmptyText {
      try drawAll(at: time)
    } else {
      try drawChanged(at: time)
    }
    // The last step of a motion is a frame of its own: the tiles in their places.
    wasMoving = isMoving
    drawnEmptyText = emptyText
    isFirstFrame = false
    return canvas
  }

  private func arrange(_ scene: Scene, at time: MediaTime) {
    let layout = Layout(scene, settings)
    var people: [String: SceneParticipant] = [:]
    for person in scene.participants where people[person.id] == nil { people[person.id] = person }
    let cameraCount = layout.tiles.count { $0.id.kind == .camera }

    for id in order where !layout.tiles.contains(where: { $0.id == id }) { leave(id, at: time) }
    for target in layout.tiles {
      guard let person = people[target.id.participantID] else { continue }
      let tile = tiles[target.id] ?? enter(target, at: time)
      tile.head(for: target, at: time)
      tile.update(person, hasRing: cameraCount > 1, at: time)
    }
    tiles = tiles.filter { !$0.value.isLeaving || !$0.value.motion.isOver(at: time) }
    order = order.filter { tiles[$0]?.isLeaving == true } + layout.tiles.map(\.id)

    drawnSizes = [:]
    for tile in layout.tiles {
      drawnSizes[tile.id.description] = (tile.rectangle.width, tile.rectangle.height)
    }
    emptyText =
      !order.isEmpty
      ? nil : scene.participants.isEmpty ? settings.emptyText : settings.nobodyShownText
  }

  private func enter(_ target: Layout.Tile, at time: MediaTime) -> Tile {
    let tile = Tile(target, isAtRest: isFirstFrame, at: time)
    tiles[target.id] = tile
    return tile
  }

  private func leave(_ id: Layout.TileID, at time: MediaTime) {
    guard let tile = tiles[id], !tile.isLeaving else { return }
    tile.leave(at: time)
  }

  private func drawAll(at time: MediaTime) throws(AVError) {
    try makeCanvasOurs(keepingContent: false)
    canvas.copy(background)
    if let emptyText {
      let emptyState = try artwork.emptyState(emptyText, maximumWidth: settings.width * 8 / 10)
      canvas.blend(
        emptyState, x: (canvas.width - emptyState.width) / 2,
        y: (canvas.height - emptyState.height) / 2, clip: canvas.bounds)
    }
    for id in order {
      guard let tile = tiles[id] else { continue }
      try draw(tile, under: canvas, at: time)
    }
    drawLogo(clip: canvas.bounds)
  }

  private func drawChanged(at time: MediaTime) throws(AVError) {
    var isOurs = false
    for id in order {
      guard let tile = tiles[id], tile.looksDifferent(at: time) else { continue }
      if !isOurs { try makeCanvasOurs(keepingContent: true) }
      isOurs = true
      try draw(tile, under: background, at: time)
      drawLogo(clip: tile.target.rectangle)
      if let caption = tile.target.caption { drawLogo(clip: caption) }
    }
    if !isOurs { counters.unchangedFrames += 1 }
  }

  private func draw(_ tile: Tile, under: VideoFrame, at time: MediaTime) throws(AVError) {
    let pose = tile.motion.pose(at: time)
    let rectangle = pose.rectangle(in: canvas.bounds)
    guard rectangle.width >= 2, rectangle.height >= 2 else { return }
    let level = UInt8(min(max(pose.opacity, 0), 1) * 255)
    let picture = try picture(of: tile, width: rectangle.width, height: rectangle.height)
    canvas.draw(
      picture, x: rectangle.x, y: rectangle.y, radius: tile.target.cornerRadius, under: under,
      level: level)
    tile.drawnLook = tile.look
    tile.drawnRingLevel = tile.ringLevel(at: time)
    counters.drawnTiles += 1

    if tile.drawnRingLevel > 0 {
      canvas.drawRing(
        rectangle, radius: tile.target.cornerRadius, thickness: ringThickness,
        color: artwork.palette.speaking,
        level: UInt8(Int(tile.drawnRingLevel) * Int(level) / 255))
    }
    try drawLabel(of: tile, at: rectangle, under: under, level: level)
  }

  private func drawLabel(
    of tile: Tile, at rectangle: PixelRectangle, under: VideoFrame, level: UInt8
  ) throws(AVError) {
    // A screen that fills the frame is there to be read.
    let isFullFrame = tile.id.kind == .screen && tile.target.cornerRadius == 0
    guard settings.showsNames, !isFullFrame, let label = try label(of: tile) else { return }
    guard let caption = tile.target.caption else {
      let inset = inset(of: rectangle)
      canvas.blend(
        label, x: rectangle.x + inset, y: rectangle.bottom - inset - label.height,
        clip: rectangle, level: level)
      return
    }
    var place = rectangle
    place.y = rectangle.bottom
    place.height = caption.height
    place = place.intersection(canvas.bounds)
    if under !== canvas { canvas.copy(under, place) }
    canvas.blend(
      label, x: place.x, y: place.bottom - label.height, clip: place, level: level)
  }

  /// Between a label and the edges of its tile.
  private func inset(of rectangle: PixelRectangle) -> Int {
    max(2, min(Int(10 * artwork.unit), rectangle.height / 16) & ~1)
  }

  private var ringThickness: Int { max(2, Int(4 * artwork.unit) & ~1) }

  private func label(of tile: Tile) throws(AVError) -> Overlay? {
    let target = tile.target.rectangle
    let largest = max(17 * artwork.unit, 12)
    let size = min(max(Double(target.height) * 0.064, 11, largest * 0.72), largest)
    let inset = inset(of: target)
    return try artwork.overlay(
      Artwork.Label(
        name: tile.look.name, isMuted: tile.look.isMuted, isScreen: tile.id.kind == .screen,
        textSize: Int(size.rounded()), maximumWidth: target.width - 2 * inset))
  }

  private func drawLogo(clip: PixelRectangle) {
    guard let logo, let corner = settings.logo?.corner else { return }
    let margin = max(2, Int(26 * artwork.unit) & ~1)
    let right = (canvas.width - margin - logo.width) & ~1
    let bottom = (canvas.height - margin - logo.height) & ~1
    let (x, y) =
      switch corner {
      case .topLeft: (margin, margin)
      case .topRight: (right, margin)
      case .bottomLeft: (margin, bottom)
      case .bottomRight: (right, bottom)
      }
    canvas.blend(logo, x: x, y: y, clip: clip)
  }

  /// Makes sure that nobody else sees what is drawn next.
  private func makeCanvasOurs(keepingContent: Bool) throws(AVError) {
    if isKnownUniquelyReferenced(&canvas), av_frame_is_writable(canvas.frame) == 1 { return }
    let held = canvas
    canvas = try spareCanvas()
    if keepingContent { canvas.copy(held) }
    counters.copiedCanvases += 1
    if spares.count < Self.maximumSpares { spares.append(held) }
  }

  private func spareCanvas() throws(AVError) -> VideoFrame {
    for index in spares.indices
    where isKnownUniquelyReferenced(&spares[index])
      && av_frame_is_writable(spares[index].frame) == 1
    {
      return spares.remove(at: index)
    }
    return try VideoFrame(width: canvas.width, height: canvas.height)
  }

  private func applySettings() throws(AVError) {
    let old = drawnSettings
    if settings.width != old.width || settings.height != old.height {
      canvas = try VideoFrame(width: settings.width, height: settings.height)
      spares = []
      tiles = [:]
      order = []
      isFirstFrame = true
    }
    artwork = Self.artwork(settings)
    background = try artwork.background(
      settings.background, width: settings.width, height: settings.height)
    logo = try Self.logo(settings, artwork)
    if settings.theme != old.theme {
      for tile in tiles.values { tile.forgetPictures() }
    }
    drawnSettings = settings
    isStale = false
    wasMoving = true
  }

  private static func artwork(_ settings: CompositionSettings) -> Artwork {
    Artwork(
      Palette(settings.theme), unit: Double(min(settings.width, settings.height)) / 720)
  }

  private static func logo(
    _ settings: CompositionSettings, _ artwork: Artwork
  ) throws(AVError) -> Overlay? {
    guard let logo = settings.logo else { return nil }
    return try artwork.logo(logo, width: settings.width, height: settings.height)
  }

  private static func valid(_ settings: CompositionSettings) -> CompositionSettings {
    var settings = settings
    settings.width = min(max(settings.width, 64), 4_096) & ~1
    settings.height = min(max(settings.height, 64), 4_096) & ~1
    settings.framesPerSecond = min(max(settings.framesPerSecond, 1), 60)
    return settings
  }
}
