/// Owns elements in slots whose numbers are stable and reused.
///
/// Elements may be noncopyable; they are reached in place, without reference counting. A number
/// must not be used after `remove`: the table traps on an empty slot.
@safe
public struct SlotTable<Element: ~Copyable>: ~Copyable {
  @usableFromInline var storage: UnsafeMutablePointer<Element>
  @usableFromInline var occupied: [Bool] = []
  @usableFromInline var capacity: Int
  @usableFromInline var free: [Int32] = []
  public private(set) var count = 0

  public init() {
    capacity = 8
    unsafe storage = .allocate(capacity: 8)
  }

  deinit {
    for index in occupied.indices where occupied[index] {
      unsafe (storage + index).deinitialize(count: 1)
    }
    unsafe storage.deallocate()
  }

  /// Slots ever used; iterate `0..<end` and ask `contains`.
  public var end: Int { occupied.count }

  @inlinable public func contains(_ index: Int) -> Bool {
    index >= 0 && index < occupied.count && occupied[index]
  }

  public mutating func insert(_ element: consuming Element) -> Int {
    count += 1
    if let index = free.popLast() {
      unsafe (storage + Int(index)).initialize(to: element)
      occupied[Int(index)] = true
      return Int(index)
    }
    let index = occupied.count
    if index == capacity {
      let larger = unsafe UnsafeMutablePointer<Element>.allocate(capacity: capacity * 2)
      unsafe larger.moveInitialize(from: storage, count: capacity)
      unsafe storage.deallocate()
      unsafe storage = larger
      capacity *= 2
    }
    unsafe (storage + index).initialize(to: element)
    occupied.append(true)
    return index
  }

  /// Takes an element out; its slot's number may come back from a later `insert`.
  public mutating func remove(_ index: Int) -> Element {
    precondition(contains(index), "no element in slot \(index)")
    count -= 1
    occupied[index] = false
    free.append(Int32(index))
    return unsafe (storage + index).move()
  }

  @inlinable public subscript(index: Int) -> Element {
    unsafeAddress {
      precondition(contains(index), "no element in slot")
      return unsafe UnsafePointer(storage + index)
    }
    unsafeMutableAddress {
      precondition(contains(index), "no element in slot")
      return unsafe storage + index
    }
  }
}
