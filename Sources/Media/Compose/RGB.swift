/// A colour as people write it, 8 bits each.
package struct RGB: Hashable, Sendable {
  package var red: UInt8
  package var green: UInt8
  package var blue: UInt8

  package init(red: UInt8, green: UInt8, blue: UInt8) {
    self.red = red
    self.green = green
    self.blue = blue
  }

  /// `0xRRGGBB`.
  package init(_ value: UInt32) {
    self.init(
      red: UInt8(truncatingIfNeeded: value >> 16), green: UInt8(truncatingIfNeeded: value >> 8),
      blue: UInt8(truncatingIfNeeded: value))
  }

  /// `#RRGGBB` or `#RGB`, as in CSS; `nil` for anything else.
  package init?(css text: String) {
    guard text.hasPrefix("#") else { return nil }
    let digits = text.dropFirst().map(\.hexDigitValue)
    let values = digits.compactMap(\.self).map(UInt32.init)
    guard values.count == digits.count else { return nil }
    switch values.count {
    case 3: self.init(values.reduce(0) { $0 << 8 | $1 * 0x11 })
    case 6: self.init(values.reduce(0) { $0 << 4 | $1 })
    default: return nil
    }
  }

  /// The same in BT.709, limited range.
  package var yuv: (y: UInt8, u: UInt8, v: UInt8) {
    let (r, g, b) = (Double(red), Double(green), Double(blue))
    func byte(_ value: Double) -> UInt8 { UInt8(min(max(value.rounded(), 0), 255)) }
    return (
      byte(16 + 0.18259 * r + 0.61423 * g + 0.06201 * b),
      byte(128 - 0.10064 * r - 0.33857 * g + 0.43922 * b),
      byte(128 + 0.43922 * r - 0.39894 * g - 0.04027 * b)
    )
  }
}
