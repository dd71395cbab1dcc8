/// The parameter sets in a piece of H.264 with start codes (ITU-T H.264 Annex B, §7.4.1).
package struct H264ParameterSets: Sendable, Equatable {
  /// Sequence and picture parameter sets in their order, each without its start code.
  package private(set) var units: [[UInt8]] = []

  /// Collects types 7 and 8; anything else is passed over.
  ///
  /// - Parameter bytes: with start codes of three or four bytes; without any there are no units.
  package init(annexB bytes: [UInt8]) {
    var start: Int?
    var index = 0
    while index < bytes.count {
      guard index + 2 < bytes.count, bytes[index] == 0, bytes[index + 1] == 0,
        bytes[index + 2] == 1
      else {
        index += 1
        continue
      }
      if let start { append(bytes[start..<index]) }
      start = index + 3
      index += 3
    }
    if let start { append(bytes[start...]) }
  }

  /// profile_idc, constraint flags and level_idc of the first sequence parameter set.
  package var profile: [UInt8]? {
    guard let unit = units.first(where: { ($0.first ?? 0) & 0x1F == 7 }), unit.count >= 4 else {
      return nil
    }
    return Array(unit[1...3])
  }

  /// All of them with start codes of four bytes; empty if there are none.
  package var annexB: [UInt8] { units.flatMap { [0, 0, 0, 1] + $0 } }

  private mutating func append(_ unit: ArraySlice<UInt8>) {
    // Zeros before the next start code belong to neither.
    let end = unit.lastIndex { $0 != 0 } ?? unit.startIndex
    guard let first = unit.first, (first & 0x1F == 7) || (first & 0x1F == 8) else { return }
    units.append(Array(unit[unit.startIndex...end]))
  }
}
