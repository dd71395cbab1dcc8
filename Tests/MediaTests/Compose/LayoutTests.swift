import Media
import TestSupport
import Testing

@Suite struct LayoutTests {
  static func person(
    _ id: String, camera: Bool = true, pinned: Bool = false, sharing: Bool = false,
    screenPinned: Bool = false
  ) -> SceneParticipant {
    SceneParticipant(
      id: id, name: id, isCameraOn: camera, isSharing: sharing, isCameraPinned: pinned,
      isScreenPinned: screenPinned)
  }

  static func shown(
    _ people: [SceneParticipant], speaker: String? = nil, _ layout: CompositionSettings.LayoutKind,
    _ priority: CompositionSettings.Priority = .speaker, gridSize: Int = 25
  ) -> [String] {
    Layout(
      Scene(participants: people, activeSpeaker: speaker),
      CompositionSettings(layout: layout, priority: priority, gridSize: gridSize)
    ).tiles.map(\.id.description)
  }

  @Test func `a grid has everybody, pinned people first, the others as they came`() {
    let people = [
      Self.person("a"), Self.person("b", camera: false), Self.person("c", pinned: true),
    ]

    #expect(Self.shown(people, speaker: "b", .grid) == ["c", "a", "b"])
  }

  @Test func `a screen takes a grid's main area and the people its side`() throws {
    let people = [Self.person("a"), Self.person("b", sharing: true), Self.person("c")]
    let tiles = Layout(Scene(participants: people), CompositionSettings()).tiles

    #expect(tiles.map(\.id.description) == ["b/share", "a", "b", "c"])
    let screen = try #require(tiles.first).rectangle
    #expect(tiles.dropFirst().allSatisfy { $0.rectangle.x >= screen.right })
    #expect(tiles.dropFirst().allSatisfy { $0.rectangle.width * 2 < screen.width })
  }

  @Test func `a grid that is too small shows who speaks, who is pinned, then cameras`() {
    let people = [
      Self.person("off", camera: false), Self.person("a"), Self.person("b"),
      Self.person("pinned", camera: false, pinned: true), Self.person("speaker", camera: false),
    ]

    #expect(
      Self.shown(people, speaker: "speaker", .grid, gridSize: 3) == ["pinned", "a", "speaker"])
    #expect(Self.shown(people, speaker: "speaker", .grid, gridSize: 1) == ["speaker"])
    #expect(Self.shown(people, speaker: "speaker", .grid, .pin, gridSize: 1) == ["pinned"])
    #expect(
      Self.shown(people, speaker: "speaker", .grid, .pin, gridSize: 2) == ["pinned", "speaker"])
  }

  @Test func `who speaks moves nobody on a grid that has room for all`() {
    let people = (0..<9).map { Self.person("\($0)") }
    let tiles = (0..<9).map { speaker in
      Layout(Scene(participants: people, activeSpeaker: "\(speaker)"), CompositionSettings()).tiles
    }

    #expect(tiles.allSatisfy { $0 == tiles[0] })
  }

  @Test func `a sidebar has pinned people only, the first of them large`() {
    let people = [
      Self.person("a"), Self.person("b", pinned: true), Self.person("c", pinned: true),
    ]
    let settings = CompositionSettings(layout: .sidebar, priority: .pin)
    let tiles = Layout(Scene(participants: people, activeSpeaker: "c"), settings).tiles

    #expect(tiles.map(\.id.description) == ["b", "c"])
    #expect(tiles[0].rectangle.width > 2 * tiles[1].rectangle.width)
  }

  @Test func `with priority for who speaks, it is the speaker that is large`() {
    let people = [
      Self.person("a"), Self.person("b", pinned: true), Self.person("c", pinned: true),
    ]

    #expect(Self.shown(people, speaker: "c", .sidebar) == ["c", "b"])
    #expect(Self.shown(people, speaker: "a", .sidebar) == ["a", "b", "c"])
  }

  @Test func `a pinned person's screen is large and the cameras go to the side`() {
    let people = [
      Self.person("a", sharing: true), Self.person("b", pinned: true),
      Self.person("c", pinned: true, sharing: true, screenPinned: true),
    ]

    #expect(Self.shown(people, .sidebar, .pin) == ["c/share", "b", "c"])
    #expect(Self.shown(people, .spotlight, .pin) == ["c/share"])
  }

  @Test func `a spotlight has all who are pinned and fills the frame with one`() throws {
    let one = [Self.person("a"), Self.person("b", pinned: true)]
    let settings = CompositionSettings(layout: .spotlight, priority: .pin)
    let tiles = Layout(Scene(participants: one), settings).tiles

    #expect(tiles.map(\.id.description) == ["b"])
    #expect(
      tiles.first?.rectangle == PixelRectangle(x: 0, y: 0, width: 1_280, height: 720))
    #expect(
      Self.shown(one + [Self.person("c", pinned: true)], .spotlight, .pin) == ["b", "c"])
  }

  @Test func `while nobody is pinned, PIN shows nobody and SPEAKER who speaks`() {
    let people = [Self.person("a", camera: false), Self.person("b"), Self.person("c")]

    #expect(Self.shown(people, speaker: "c", .spotlight, .pin) == [])
    #expect(Self.shown(people, speaker: "c", .sidebar, .pin) == [])
    #expect(Self.shown(people, speaker: "c", .spotlight) == ["c"])
    #expect(Self.shown(people, .spotlight) == ["b"])
    #expect(Self.shown(people, speaker: "c", .sidebar) == ["c", "a", "b"])
  }

  @Test func `a last row that is not full is centred`() {
    let tiles = Layout(
      Scene(participants: (0..<5).map { Self.person("\($0)") }), CompositionSettings()
    ).tiles
    let last = tiles.suffix(2)

    #expect(Set(tiles.map(\.rectangle.y)).count == 2)
    #expect(abs((last.first?.rectangle.x ?? 0) + (last.last?.rectangle.right ?? 0) - 1_280) <= 4)
  }

  @Test func `four people on a portrait frame make two rows of two`() {
    let tiles = Layout(
      Scene(participants: (0..<4).map { Self.person("\($0)") }),
      CompositionSettings(width: 720, height: 1_280)
    ).tiles

    #expect(Set(tiles.map(\.rectangle.x)).count == 2)
    #expect(Set(tiles.map(\.rectangle.y)).count == 2)
  }

  @Test func `a screen keeps its shape and its name is below it`() throws {
    var person = Self.person("a", sharing: true)
    person.screen = try VideoFrame(width: 1_024, height: 768)
    let tile = try #require(
      Layout(Scene(participants: [person]), CompositionSettings()).tiles.first)

    #expect(abs(Double(tile.rectangle.width) / Double(tile.rectangle.height) - 4.0 / 3) < 0.02)
    #expect(tile.caption?.y == tile.rectangle.bottom)
  }

  @Test(arguments: 0..<300)
  func `whoever is there, tiles are inside, even, apart from each other and well shaped`(
    seed: UInt64
  ) throws {
    var random = SplitMix64(seed: seed)
    let sizes = [
      (1_280, 720), (720, 1_280), (1_920, 1_080), (1_080, 1_920), (854, 480), (480, 854),
      (640, 360), (2_560, 1_440), (640, 640),
    ]
    let (width, height) = sizes.randomElement(using: &random) ?? (1_280, 720)
    let people = try (0..<Int.random(in: 0...40, using: &random)).map { index in
      var person = Self.person(
        "\(index)", camera: random.chance(0.7), pinned: random.chance(0.4),
        sharing: random.chance(0.1), screenPinned: random.chance(0.4))
      if random.chance(0.7) {
        person.screen = try VideoFrame(
          width: Int.random(in: 100...2_000, using: &random),
          height: Int.random(in: 100...2_000, using: &random))
      }
      return person
    }
    let settings = CompositionSettings(
      layout: CompositionSettings.LayoutKind.allCases.randomElement(using: &random) ?? .grid,
      priority: random.chance(0.5) ? .pin : .speaker,
      gridSize: Int.random(in: 1...25, using: &random), width: width, height: height,
      showsNames: random.chance(0.8))
    let scene = Scene(
      participants: people, activeSpeaker: people.randomElement(using: &random)?.id)
    let tiles = Layout(scene, settings).tiles

    let frame = PixelRectangle(x: 0, y: 0, width: width, height: height)
    let areas = tiles.flatMap { [$0.rectangle] + ($0.caption.map { [$0] } ?? []) }
    for (index, area) in areas.enumerated() {
      #expect(frame.contains(area), "\(area)")
      #expect(area.even == area, "\(area)")
      #expect(areas.dropFirst(index + 1).allSatisfy { $0.intersection(area).isEmpty })
    }
    for tile in tiles {
      let shape = Double(tile.rectangle.width) / Double(tile.rectangle.height)
      switch tile.id.kind {
      case .camera: #expect((0.6...1.85).contains(shape), "\(tile)")
      case .screen: #expect((0.35...3.5).contains(shape), "\(tile)")
      }
      #expect(min(tile.rectangle.width, tile.rectangle.height) >= height / 24, "\(tile)")
      #expect(tile.cornerRadius * 2 <= min(tile.rectangle.width, tile.rectangle.height))
    }
    let cameras = tiles.filter { $0.id.kind == .camera }
    #expect(Set(tiles.map(\.id)).count == tiles.count)
    #expect(cameras.count <= settings.gridSize)
    if settings.layout == .grid { #expect(cameras.count == min(people.count, settings.gridSize)) }
    #expect(Layout(scene, settings).tiles == tiles)
  }

  @Test func `a grid size out of range is clamped`() {
    var settings = CompositionSettings(gridSize: 99)
    #expect(settings.gridSize == 25)
    settings.gridSize = 0
    #expect(settings.gridSize == 1)
  }
}

@Suite struct FramingTests {
  @Test func `a camera of the tile's shape is seen whole`() {
    let framing = Framing.cover(width: 640, height: 360, tileWidth: 320, tileHeight: 180)

    #expect(framing.part == PixelRectangle(x: 0, y: 0, width: 640, height: 360))
    #expect(framing.place == PixelRectangle(x: 0, y: 0, width: 320, height: 180))
  }

  @Test func `a camera hardly larger than its tile loses its edges and is not scaled`() {
    let share = Framing.sharpShare(width: 640, height: 360, tileWidth: 602, tileHeight: 338)
    let framing = Framing.cover(
      width: 640, height: 360, tileWidth: 602, tileHeight: 338, share: share)
    #expect(framing.part == PixelRectangle(x: 18, y: 8, width: 602, height: 338))
    #expect(framing.place == PixelRectangle(x: 0, y: 0, width: 602, height: 338))

    for (width, height) in [(320, 180), (588, 330), (640, 360), (903, 508), (100, 338)] {
      #expect(
        Framing.sharpShare(width: 640, height: 360, tileWidth: width, tileHeight: height) == 1)
    }
  }

  @Test func `a wide camera loses its sides alike, a high one less above than below`() {
    let wide = Framing.cover(width: 640, height: 360, tileWidth: 360, tileHeight: 360)
    #expect(wide.part == PixelRectangle(x: 140, y: 0, width: 360, height: 360))

    let high = Framing.cover(width: 480, height: 480, tileWidth: 480, tileHeight: 320)
    #expect(high.part.y > 0 && high.part.y < 480 - high.part.bottom)
    #expect(high.place == PixelRectangle(x: 0, y: 0, width: 480, height: 320))
  }

  @Test func `a phone held upright keeps the head: the tile is not filled`() {
    let framing = Framing.cover(width: 360, height: 640, tileWidth: 640, tileHeight: 360)

    #expect(Double(framing.part.height) >= 640 * Framing.leastHeight - 2)
    #expect(framing.place.height == 360 && framing.place.width < 400)
  }

  @Test(arguments: 0..<200)
  func `part and place are inside, and nothing is stretched`(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    let (width, height) = (
      Int.random(in: 16...1_920, using: &random), Int.random(in: 16...1_920, using: &random)
    )
    let (tileWidth, tileHeight) = (
      Int.random(in: 20...960, using: &random) * 2, Int.random(in: 20...540, using: &random) * 2
    )
    for framing in [
      Framing.cover(width: width, height: height, tileWidth: tileWidth, tileHeight: tileHeight),
      Framing.contain(width: width, height: height, tileWidth: tileWidth, tileHeight: tileHeight),
    ] {
      let tile = PixelRectangle(x: 0, y: 0, width: tileWidth, height: tileHeight)
      #expect(PixelRectangle(x: 0, y: 0, width: width, height: height).contains(framing.part))
      #expect(tile.contains(framing.place) && framing.place.even == framing.place)
      guard framing.part.width > 60, framing.part.height > 60, framing.place.width > 60,
        framing.place.height > 60
      else { continue }
      let stretch =
        Double(framing.place.width) / Double(framing.part.width)
        / (Double(framing.place.height) / Double(framing.part.height))
      #expect((0.85...1.18).contains(stretch), "\(framing)")
    }
  }
}

@Suite struct DisplayNameTests {
  @Test(arguments: [
    ("Ada Lovelace", "Ada Lovelace", "AL"), ("  grace \n hopper ", "grace hopper", "GH"),
    ("李明", "李明", "李"), ("", "Guest", "G"), ("🎸", "🎸", "🎸"), ("(Sales) Jo", "(Sales) Jo", "SJ"),
    ("Ann\u{202E}live", "Annlive", "A"), ("\u{0}\u{7}", "Guest", "G"),
    ("🎸 Hedy", "🎸 Hedy", "H"), ("Hedy 🎸", "Hedy 🎸", "H"), ("👨‍👩‍👧‍👦", "👨‍👩‍👧‍👦", "👨‍👩‍👧‍👦"),
    ("\u{301}\u{302}", "\u{301}\u{302}", "?"), ("नीला शर्मा", "नीला शर्मा", "नीश"),
    ("محمد الخوارزمي", "محمد الخوارزمي", "م\u{200C}ا"), ("straße ßo", "straße ßo", "SS"),
  ])
  func `a name fits one line and has initials`(raw: String, text: String, initials: String) {
    #expect(DisplayName(raw).text == text)
    #expect(DisplayName(raw).initials == initials)
  }

  @Test func `heaps of letters and of accents are cut`() {
    #expect(DisplayName(String(repeating: "ab", count: 900)).text.count == 80)
    let stacked = "e" + String(repeating: "\u{301}", count: 500)
    #expect(DisplayName(stacked).text.unicodeScalars.count <= DisplayName.maximumScalars)
    #expect(DisplayName(stacked).initials.unicodeScalars.count <= 3)
  }

  @Test func `an ID has the hue it has on the meeting page`() {
    #expect(DisplayName.hue(of: "") == 7)
    #expect(DisplayName.hue(of: "a") == (7 * 31 + 97) % 9_973 % 8)
  }
}
