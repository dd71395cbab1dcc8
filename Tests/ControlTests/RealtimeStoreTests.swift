import Control
import Signal
import Testing

@Suite struct RealtimeStoreTests {
  private func changes(_ room: RoomHarness, _ connection: ConnectionID) -> [String] {
    room.events(connection).compactMap { event in
      if case .storeChanged(let key, let value, let by) = event {
        "\(key)=\(value ?? "null") by \(by)"
      } else {
        nil
      }
    }
  }

  @Test func `who observes a key hears of every change, the setter too`() throws {
    var room = try RoomHarness()
    let ann = room.join("ann", mode: .signallingOnly)
    let bob = room.join("bob", mode: .signallingOnly)
    let cid = room.join("cid", mode: .signallingOnly)
    room.request(.storeObserve(key: "slide"), id: 2, ann)
    #expect(room.answers(ann, to: 2) == [.reply(id: 2, .storeValue(key: "slide", value: nil))])
    room.request(.storeSet(key: "slide", value: "1"), id: 2, bob)
    #expect(room.answers(bob, to: 2) == [.reply(id: 2, .ok)])
    room.request(.storeObserve(key: "slide"), id: 3, bob)
    #expect(room.answers(bob, to: 3) == [.reply(id: 3, .storeValue(key: "slide", value: "1"))])
    room.request(.storeSet(key: "slide", value: "2"), id: 4, bob)
    room.request(.storeSet(key: "other", value: "x"), id: 5, bob)
    room.request(.storeUnobserve(key: "slide"), id: 3, ann)
    room.request(.storeSet(key: "slide", value: nil), id: 4, ann)
    room.request(.storeSet(key: "slide", value: nil), id: 5, ann)

    #expect(changes(room, ann) == ["slide=1 by bob", "slide=2 by bob"])
    #expect(changes(room, bob) == ["slide=2 by bob", "slide=null by ann"])
    #expect(changes(room, cid) == [])
    room.request(.storeGet(key: "slide"), id: 2, cid)
    room.request(.storeGet(key: "other"), id: 3, cid)
    #expect(room.answers(cid, to: 2) == [.reply(id: 2, .storeValue(key: "slide", value: nil))])
    #expect(room.answers(cid, to: 3) == [.reply(id: 3, .storeValue(key: "other", value: "x"))])
  }

  @Test func `keys and values have bounds`() throws {
    var room = try RoomHarness()
    let ann = room.join("ann", mode: .signallingOnly)
    var id = 1
    func set(_ key: String, _ value: String?) -> Int? {
      id += 1
      room.request(.storeSet(key: key, value: value), id: id, ann)
      return room.errorCode(ann, to: id)
    }
    #expect(set("", "x") == 3073)
    #expect(set(String(repeating: "k", count: 129), "x") == 3073)
    #expect(set("k0", String(repeating: "é", count: 513)) == 3073)
    #expect(set("k0", String(repeating: "é", count: 512)) == nil)
    for number in 1..<100 { #expect(set("k\(number)", "x") == nil) }
    #expect(set("k100", "x") == 3073)
    #expect(set("k5", "y") == nil)
    #expect(set("k5", nil) == nil)
    #expect(set(String(repeating: "k", count: 128), "x") == nil)

    for number in 0..<100 {
      id += 1
      room.request(.storeObserve(key: "o\(number)"), id: id, ann)
    }
    room.request(.storeObserve(key: "o100"), id: id + 1, ann)
    #expect(room.errorCode(ann, to: id) == nil)
    #expect(room.errorCode(ann, to: id + 1) == 3073)
    room.request(.storeGet(key: ""), id: id + 2, ann)
    #expect(room.errorCode(ann, to: id + 2) == 3073)
  }

  @Test func `the store ends with its session, and observers with their stay`() throws {
    var room = try RoomHarness()
    let ann = room.join("ann", mode: .signallingOnly)
    let bob = room.join("bob", mode: .signallingOnly)
    room.request(.storeObserve(key: "k"), id: 2, bob)
    room.request(.storeSet(key: "k", value: "1"), id: 2, ann)
    room.request(.leave, id: 3, bob)
    let again = room.join("bob", mode: .signallingOnly)
    room.request(.storeSet(key: "k", value: "2"), id: 3, ann)
    #expect(changes(room, bob) == ["k=1 by ann"])
    #expect(changes(room, again) == [])

    room.request(.end, id: 4, ann)
    let next = room.join("ann", mode: .signallingOnly)
    room.request(.storeGet(key: "k"), id: 2, next)
    #expect(room.answers(next, to: 2) == [.reply(id: 2, .storeValue(key: "k", value: nil))])
  }
}
