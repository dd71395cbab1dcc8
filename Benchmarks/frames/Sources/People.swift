import CPangoCairo
import Media

/// Faces and screens that no one has to be asked for.
enum People {
  static let names = [
    "Ada Lovelace", "Grace Hopper", "محمد الخوارزمي", "Katherine Johnson", "李明",
    "Dr. Maximiliane von Hohenstein-Wartenberg", "Søren Ødegård", "Zoë", "Радка Новакова",
    "Alan Turing", "नीला शर्मा", "Emmy Noether", "C. Shannon", "김민준", "Hedy 🎸 Lamarr", "Radia Perlman",
  ]

  /// Letters of many scripts, emoji of many scalars, and accents that pile up.
  static let scripts = [
    "Zoë 👩🏽‍🚀 Łukasz", "👨‍👩‍👧‍👦", "李明 🇨🇳", "田中 さくら", "محمد الخوارزمي", "김민준", "नीला शर्मा",
    "தமிழ் செல்வன்", "สมชาย ใจดี", "דוד לוי", "రాము కృష్ణ", "Z̷̢̛͖̈́̃ä̶̗l̵̰͑g̷̱̊o̴̻͒ Z̷̢̛͖̈́̃ä̶̗l̵̰͑g̷̱̊o̴̻͒", "🎸", "❤️ Anna-Lena",
    "აბგ დევ", "রবি ঠাকুর",
  ]

  private static let skins: [UInt32] = [
    0xE8B998, 0x8D5524, 0xC68642, 0xF1C9A5, 0x6B4226, 0xD9A066, 0xF3D3B8, 0xA56B46,
  ]
  private static let hairs: [UInt32] = [
    0x2B1B14, 0x8C5A2B, 0x111111, 0xB9893F, 0x4A2E1F, 0x7A7A80, 0x5E1F16, 0x1F1A24,
  ]
  private static let shirts: [UInt32] = [
    0x2F5D8A, 0x7B2D43, 0x2E6B4F, 0xD8DCE3, 0x33363F, 0xC07A2C, 0x5B4B8A, 0x3A7D8C,
  ]
  private static let walls: [(UInt32, UInt32)] = [
    (0xD8CFC2, 0xA99C8A), (0x6E7F91, 0x3F4B59), (0xE4E6E8, 0xB7BDC4), (0x8C7B6B, 0x4F443B),
    (0xBFCFC7, 0x7C9388), (0x4A5568, 0x222938), (0xE9DCCB, 0xC3A988), (0x9AA7B8, 0x5E6B7C),
  ]

  /// A person before a wall, in this size; `sway` moves it a little, in pixels.
  static func portrait(
    _ number: Int, width: Int = 640, height: Int = 360, sway: Double = 0
  ) throws -> VideoFrame {
    let canvas = Canvas(width, height)
    let (top, bottom) = walls[number % walls.count]
    canvas.gradient(top, bottom)
    let (w, h) = (Double(width), Double(height))
    furnish(canvas, number, w, h)

    let size = min(h * 0.29, w * 0.3)
    let (x, y) = (w / 2 + sway, h * 0.44 + sway / 3)
    let skin = skins[number * 5 % skins.count]
    let hair = hairs[number * 3 % hairs.count]
    if number % 3 == 1 {
      canvas.color(hair)
      canvas.ellipse(x, y + size * 0.25, size * 0.92, size * 1.35)
    }
    canvas.color(shirts[number * 7 % shirts.count])
    canvas.ellipse(x, y + size * 2.45, size * 1.75, size * 1.25)
    canvas.color(skin)
    canvas.rectangle(x - size * 0.27, y + size * 0.6, size * 0.54, size * 0.75)
    canvas.color(0x000000, 0.12)
    canvas.ellipse(x, y + size * 1.02, size * 0.34, size * 0.2)
    canvas.color(skin)
    canvas.ellipse(x, y, size * 0.72, size * 0.95)
    canvas.ellipse(x - size * 0.72, y + size * 0.05, size * 0.1, size * 0.18)
    canvas.ellipse(x + size * 0.72, y + size * 0.05, size * 0.1, size * 0.18)
    canvas.color(0xFFFFFF, 0.08)
    canvas.ellipse(x - size * 0.22, y - size * 0.2, size * 0.4, size * 0.55)
    canvas.color(hair)
    cairo_save(canvas.context)
    cairo_rectangle(canvas.context, 0, 0, w, y - size * (number % 3 == 2 ? 0.52 : 0.36))
    cairo_clip(canvas.context)
    canvas.ellipse(x, y - size * 0.12, size * 0.8, size * 0.98)
    cairo_restore(canvas.context)
    for side in [-1.0, 1.0] {
      canvas.color(0xFFFFFF)
      canvas.ellipse(x + side * size * 0.27, y + size * 0.02, size * 0.105, size * 0.065)
      canvas.color(0x2A2018)
      canvas.ellipse(x + side * size * 0.27, y + size * 0.02, size * 0.055, size * 0.06)
      canvas.color(hair, 0.9)
      canvas.rectangle(
        x + side * size * 0.27 - size * 0.13, y - size * 0.16, size * 0.26, size * 0.045)
    }
    canvas.color(0x000000, 0.16)
    canvas.ellipse(x, y + size * 0.25, size * 0.09, size * 0.12)
    canvas.color(0xA8453F)
    canvas.ellipse(x, y + size * 0.5, size * 0.22, size * 0.055)
    if number % 4 == 3 {
      canvas.color(0x22242A)
      cairo_set_line_width(canvas.context, size * 0.035)
      for side in [-1.0, 1.0] {
        cairo_new_sub_path(canvas.context)
        cairo_arc(canvas.context, x + side * size * 0.28, y + size * 0.03, size * 0.2, 0, 2 * .pi)
        cairo_stroke(canvas.context)
      }
      canvas.rectangle(x - size * 0.08, y, size * 0.16, size * 0.035)
    }
    return try canvas.frame()
  }

  private static func furnish(_ canvas: Canvas, _ number: Int, _ w: Double, _ h: Double) {
    switch number % 4 {
    case 0:  // a window
      canvas.color(0xEAF3FB, 0.9)
      canvas.rectangle(w * 0.06, h * 0.08, w * 0.2, h * 0.5)
      canvas.color(0x8A8F96)
      canvas.rectangle(w * 0.155, h * 0.08, w * 0.01, h * 0.5)
      canvas.rectangle(w * 0.06, h * 0.32, w * 0.2, h * 0.016)
    case 1:  // shelves
      for shelf in 0..<3 {
        canvas.color(0x3A2C22, 0.8)
        canvas.rectangle(w * 0.68, h * (0.22 + 0.2 * Double(shelf)), w * 0.28, h * 0.02)
        for book in 0..<9 {
          canvas.color([0x9C4A3C, 0x3C6E8F, 0xC9A24A, 0x566B4E, 0xD9D4C8][(book * 3 + shelf) % 5])
          let height = h * (0.09 + 0.02 * Double((book * 7 + shelf) % 4))
          canvas.rectangle(
            w * (0.69 + 0.028 * Double(book)), h * (0.22 + 0.2 * Double(shelf)) - height, w * 0.022,
            height)
        }
      }
    case 2:  // a plant
      canvas.color(0x2F6B3F)
      for leaf in 0..<7 {
        canvas.ellipse(
          w * (0.84 + 0.022 * Double(leaf - 3)), h * (0.58 - 0.05 * Double(leaf % 3)), w * 0.018,
          h * 0.13)
      }
      canvas.color(0xB86B45)
      canvas.rectangle(w * 0.8, h * 0.66, w * 0.08, h * 0.16)
    default:  // a picture
      canvas.color(0xF4EFE6)
      canvas.rectangle(w * 0.1, h * 0.14, w * 0.17, h * 0.32)
      canvas.color(0xC65D3B)
      canvas.ellipse(w * 0.185, h * 0.3, w * 0.05, h * 0.08)
    }
  }

  /// A screen with a talk on it.
  static func screen(width: Int = 1_920, height: Int = 1_080) throws -> VideoFrame {
    let canvas = Canvas(width, height)
    let u = Double(min(width, height)) / 1_080
    canvas.color(0xFFFFFF)
    cairo_paint(canvas.context)
    canvas.color(0x20242E)
    canvas.rectangle(0, 0, Double(width), 64 * u)
    for (index, value) in [UInt32(0xFF5F57), 0xFEBC2E, 0x28C840].enumerated() {
      canvas.color(value)
      canvas.ellipse((36 + 36 * Double(index)) * u, 32 * u, 11 * u, 11 * u)
    }
    canvas.color(0xC9CFDA)
    canvas.text("Quarterly review — slide 4 of 18", 170 * u, 16 * u, 26 * u)
    canvas.color(0x161A23)
    canvas.text("Latency fell by a third", 110 * u, 150 * u, 76 * u, bold: true)
    canvas.color(0x596175)
    canvas.text("Median time from click to picture, in milliseconds", 112 * u, 260 * u, 34 * u)
    let bars: [Double] = [412, 398, 371, 340, 322, 287, 281, 268]
    for (index, value) in bars.enumerated() {
      canvas.color(index == bars.count - 1 ? 0x2D5BE3 : 0xB9C6EE)
      let x = (130 + Double(index) * 205) * u
      canvas.rectangle(x, (960 - value * 1.35) * u, 130 * u, value * 1.35 * u)
      canvas.color(0x161A23)
      canvas.text("\(Int(value))", x + 34 * u, (912 - value * 1.35) * u, 32 * u)
      canvas.color(0x596175)
      canvas.text("Week \(index + 1)", x + 10 * u, 976 * u, 28 * u)
    }
    return try canvas.frame()
  }
}
