/// Where everything is on a frame: a pure function of who is there and how they are to be drawn.
package struct Layout: Equatable, Sendable {
  /// What a tile shows.
  package struct TileID: Hashable, Sendable, CustomStringConvertible {
    package enum Kind: Hashable, Sendable { case camera, screen }
    package var participantID: String
    package var kind: Kind

    package init(_ participantID: String, _ kind: Kind) {
      self.participantID = participantID
      self.kind = kind
    }

    /// The participant's ID, for a screen with `/share` behind it.
    package var description: String {
      switch kind {
      case .camera: participantID
      case .screen: participantID + "/share"
      }
    }
  }

  package struct Tile: Equatable, Sendable {
    package var id: TileID
    /// Even in all its numbers, inside the frame.
    package var rectangle: PixelRectangle
    package var cornerRadius: Int
    /// Below a screen, where its name is written, so that it covers nothing; even, overlaps no tile.
    package var caption: PixelRectangle?
    /// Larger ones lie above; tiles meet only while they move.
    package var z: Int
  }

  package var tiles: [Tile]

  package init(_ scene: Scene, _ settings: CompositionSettings) {
    let selection = Selection(scene, settings)
    let geometry = Geometry(
      width: settings.width, height: settings.height, hasCaptions: settings.showsNames)
    var tiles = geometry.place(selection, fillsFrame: settings.layout == .spotlight)
    for index in tiles.indices { tiles[index].z = index }
    self.tiles = tiles
  }
}

extension Layout {
  /// What is shown, most important first.
  struct Selection: Equatable {
    /// Width divided by height for screens, `nil` for cameras, which are cropped.
    struct Item: Equatable {
      var id: TileID
      var aspect: Double?
    }

    /// Two shared screens side by side can still be read; more than four cannot.
    static let maximumScreens = 4

    var main: [Item] = []
    var side: [Item] = []

    init(_ scene: Scene, _ settings: CompositionSettings) {
      var seen: Set<String> = []
      let people = scene.participants.filter { seen.insert($0.id).inserted }
      let speaker = people.first { $0.id == scene.activeSpeaker }
      switch settings.layout {
      case .grid:
        let screens = Self.screens(
          of: people, speaker: speaker, priority: settings.priority, onlyPinned: false)
        let cameras = Self.visible(
          people, speaker: speaker, priority: settings.priority, count: settings.gridSize)
        main = screens.isEmpty ? cameras : screens
        side = screens.isEmpty ? [] : cameras
      case .sidebar:
        let screens = Self.screens(
          of: people, speaker: speaker, priority: settings.priority, onlyPinned: true)
        let cameras = Self.pinned(people, speaker: speaker, settings, orElse: people)
        main = screens.isEmpty ? Array(cameras.prefix(1)) : screens
        side = screens.isEmpty ? Array(cameras.dropFirst()) : cameras
      case .spotlight:
        let screens = Self.screens(
          of: people, speaker: speaker, priority: settings.priority, onlyPinned: true)
        let fallback = [speaker ?? people.first(where: \.isCameraOn) ?? people.first]
        let cameras = Self.pinned(
          people, speaker: speaker, settings, orElse: fallback.compactMap(\.self))
        main = screens.isEmpty ? cameras : screens
      }
    }

    /// Who is on a grid of limited size, pinned ones first and otherwise as they joined: nobody's tile moves
    /// because of who speaks, unless it has to make room.
    private static func visible(
      _ people: [SceneParticipant], speaker: SceneParticipant?,
      priority: CompositionSettings.Priority, count: Int
    ) -> [Item] {
      let order = people.filter(\.isCameraPinned) + people.filter { !$0.isCameraPinned }
      guard order.count > count else { return order.map(camera) }
      var ranked = order.filter(\.isCameraPinned)
      ranked += order.filter { !$0.isCameraPinned && $0.isCameraOn }
      ranked += order.filter { !$0.isCameraPinned && !$0.isCameraOn }
      if let speaker {
        let place =
          switch priority {
          case .speaker: 0
          case .pin: ranked.count(where: \.isCameraPinned)
          }
        let previous = ranked.firstIndex { $0.id == speaker.id } ?? ranked.endIndex
        if previous > place {
          ranked.removeAll { $0.id == speaker.id }
          ranked.insert(speaker, at: min(place, ranked.count))
        }
      }
      let chosen = Set(ranked.prefix(count).map(\.id))
      return order.filter { chosen.contains($0.id) }.map(camera)
    }

    /// Who is pinned, and before or behind them who speaks.
    private static func pinned(
      _ people: [SceneParticipant], speaker: SceneParticipant?, _ settings: CompositionSettings,
      orElse others: [SceneParticipant]
    ) -> [Item] {
      var order = people.filter(\.isCameraPinned)
      switch settings.priority {
      case .pin: break
      case .speaker:
        let isNobodyPinned = order.isEmpty && !people.contains(where: \.isScreenPinned)
        if isNobodyPinned { order = others }
        if let speaker, order.contains(where: { $0.id == speaker.id }) || !isNobodyPinned {
          order.removeAll { $0.id == speaker.id }
          order.insert(speaker, at: 0)
        }
      }
      return order.prefix(settings.gridSize).map(camera)
    }

    private static func screens(
      of people: [SceneParticipant], speaker: SceneParticipant?,
      priority: CompositionSettings.Priority, onlyPinned: Bool
    ) -> [Item] {
      let isNobodyPinned = !people.contains { $0.isCameraPinned || $0.isScreenPinned }
      var order = people.filter { $0.isSharing && $0.isScreenPinned }
      let rest = people.filter { person in
        guard person.isSharing, !person.isScreenPinned else { return false }
        guard onlyPinned else { return true }
        return priority == .speaker && (isNobodyPinned || person.id == speaker?.id)
      }
      order += rest
      if priority == .speaker, let speaker, order.contains(where: { $0.id == speaker.id }) {
        order.removeAll { $0.id == speaker.id }
        order.insert(speaker, at: 0)
      }
      return order.prefix(maximumScreens).map { person in
        var aspect = 16.0 / 9
        if let screen = person.screen {
          aspect = Double(screen.width) / Double(screen.height)
          if screen.rotation == .quarter || screen.rotation == .threeQuarters {
            aspect = 1 / aspect
          }
        }
        return Item(id: TileID(person.id, .screen), aspect: min(max(aspect, 0.4), 3.2))
      }
    }

    private static func camera(_ person: SceneParticipant) -> Item {
      Item(id: TileID(person.id, .camera), aspect: nil)
    }
  }
}
