import Media
import TestSupport
import Testing
import Wire

@Suite struct CompositorTests {
  static func time(_ milliseconds: Int64) -> MediaTime {
    MediaTime(nanoseconds: milliseconds * 1_000_000)
  }

  /// Draws until nothing moves any more.
  static func still(_ scene: Scene, _ settings: CompositionSettings) throws -> VideoFrame {
    let compositor = try Compositor(settings)
    _ = try compositor.draw(scene, at: .zero)
    return try compositor.draw(scene, at: time(1_000))
  }

  static func people(_ pictures: [VideoFrame?]) -> [SceneParticipant] {
    pictures.enumerated().map { index, picture in
      SceneParticipant(
        id: "\(index)", name: "Person \(index)", camera: picture, isCameraOn: picture != nil,
        isMicOn: true)
    }
  }

  static let plain = CompositionSettings(
    theme: .dark, width: 640, height: 360, showsNames: false)

  @Test func `each camera is in its tile, the right way up`() throws {
    let scene = Scene(participants: Self.people([try quarters(640, 360)]))
    let frame = try Self.still(scene, Self.plain)

    #expect(frame.color(160, 90).isNear(.red, within: 2))
    #expect(frame.color(480, 90).isNear(.green, within: 2))
    #expect(frame.color(160, 270).isNear(.blue, within: 2))
    #expect(frame.color(480, 270).isNear(.gray, within: 2))
  }

  @Test func `a camera hardly larger than its tile keeps every pixel`() throws {
    let stripes = try VideoFrame(width: 640, height: 360)
    stripes.fill(y: 40, u: 128, v: 128)
    stripes.withPlane(0) { plane in
      for row in 0..<plane.height {
        for column in stride(from: 0, to: plane.width, by: 2) {
          plane.base[row * plane.stride + column] = 200
        }
      }
    }
    var settings = Self.plain
    (settings.width, settings.height) = (1_280, 720)
    let people = Self.people([stripes, stripes, stripes, stripes])
    let frame = try Self.still(Scene(participants: people), settings)

    #expect(frame.color(300, 180).y == 200)
    #expect(frame.color(301, 180).y == 40)
  }

  @Test func `an emoji in a name is in colour`() throws {
    var settings = Self.plain
    settings.showsNames = true
    func mostRed(_ name: String) throws -> UInt8 {
      var person = Self.people([try picture(640, 360, .gray)])[0]
      person.name = name
      let frame = try Self.still(Scene(participants: [person]), settings)
      return frame.withPlane(2) { plane in
        (0..<plane.height).flatMap { row in
          UnsafeBufferPointer(start: plane.base + row * plane.stride, count: plane.width)
        }.max() ?? 0
      }
    }

    #expect(try mostRed("Ada") < 135)
    // The Debian package fonts-noto-color-emoji has it.
    #expect(try mostRed("\u{2764}\u{FE0F}") > 180)
  }

  @Test func `colours of BT 601 are seen as they were meant`() throws {
    let red = try picture(640, 360, .red, matrix: .bt601)
    let frame = try Self.still(Scene(participants: Self.people([red])), Self.plain)

    // The same red, green and blue, as BT.709 has them.
    #expect(frame.color(320, 180).isNear(YUV(y: 63, u: 102, v: 240), within: 2))
    #expect(frame.colorMatrix == .bt709)
    for (source, expected) in [
      (YUV.green, YUV(y: 173, u: 42, v: 26)), (.blue, YUV(y: 32, u: 240, v: 118)),
      (YUV(y: 235, u: 128, v: 128), YUV(y: 235, u: 128, v: 128)),
    ] {
      let camera = try picture(640, 360, source, matrix: .bt601)
      let frame = try Self.still(Scene(participants: Self.people([camera])), Self.plain)
      #expect(frame.color(320, 180).isNear(expected, within: 2), "\(frame.color(320, 180))")
    }
  }

  @Test func `a camera with the full range is as bright as others`() throws {
    let encoder = try SourceEncoder(.h264, width: 320, height: 180, isFullRange: true)
    let white = try picture(320, 180, YUV(y: 255, u: 128, v: 128))
    let camera = try #require(
      VideoDecoder(codec: .h264).decode(encoder.encode(white)).first)
    #expect(camera.isFullRange)

    let frame = try Self.still(Scene(participants: Self.people([camera])), Self.plain)
    #expect(frame.color(320, 180).isNear(YUV(y: 235, u: 128, v: 128), within: 2))
  }

  @Test(arguments: [
    (VideoFrame.Rotation.none, [YUV.red, .green, .blue, .gray]),
    (.quarter, [.blue, .red, .gray, .green]),
    (.half, [.gray, .blue, .green, .red]),
    (.threeQuarters, [.green, .gray, .red, .blue]),
  ])
  func `a phone's picture is turned upright`(
    rotation: VideoFrame.Rotation, expected: [YUV]
  ) throws {
    let camera = try quarters(360, 360)
    camera.rotation = rotation
    let frame = try Self.still(Scene(participants: Self.people([camera])), Self.plain)

    let seen = [(200, 120), (440, 120), (200, 290), (440, 290)].map { frame.color($0.0, $0.1) }
    for (color, expected) in zip(seen, expected) { #expect(color.isNear(expected, within: 3)) }
  }

  @Test func `a phone held upright stands before its own picture, blurred and dim`() throws {
    let phone = try picture(180, 320, .red)
    let frame = try Self.still(Scene(participants: Self.people([phone])), Self.plain)
    let bar = frame.color(60, 180)

    #expect(frame.color(320, 180).isNear(.red, within: 2))
    #expect(bar.v > 160 && bar.v < 220, "\(bar)")
  }

  @Test(arguments: [(1, 1), (2, 2), (1, 720), (1_280, 1), (7, 5), (4_096, 16)])
  func `pictures of any shape are drawn or replaced`(width: Int, height: Int) throws {
    for rotation in [VideoFrame.Rotation.none, .quarter] {
      let odd = try picture(width, height, .blue)
      odd.rotation = rotation
      var scene = Scene(participants: Self.people([odd, nil]))
      scene.participants[1].isSharing = true
      scene.participants[1].screen = odd

      #expect(try Self.still(scene, Self.plain).width == 640)
    }
  }

  @Test func `what did not change is not drawn again, and is the same object`() throws {
    let compositor = try Compositor(Self.plain)
    var scene = Scene(
      participants: Self.people([.red, .green, .blue].map { try? picture(64, 36, $0) }))
    _ = try compositor.draw(scene, at: .zero)
    let first = try compositor.draw(scene, at: Self.time(33))
    let before = compositor.counters
    let second = try compositor.draw(scene, at: Self.time(67))
    #expect(second === first)
    #expect(compositor.counters.drawnTiles == before.drawnTiles)
    #expect(compositor.counters.scaledPictures == before.scaledPictures)

    scene.participants[1].camera = try picture(64, 36, .gray)
    _ = try compositor.draw(scene, at: Self.time(100))
    #expect(compositor.counters.drawnTiles == before.drawnTiles + 1)
    #expect(compositor.counters.scaledPictures == before.scaledPictures + 1)
  }

  @Test func `a change of name or microphone scales no picture`() throws {
    var settings = Self.plain
    settings.showsNames = true
    let compositor = try Compositor(settings)
    var scene = Scene(participants: Self.people([try picture(64, 36, .red)]))
    _ = try compositor.draw(scene, at: .zero)
    let named = try compositor.draw(scene, at: Self.time(33)).bytes
    let scaled = compositor.counters.scaledPictures

    scene.participants[0].isMicOn = false
    let muted = try compositor.draw(scene, at: Self.time(67)).bytes
    scene.participants[0].isMicOn = true
    scene.participants[0].name = "Somebody Else"
    let renamed = try compositor.draw(scene, at: Self.time(100)).bytes

    #expect(named != muted && muted != renamed && named != renamed)
    #expect(compositor.counters.scaledPictures == scaled)
  }

  @Test func `a frame that is held does not change any more`() throws {
    let compositor = try Compositor(Self.plain)
    var held: [(frame: VideoFrame, bytes: [UInt8])] = []
    for number in 0..<8 {
      let color: YUV = [.red, .green, .blue, .gray][number % 4]
      let scene = Scene(participants: Self.people([try picture(64, 36, color)]))
      let frame = try compositor.draw(scene, at: Self.time(Int64(number) * 33))
      held.append((frame, frame.bytes))
    }

    for (frame, bytes) in held { #expect(frame.bytes == bytes) }
    #expect(Set(held.map { ObjectIdentifier($0.frame) }).count == 8)
    held = []
    let copies = compositor.counters.copiedCanvases
    for number in 8..<12 {
      let scene = Scene(participants: Self.people([try picture(64, 36, .red)]))
      _ = try compositor.draw(scene, at: Self.time(Int64(number) * 33))
    }
    #expect(compositor.counters.copiedCanvases == copies)
  }

  @Test func `who speaks has a ring, who is alone or muted has none`() throws {
    var people = Self.people([try picture(64, 36, .gray), try picture(64, 36, .gray)])
    let settings = CompositionSettings(width: 1_280, height: 720, showsNames: false)
    let quiet = try Self.still(Scene(participants: people), settings)
    people[1].isSpeaking = true
    let loud = try Self.still(Scene(participants: people), settings)
    let tile = try #require(Layout(Scene(participants: people), settings).tiles.last).rectangle

    let edge = loud.color(tile.x + 2, tile.y + tile.height / 2)
    #expect(edge.u < 120 && edge.v < 110, "green, not \(edge)")
    #expect(quiet.color(tile.x + 2, tile.y + tile.height / 2).isNear(.gray, within: 2))
    #expect(loud.color(tile.x + 12, tile.y + tile.height / 2).isNear(.gray, within: 2))

    people[1].isMicOn = false
    #expect(try Self.still(Scene(participants: people), settings).bytes == quiet.bytes)
    people[0].isSpeaking = true
    let alone = try Self.still(Scene(participants: [people[0]]), settings)
    people[0].isSpeaking = false
    #expect(try Self.still(Scene(participants: [people[0]]), settings).bytes == alone.bytes)
  }

  @Test func `a camera that is off shows initials in the person's colour`() throws {
    var person = Self.people([nil])[0]
    let frame = try Self.still(Scene(participants: [person]), Self.plain)
    let (ground, circle) = (frame.color(60, 60), frame.color(282, 180))
    person.id = "another"
    let other = try Self.still(Scene(participants: [person]), Self.plain)

    #expect(!ground.isNear(circle))
    #expect(other.color(60, 60).isNear(ground, within: 1))
    #expect(!other.color(282, 180).isNear(circle, within: 2))
  }

  @Test(arguments: CompositionSettings.Theme.allCases)
  func `an empty room says so in the theme's colours`(theme: CompositionSettings.Theme) throws {
    var settings = Self.plain
    settings.theme = theme
    let waiting = try Self.still(Scene(), settings)
    settings.emptyText = ""
    let silent = try Self.still(Scene(), settings)

    #expect(waiting.bytes != silent.bytes)
    let corner = waiting.color(0, 0)
    #expect(theme == .light ? corner.y > 200 : corner.y < 60)
  }

  @Test func `tiles glide to their places and stand exactly where they belong`() throws {
    let (one, two) = (
      Scene(participants: Self.people([try quarters(64, 36)])),
      Scene(participants: Self.people([try quarters(64, 36), try picture(64, 36, .blue)]))
    )
    let compositor = try Compositor(Self.plain)
    _ = try compositor.draw(one, at: .zero)
    var frames: [[UInt8]] = []
    for number in 1...15 {
      frames.append(try compositor.draw(two, at: Self.time(Int64(number) * 33)).bytes)
    }

    #expect(Set(frames).count >= 9, "no motion is seen")
    #expect(try frames.last == Self.still(two, Self.plain).bytes)
    #expect(frames.suffix(4).allSatisfy { $0 == frames.last })
  }

  @Test func `layout, theme and size can change while it runs`() throws {
    let scene = Scene(participants: Self.people([try quarters(64, 36), nil]))
    let compositor = try Compositor(Self.plain)
    _ = try compositor.draw(scene, at: .zero)
    var settings = Self.plain
    let changes: [(inout CompositionSettings) -> Void] = [
      { $0.layout = .spotlight }, { $0.theme = .light }, { $0.layout = .sidebar },
      { $0.background = .color(RGB(0x336699)) },
      {
        $0.width = 360
        $0.height = 640
      }, { $0.showsNames = true },
    ]
    for (number, change) in changes.enumerated() {
      change(&settings)
      compositor.settings = settings
      let start = Int64(number + 1) * 2_000
      _ = try compositor.draw(scene, at: Self.time(start))
      _ = try compositor.draw(scene, at: Self.time(start + 500))
      let frame = try compositor.draw(scene, at: Self.time(start + 1_000))

      #expect(try frame.bytes == Self.still(scene, settings).bytes, "after change \(number)")
      #expect(frame.width == settings.width && frame.height == settings.height)
    }
  }

  @Test func `a logo and a background picture are where they belong`() throws {
    var settings = Self.plain
    let red = try #require(
      ImageFile(width: 40, height: 20, rgba: Array([[255, 0, 0, 255]].repeated(800))))
    let blue = try #require(
      ImageFile(width: 8, height: 8, rgba: Array([[0, 0, 255, 255]].repeated(64))))
    settings.logo = .init(red, corner: .bottomLeft)
    settings.background = .image(blue)
    let frame = try Self.still(
      Scene(participants: Self.people([try picture(64, 36, .gray)])), settings)

    #expect(frame.color(2, 2).isNear(YUV(y: 32, u: 240, v: 118), within: 3))
    #expect(frame.color(24, 336).isNear(YUV(y: 63, u: 102, v: 240), within: 3))
    #expect(frame.color(320, 180).isNear(.gray, within: 2))
  }

  @Test func `sizes to ask senders for are those that are drawn`() throws {
    var scene = Scene(participants: Self.people([try quarters(64, 36), nil]))
    scene.participants[1].isSharing = true
    let compositor = try Compositor(CompositionSettings())
    _ = try compositor.draw(scene, at: .zero)

    #expect(Set(compositor.drawnSizes.keys) == ["0", "1", "1/share"])
    #expect((compositor.drawnSizes["1/share"]?.width ?? 0) > 900)
    #expect((compositor.drawnSizes["0"]?.width ?? 0) < 320)
  }

  @Test(arguments: [
    "", "a", String(repeating: "W", count: 500), "محمد الخوارزمي", "עברית and English", "👨‍👩‍👧‍👦 Family",
    "Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢L̠ͨͧͩ͘G̴̻͈͍͔̹̑͗̎̅͛́Ǫ̵̹̻̝̳", "a\u{0}b\u{202E}c\nd", "\u{FFFD}\u{10FFFF}\u{E000}", "नीला शर्मा", "<b>&amp;",
  ])
  func `any name can be drawn, at any size`(name: String) throws {
    for (width, height) in [(640, 360), (1_920, 1_080), (64, 64)] {
      for count in [1, 25] {
        let people = (0..<count).map {
          SceneParticipant(id: "\($0)", name: name, isMicOn: $0 % 2 == 0)
        }
        let frame = try Self.still(
          Scene(participants: people), CompositionSettings(width: width, height: height))
        #expect(frame.width == width)
      }
    }
  }

  /// What is kept from frame to frame must never be seen.
  @Test(arguments: 0..<12)
  func `whatever happened before, a frame at rest is what a new compositor draws`(
    seed: UInt64
  ) throws {
    var random = SplitMix64(seed: seed)
    let logo = try #require(
      ImageFile(width: 8, height: 4, rgba: Array([[255, 255, 0, 128]].repeated(32))))
    var settings = CompositionSettings(
      layout: CompositionSettings.LayoutKind.allCases[Int(seed) % 3], theme: .dark, width: 320,
      height: 180, logo: .init(logo))
    let compositor = try Compositor(settings)
    let pictures = try [
      quarters(64, 36), picture(36, 64, .red, matrix: .bt601), picture(48, 48, .green),
      quarters(160, 90, matrix: .bt601),
    ]
    var scene = Scene()
    var now: Int64 = 0
    for step in 0..<40 {
      switch Int.random(in: 0..<9, using: &random) {
      case 0...2 where scene.participants.count < 8:
        scene.participants.append(
          SceneParticipant(
            id: "\(step)", name: "Person \(step)", camera: pictures.randomElement(using: &random),
            isCameraOn: random.chance(0.7), isMicOn: random.chance(0.6),
            isSpeaking: random.chance(0.3), isCameraPinned: random.chance(0.4)))
      case 3 where !scene.participants.isEmpty:
        scene.participants.remove(
          at: Int.random(in: 0..<scene.participants.count, using: &random))
      case 4 where random.chance(0.3):
        settings.theme =
          CompositionSettings.Theme.allCases.randomElement(using: &random) ?? .dark
        compositor.settings = settings
      default:
        guard !scene.participants.isEmpty else { break }
        let index = Int.random(in: 0..<scene.participants.count, using: &random)
        scene.participants[index].camera = pictures.randomElement(using: &random)
        scene.participants[index].isCameraOn = random.chance(0.7)
        scene.participants[index].isMicOn = random.chance(0.6)
        scene.participants[index].isSpeaking = random.chance(0.3)
        scene.participants[index].isSharing = random.chance(0.2)
        scene.participants[index].screen =
          scene.participants[index].isSharing ? pictures[0] : nil
        scene.activeSpeaker = scene.participants.randomElement(using: &random)?.id
      }
      now += 33
      _ = try compositor.draw(scene, at: Self.time(now))
      guard step % 4 == 3 else { continue }
      now += 1_000
      _ = try compositor.draw(scene, at: Self.time(now))
      now += 33
      let frame = try compositor.draw(scene, at: Self.time(now))
      #expect(try frame.bytes == Self.still(scene, settings).bytes, "step \(step)")
    }
  }

  @Test func `a text stays in its corner, readable on black and on white`() throws {
    for ground in [YUV(y: 16, u: 128, v: 128), YUV(y: 235, u: 128, v: 128)] {
      let scene = Scene(participants: Self.people([try picture(640, 360, ground)]))
      var settings = Self.plain
      let without = try Self.still(scene, settings)
      settings.logo = .init(nil, text: "Recorded for ACME", corner: .bottomRight)
      let frame = try Self.still(scene, settings)
      var changed: [(x: Int, y: Int)] = []
      for y in stride(from: 0, to: 360, by: 2) {
        for x in stride(from: 0, to: 640, by: 2) {
          let difference = Int(frame.color(x, y).y) - Int(without.color(x, y).y)
          if abs(difference) > 40 { changed.append((x, y)) }
        }
      }
      #expect(changed.count > 40)
      #expect(changed.allSatisfy { $0.x > 320 && $0.y > 300 })
    }
  }
}

extension Array where Element == [UInt8] {
  fileprivate func repeated(_ count: Int) -> [UInt8] {
    (0..<count).flatMap { _ in self[0] }
  }
}
