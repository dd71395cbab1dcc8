/// A name as it can be drawn on one line: what people type is not always that.
package struct DisplayName: Hashable {
  /// Letters; more would not fit on any tile.
  package static let maximumLength = 80
  /// Scalars of one letter: families of emoji have 7, stacked accents have hundreds.
  package static let maximumScalars = 10
  /// Scalars of one initial: a consonant, its vowel, and an accent.
  static let maximumInitialScalars = 3

  package let text: String
  /// Up to two letters that stand for the name.
  package let initials: String

  package init(_ raw: String) {
    var text = ""
    var count = 0
    var isSpaceDue = false
    for letter in raw {
      guard count < Self.maximumLength else { break }
      let scalars = letter.unicodeScalars.filter { !Self.isInvisible($0) }
      guard !scalars.isEmpty else { continue }
      if scalars.allSatisfy(\.properties.isWhitespace) {
        isSpaceDue = !text.isEmpty
        continue
      }
      if isSpaceDue { text.append(" ") }
      isSpaceDue = false
      text.unicodeScalars.append(contentsOf: scalars.prefix(Self.maximumScalars))
      count += 1
    }
    self.text = text.isEmpty ? "Guest" : text
    initials = Self.initials(of: self.text)
  }

  /// Letters of the first and last words that have any; else whatever the name begins with.
  private static func initials(of text: String) -> String {
    let words = text.split(separator: " ").compactMap { $0.first { $0.isLetter || $0.isNumber } }
    guard let first = words.first, let last = words.last else {
      return text.first { $0.unicodeScalars.first.map { !isMark($0) } ?? false }.map(String.init)
        ?? "?"
    }
    let letters = (words.count > 1 ? [first, last] : [first]).map(capital)
    // Arabic letters would join to something like a word.
    let isJoining = first.unicodeScalars.contains { (0x0600...0x08FF).contains($0.value) }
    return letters.joined(separator: isJoining ? "\u{200C}" : "")
  }

  /// One letter with the marks that belong to it, but no tower of them.
  private static func capital(_ letter: Character) -> String {
    let upper = letter.uppercased().first ?? letter
    var result = ""
    result.unicodeScalars.append(contentsOf: upper.unicodeScalars.prefix(maximumInitialScalars))
    return result
  }

  private static func isMark(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .spacingMark, .format: true
    default: false
    }
  }

  /// Characters that draw nothing but disturb what is beside them: controls, and what turns a text's direction.
  private static func isInvisible(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x09, 0x0A, 0x0D: false  // white space
    case 0x00...0x1F, 0x7F...0x9F, 0x202A...0x202E, 0x2066...0x2069, 0xFEFF, 0xFFF9...0xFFFC: true
    default: false
    }
  }

  /// One of eight hues, always the same for the same ID, and the same as on the meeting page.
  package static func hue(of id: String) -> Int {
    var hash = 7
    for scalar in id.unicodeScalars { hash = (hash * 31 + Int(scalar.value)) % 9_973 }
    return hash % 8
  }
}
