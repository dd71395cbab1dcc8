/// A queue that is cheap at both ends; what left is given back to memory from time to time.
struct FIFO<Element: Sendable>: Sendable {
  private var storage: [Element] = []
  private var head = 0

  var count: Int { storage.count - head }
  var isEmpty: Bool { head == storage.count }
  var first: Element? { isEmpty ? nil : storage[head] }
  var elements: ArraySlice<Element> { storage[head...] }

  mutating func append(_ element: Element) { storage.append(element) }

  mutating func popFirst() -> Element? {
    guard let element = first else { return nil }
    head += 1
    // Half of it dead: moving the rest costs no more than having moved past the dead.
    if head > 32, head * 2 > storage.count {
      storage.removeFirst(head)
      head = 0
    }
    return element
  }

  mutating func removeAll(where condition: (Element) -> Bool) {
    storage = storage[head...].filter { !condition($0) }
    head = 0
  }
}
