/// Which of the newest `64 * words` packet indices have been seen (RFC 3711 §3.3.2).
struct ReplayWindow<let words: Int> {
  /// The newest index accepted; `nil` before the first.
  private(set) var highest: UInt64?
  /// One bit per index, at the index modulo the window's size.
  private var seen = [words of UInt64](repeating: 0)

  /// How many indices the window spans.
  static var count: UInt64 { UInt64(words) * 64 }

  /// Whether `index` is neither seen nor too old to tell.
  @inline(__always)
  func accepts(_ index: UInt64) -> Bool {
    guard let highest, index <= highest else { return true }
    guard highest - index < Self.count else { return false }
    return seen[Self.word(index)] & Self.bit(index) == 0
  }

  /// Notes an index that `accepts` allowed, once the packet has proved authentic.
  @inline(__always)
  mutating func insert(_ index: UInt64) {
    guard let highest else {
      self.highest = index
      seen[Self.word(index)] |= Self.bit(index)
      return
    }
    if index > highest {
      advance(from: highest, to: index)
      self.highest = index
    }
    seen[Self.word(index)] |= Self.bit(index)
  }

  /// Forgets the indices whose bits the new ones take over.
  private mutating func advance(from old: UInt64, to new: UInt64) {
    guard new - old < Self.count else {
      for word in 0..<words { seen[word] = 0 }
      return
    }
    var index = old + 1
    while index <= new {
      if index & 63 == 0, new - index >= 63 {
        seen[Self.word(index)] = 0
        index += 64
      } else {
        seen[Self.word(index)] &= ~Self.bit(index)
        index += 1
      }
    }
  }

  private static func word(_ index: UInt64) -> Int { Int((index >> 6) % UInt64(words)) }
  private static func bit(_ index: UInt64) -> UInt64 { 1 << (index & 63) }
}
