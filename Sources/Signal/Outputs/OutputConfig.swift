/// The `config` of an output, read leniently: what is left out has a default, upper and lower case are
/// one, numbers are clamped; what is not known, or empty, is refused.
package struct OutputConfig: Equatable, Sendable {
  package var composition: CompositionSpecification
  /// HLS and livestreams: a file is kept as well.
  package var alsoRecords: Bool

  package init(
    composition: CompositionSpecification = CompositionSpecification(), alsoRecords: Bool = false
  ) {
    self.composition = composition
    self.alsoRecords = alsoRecords
  }
}

extension OutputConfig: Decodable {
  private enum CodingKeys: String, CodingKey {
    case layout, theme, mode, quality, orientation, recording, priority, gridSize, logo, background
  }
  private enum PictureKeys: String, CodingKey { case url, color }
  private enum LayoutKeys: String, CodingKey { case type, priority, gridSize }
  private enum RecordingKeys: String, CodingKey { case enabled }

  package init(from decoder: any Decoder) throws {
    self.init()
    let values = try decoder.container(keyedBy: CodingKeys.self)
    // Older callers name the layout alone, and what belongs to it beside it.
    if let text = try? values.decodeIfPresent(String.self, forKey: .layout) {
      composition.layout = try Self.named(text, "layout")
      try readPriority(values, .priority)
      try readGridSize(values, .gridSize)
    } else if values.contains(.layout), try !values.decodeNil(forKey: .layout) {
      let layout = try values.nestedContainer(keyedBy: LayoutKeys.self, forKey: .layout)
      if let text = try layout.decodeIfPresent(String.self, forKey: .type) {
        composition.layout = try Self.named(text, "layout.type")
      }
      try readPriority(layout, .priority)
      try readGridSize(layout, .gridSize)
    }
    if let text = try values.decodeIfPresent(String.self, forKey: .theme) {
      composition.theme = try Self.named(text, "theme")
    }
    if let text = try values.decodeIfPresent(String.self, forKey: .mode) {
      composition.mode = try Self.named(text, "mode")
    }
    if let text = try values.decodeIfPresent(String.self, forKey: .quality) {
      composition.quality = try Self.quality(text)
    }
    if let text = try values.decodeIfPresent(String.self, forKey: .orientation) {
      composition.orientation = try Self.named(text, "orientation")
    }
    if values.contains(.logo), try !values.decodeNil(forKey: .logo) {
      let logo = try values.nestedContainer(keyedBy: PictureKeys.self, forKey: .logo)
      composition.logoURL = try logo.decodeIfPresent(String.self, forKey: .url)
    }
    if values.contains(.background), try !values.decodeNil(forKey: .background) {
      let background = try values.nestedContainer(keyedBy: PictureKeys.self, forKey: .background)
      composition.backgroundURL = try background.decodeIfPresent(String.self, forKey: .url)
      composition.backgroundColor = try background.decodeIfPresent(String.self, forKey: .color)
      if let color = composition.backgroundColor, !Self.isColor(color) {
        throw Self.refusal("background.color", color)
      }
    }
    if values.contains(.recording), try !values.decodeNil(forKey: .recording) {
      let recording = try values.nestedContainer(keyedBy: RecordingKeys.self, forKey: .recording)
      alsoRecords = try recording.decodeIfPresent(Bool.self, forKey: .enabled) ?? false
    }
  }

  private mutating func readPriority<Key: CodingKey>(
    _ values: KeyedDecodingContainer<Key>, _ key: Key
  ) throws {
    guard let text = try values.decodeIfPresent(String.self, forKey: key) else { return }
    composition.priority = try Self.named(text, "priority")
  }

  private mutating func readGridSize<Key: CodingKey>(
    _ values: KeyedDecodingContainer<Key>, _ key: Key
  ) throws {
    let size: Double
    if let text = try? values.decodeIfPresent(String.self, forKey: key) {
      // Forms send numbers as text.
      guard text.wholeMatch(of: /-?[0-9]{1,9}(\.[0-9]{1,9})?/) != nil, let number = Double(text)
      else { throw Self.refusal("layout.gridSize", text) }
      size = number
    } else {
      guard let number = try values.decodeIfPresent(Double.self, forKey: key) else { return }
      size = number
    }
    guard size.isFinite else { throw Self.refusal("layout.gridSize", "\(size)") }
    composition.gridSize = Int(min(max(size.rounded(), 1), 25))
  }

  /// As CSS has it: `#rrggbb` or `#rgb`.
  private static func isColor(_ text: String) -> Bool {
    text.wholeMatch(of: /#([0-9A-Fa-f]{3}){1,2}/) != nil
  }

  /// The value with this name, whatever its case.
  private static func named<Value: CaseIterable & RawRepresentable>(
    _ text: String, _ field: String
  ) throws -> Value where Value.RawValue == String {
    let lower = text.lowercased()
    guard let value = Value.allCases.first(where: { $0.rawValue.lowercased() == lower }) else {
      throw refusal(field, text)
    }
    return value
  }

  private static func quality(_ text: String) throws -> CompositionSpecification.Quality {
    switch text.lowercased() {
    case "low", "sd": .low
    case "med", "medium", "hd": .med
    case "high", "fhd": .high
    default: throw refusal("quality", text)
    }
  }

  private static func refusal(_ field: String, _ value: String) -> SignalDecodingError {
    SignalDecodingError(
      id: nil, message: "'config.\(field)' has no value '\(value.prefix(40))'")
  }
}
