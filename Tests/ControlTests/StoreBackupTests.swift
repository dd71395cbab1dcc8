import Control
import Foundation
import Signal
import Synchronization
import Testing
import Wire

@Suite struct StoreBackupTests {
  private static let start = Moment(
    monotonic: .init(nanoseconds: 0), wall: Timestamp(milliseconds: 1_700_000_000_000))

  private func withFolder(_ body: (String) async throws -> Void) async throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try await body(folder.path)
  }

  private var start: Moment { Self.start }

  /// What the writer and the test know of each other.
  private final class Progress: Sendable {
    private let state = Mutex((confirmed: 0, isDone: false))
    var confirmed: Int { state.withLock { $0.confirmed } }
    var isDone: Bool { state.withLock { $0.isDone } }
    func confirm(_ count: Int) { state.withLock { $0.confirmed = count } }
    func finish() { state.withLock { $0.isDone = true } }
  }

  private static func room(_ number: Int, _ tenant: TenantID) -> RoomRecord {
    RoomRecord(
      objectID: "object \(number)", roomID: RoomID("room-\(number)"), tenant: tenant,
      customRoomID: nil, createdAt: start.wall, updatedAt: start.wall)
  }

  @Test func `a backup under load has every write that was confirmed before it began`() async throws
  {
    try await withFolder { folder in
      let source = folder + "/stoa.db"
      let store = try await SQLiteStore(path: source, now: start)
      let tenant = try #require(try await store.tenants(forKeys: ["key"], at: start.wall)["key"])
      let progress = Progress()
      try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask {
          var number = 0
          while !progress.isDone {
            _ = try await store.create(Self.room(number, tenant))
            number += 1
            progress.confirm(number)
          }
        }
        for copy in 0..<5 {
          while progress.confirmed < (copy + 1) * 50 { await Task.yield() }
          let before = progress.confirmed
          let target = folder + "/backup-\(copy).db"
          let summary = try StoreBackup.write(from: source, to: target)
          let after = progress.confirmed

          #expect((before...after + 1).contains(summary.rooms))
          #expect(try StoreBackup.faults(of: target) == [])
          let restored = try await SQLiteStore(path: target, now: start)
          for number in [0, before - 1] {
            #expect(try await restored.room("room-\(number)", tenant: tenant) != nil)
          }
          let page = try #require(PageRequest(page: "1", perPage: "1"))
          #expect(try await restored.rooms(tenant: tenant, page).total == summary.rooms)
        }
        progress.finish()
        try await group.waitForAll()
      }
    }
  }

  @Test func `a backup is one file for its owner alone and replaces nothing`() async throws {
    try await withFolder { folder in
      let source = folder + "/stoa.db"
      let target = folder + "/copy.db"
      _ = try await SQLiteStore(path: source, now: start)
      _ = try StoreBackup.write(from: source, to: target)

      let mode = try FileManager.default.attributesOfItem(atPath: target)[.posixPermissions]
      #expect((mode as? NSNumber)?.intValue == 0o600)
      let before = try Data(contentsOf: URL(filePath: target))
      #expect(throws: StoreError.self) { try StoreBackup.write(from: source, to: target) }
      #expect(try Data(contentsOf: URL(filePath: target)) == before)
      let left = try FileManager.default.contentsOfDirectory(atPath: folder)
        .filter { $0.contains("copy.db") }
      #expect(left == ["copy.db"])
    }
  }

  @Test func `what is no store, or damaged, gives no backup`() async throws {
    try await withFolder { folder in
      let target = folder + "/copy.db"
      #expect(throws: StoreError.self) {
        try StoreBackup.write(from: folder + "/none.db", to: target)
      }
      let source = folder + "/stoa.db"
      do {
        let store = try await SQLiteStore(path: source, now: start)
        let tenant = try #require(try await store.tenants(forKeys: ["key"], at: start.wall)["key"])
        for number in 0..<500 { _ = try await store.create(Self.room(number, tenant)) }
        try await store.checkpoint()
      }
      var bytes = try Data(contentsOf: URL(filePath: source))
      for offset in stride(from: 8_192, to: bytes.count - 64, by: 4_096) {
        bytes.replaceSubrange(offset..<offset + 32, with: Data(repeating: 0xA5, count: 32))
      }
      let damaged = folder + "/damaged.db"
      try bytes.write(to: URL(filePath: damaged))

      #expect(throws: StoreError.self) { try StoreBackup.write(from: damaged, to: target) }
      #expect(!FileManager.default.fileExists(atPath: target))
      let left = try FileManager.default.contentsOfDirectory(atPath: folder)
      #expect(!left.contains { $0.contains("partial") })
    }
  }

  @Test func `the last heartbeat and the version are read beside a server`() async throws {
    try await withFolder { folder in
      let source = folder + "/stoa.db"
      let store = try await SQLiteStore(path: source, now: start)
      try await store.commit([.alive], at: Timestamp(milliseconds: 1_700_000_005_000))

      #expect(try StoreBackup.lastHeartbeat(source) == 1_700_000_005_000)
      #expect(try StoreBackup.isNewer(source) == false)
    }
  }
}
