import Wire

/// Values with deadlines; the earliest is at hand (a binary heap).
struct DeadlineHeap<Value: Sendable>: Sendable {
  private struct Entry: Sendable {
    var deadline: MonotonicTime
    var value: Value
  }
  private var entries: [Entry] = []

  var earliest: MonotonicTime? { entries.first?.deadline }
  var count: Int { entries.count }

  mutating func insert(_ value: Value, at deadline: MonotonicTime) {
    entries.append(Entry(deadline: deadline, value: value))
    var child = entries.count - 1
    while child > 0 {
      let parent = (child - 1) / 2
      guard entries[child].deadline < entries[parent].deadline else { break }
      entries.swapAt(child, parent)
      child = parent
    }
  }

  /// Takes out the earliest if its deadline has come.
  mutating func popDue(at now: MonotonicTime) -> Value? {
    guard let first = entries.first, first.deadline <= now else { return nil }
    let last = entries.removeLast()
    guard !entries.isEmpty else { return first.value }
    entries[0] = last
    var parent = 0
    while true {
      var least = parent
      for child in [2 * parent + 1, 2 * parent + 2]
      where child < entries.count && entries[child].deadline < entries[least].deadline {
        least = child
      }
      if least == parent { return first.value }
      entries.swapAt(parent, least)
      parent = least
    }
  }
}
