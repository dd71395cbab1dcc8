import Foundation
import Media
import Wire

/// Every layout, theme, orientation and size of room, one picture each, and sheets of them.
struct Gallery {
  let folder: String
  let portraits: [VideoFrame]
  let screen: VideoFrame

  init(folder: String) throws {
    self.folder = folder
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    portraits = try (0..<16).map { number in
      // A phone held upright, an old camera, and what most have.
      switch number {
      case 4: try People.portrait(number, width: 360, height: 640)
      case 7: try People.portrait(number, width: 640, height: 480)
      default: try People.portrait(number)
      }
    }
    screen = try People.screen()
  }

  struct Room {
    var name: String
    var scene: Scene
  }

  func people(_ count: Int) -> [SceneParticipant] {
    (0..<count).map { index in
      let isCameraOn = index % 5 != 3
      return SceneParticipant(
        id: "person-\(index * 7)", name: People.names[index % People.names.count],
        camera: isCameraOn ? portraits[index % portraits.count] : nil, isCameraOn: isCameraOn,
        isMicOn: index % 3 != 2, isSpeaking: index == 0, isCameraPinned: index < 4,
        isScreenPinned: index < 4)
    }
  }

  func rooms() -> [Room] {
    var rooms = [Room(name: "0", scene: Scene())]
    for count in [1, 2, 3, 5, 9, 16] {
      var people = people(count)
      rooms.append(
        Room(name: "\(count)", scene: Scene(participants: people, activeSpeaker: people[0].id)))
      people[min(1, count - 1)].screen = screen
      people[min(1, count - 1)].isSharing = true
      rooms.append(
        Room(
          name: "\(count)-screen", scene: Scene(participants: people, activeSpeaker: people[0].id)))
    }
    return rooms
  }

  func run() throws {
    for layout in CompositionSettings.LayoutKind.allCases {
      for theme in CompositionSettings.Theme.allCases {
        for isPortrait in [false, true] {
          var pictures: [Canvas] = []
          for room in rooms() {
            let settings = CompositionSettings(
              layout: layout, theme: theme, width: isPortrait ? 720 : 1_280,
              height: isPortrait ? 1_280 : 720)
            let picture = try Canvas(Compositor.still(room.scene, settings))
            let name =
              "\(layout.rawValue)-\(theme.rawValue)-\(isPortrait ? "portrait" : "landscape")"
            try picture.write(to: "\(folder)/\(name)-\(room.name).png")
            pictures.append(picture)
            if room.name == rooms().last?.name {
              try sheet(pictures, columns: isPortrait ? 7 : 4)
                .write(to: "\(folder)/sheet-\(name).png")
            }
          }
        }
      }
    }
    try sizes()
    try scripts()
    try transition()
  }

  /// The same room as small and as large as it is ever drawn, with a logo and a background.
  private func sizes() throws {
    let logo = CompositionSettings.Logo(try Self.logo())
    for (width, height) in [(640, 360), (854, 480), (1_920, 1_080)] {
      let settings = CompositionSettings(
        theme: .dark, width: width, height: height, logo: logo,
        background: .image(try Self.backdrop()))
      let scene = Scene(participants: people(5), activeSpeaker: "person-0")
      try Canvas(Compositor.still(scene, settings)).write(to: "\(folder)/size-\(height).png")
    }
  }

  /// Names in the scripts of the world, as labels and as initials.
  private func scripts() throws {
    let people = People.scripts.enumerated().map { index, name in
      SceneParticipant(
        id: "script-\(index)", name: name, camera: index % 2 == 0 ? portraits[index] : nil,
        isCameraOn: index % 2 == 0, isMicOn: index % 5 != 4)
    }
    let settings = CompositionSettings(theme: .dark)
    try Canvas(Compositor.still(Scene(participants: people), settings))
      .write(to: "\(folder)/scripts.png")
  }

  /// Somebody comes, frame by frame.
  private func transition() throws {
    let compositor = try Compositor(CompositionSettings(theme: .dark))
    var pictures: [Canvas] = []
    for number in 0..<13 {
      let scene = Scene(participants: people(number < 2 ? 2 : 3), activeSpeaker: "person-0")
      pictures.append(
        try Canvas(compositor.draw(scene, at: MediaTime(number: Int64(number), rate: 30))))
    }
    try sheet(pictures, columns: 4).write(to: "\(folder)/sheet-transition.png")
  }

  private func sheet(_ pictures: [Canvas], columns: Int) -> Canvas {
    let width = columns == 7 ? 270 : 480
    let height = pictures[0].height * width / pictures[0].width
    let rows = (pictures.count + columns - 1) / columns
    let sheet = Canvas(columns * (width + 8) + 8, rows * (height + 8) + 8)
    sheet.color(0x808080)
    sheet.rectangle(0, 0, Double(sheet.width), Double(sheet.height))
    for (index, picture) in pictures.enumerated() {
      sheet.draw(
        picture, x: Double(8 + index % columns * (width + 8)),
        y: Double(8 + index / columns * (height + 8)), width: Double(width))
    }
    return sheet
  }

  private static func logo() throws(FramesError) -> ImageFile {
    let (width, height) = (240, 80)
    var rgba = [UInt8](repeating: 0, count: width * height * 4)
    for y in 0..<height {
      for x in 0..<width {
        let isMark = (x - 40) * (x - 40) + (y - 40) * (y - 40) < 1_300
        let isBar = (96..<230).contains(x) && (30..<50).contains(y)
        guard isMark || isBar else { continue }
        let pixel = (y * width + x) * 4
        rgba[pixel] = 255
        rgba[pixel + 1] = isMark ? 190 : 255
        rgba[pixel + 2] = isMark ? 60 : 255
        rgba[pixel + 3] = 235
      }
    }
    return try image(width, height, rgba)
  }

  private static func backdrop() throws(FramesError) -> ImageFile {
    let (width, height) = (640, 360)
    var rgba: [UInt8] = []
    for y in 0..<height {
      for x in 0..<width {
        rgba += [UInt8(30 + x / 12), UInt8(34 + y / 8), UInt8(70 + (x + y) / 14), 255]
      }
    }
    return try image(width, height, rgba)
  }

  private static func image(
    _ width: Int, _ height: Int, _ rgba: [UInt8]
  ) throws(FramesError) -> ImageFile {
    guard let image = ImageFile(width: width, height: height, rgba: rgba) else {
      throw FramesError("\(rgba.count) bytes are no image of \(width)x\(height)")
    }
    return image
  }
}

extension Compositor {
  /// A room as it looks when nothing moves any more.
  static func still(_ scene: Scene, _ settings: CompositionSettings) throws -> VideoFrame {
    let compositor = try Compositor(settings)
    var frame = try compositor.draw(scene, at: .zero)
    for number in 1...20 {
      frame = try compositor.draw(scene, at: MediaTime(number: Int64(number), rate: 30))
    }
    return frame
  }
}
