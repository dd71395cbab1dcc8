import Control
import Foundation
import Signal
import Testing

@Suite struct KeyTests {
  private func withFile(_ body: (String) async throws -> Void) async throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try await body(folder.appending(path: "stoa.db").path)
  }

  private func code(_ body: () async throws -> Void) async -> String? {
    do {
      try await body()
      return nil
    } catch let error as ControlError {
      return error.code
    } catch {
      return "\(error)"
    }
  }

  private func token(_ key: KeyResource, _ server: DirectoryHarness) async throws -> String {
    let secret = try #require(key.secret)
    return try await TokenSigner(APIKey(key: key.key, secret: secret))
      .token(validFor: 3_600, at: server.clock.now.wall)
  }

  @Test func `a key works as soon as it is made, with rooms of its own`() async throws {
    let server = try await DirectoryHarness()
    let directory = server.directory
    let mine = try await server.makeRoom("mine")
    let key = try await directory.createKey(.init(name: "Web shop"), server.access())

    #expect(key.key.count == 24 && key.secret?.utf8.count == 64)
    #expect(key.name == "Web shop" && !key.isAdmin)
    let access = try directory.authorize(header: try await token(key, server))
    #expect(access.tenant.rawValue == key.tenantId && !access.isAdmin)
    #expect(try await directory.rooms(.first, access).data == [])
    #expect(await code { _ = try await directory.room(mine, access) } == "ROOM_NOT_FOUND")

    let twin = try await directory.createKey(
      .init(name: "Twin", tenantId: key.tenantId, isAdmin: true), server.access())
    let room = try await directory.createRoom(.init(), access).roomId
    let other = try directory.authorize(header: try await token(twin, server))
    #expect(other.isAdmin)
    #expect(try await directory.room(room, other).roomId == room)
    #expect(key.secret != twin.secret)
  }

  @Test func `keys are listed without their secrets`() async throws {
    let server = try await DirectoryHarness()
    _ = try await server.directory.createKey(.init(name: "Web shop"), server.access())
    let page = try await server.directory.keys(.first, server.access())
    #expect(page.pageInfo.total == 3)
    #expect(page.data.map(\.name) == ["configuration", "configuration", "Web shop"])
    #expect(page.data.allSatisfy { $0.secret == nil })
    #expect(!String(decoding: SignalJSON.encode(page), as: UTF8.self).contains("secret"))
  }

  @Test func `a key needs a name, and a tenant that exists`() async throws {
    let server = try await DirectoryHarness()
    for request in [
      CreateKeyRequest(name: ""), CreateKeyRequest(name: "two\nlines"),
      CreateKeyRequest(name: String(repeating: "x", count: 101)),
    ] {
      #expect(
        await code { _ = try await server.directory.createKey(request, server.access()) }
          == "INVALID_PARAMETER")
    }
    let stray = CreateKeyRequest(name: "x", tenantId: "nobody")
    #expect(
      await code { _ = try await server.directory.createKey(stray, server.access()) }
        == "TENANT_NOT_FOUND")
    #expect(try await server.directory.keys(.first, server.access()).pageInfo.total == 2)
  }

  @Test func `a revoked key opens nothing, and its participants are taken out`() async throws {
    let server = try await DirectoryHarness()
    let directory = server.directory
    let key = try await directory.createKey(.init(name: "Web shop"), server.access())
    let token = try await token(key, server)
    let room = try await directory.createRoom(
      .init(), directory.authorize(header: token)
    ).roomId
    let ann = server.connect()
    await ann.send(
      .join(
        id: 1,
        JoinRequest(
          token: token, meetingID: room, participantID: "ann", mode: .signallingOnly)))
    _ = try await ann.joined()
    // Whose offer no shard has answered.
    let bob = server.connect()
    await bob.send(
      .join(
        id: 1, JoinRequest(token: token, meetingID: room, participantID: "bob", offer: "v=0")))
    let mine = try await server.join(try await server.makeRoom(), "eve", mode: .signallingOnly)
    _ = try await mine.joined()

    let revoked = try await directory.revokeKey(key.key, server.access())

    #expect(revoked.revokedAt == server.clock.now.wall && revoked.secret == nil)
    #expect(await code { _ = try directory.authorize(header: token) } == "INVALID_API_KEY")
    let told = try await ann.messages { _ in false }
    #expect(
      told.contains { if case .event(_, .meetingLeft(.unknown)) = $0 { true } else { false } })
    #expect(told.contains { if case .error(let e) = $0 { e.code == 4001 } else { false } })
    #expect(try await bob.closeCode() == 4001)
    #expect(server.directory.usage.participants(of: key.key) == 0)
    #expect(server.directory.usage.participants(of: "key") == 1)

    let late = server.connect()
    await late.send(
      .join(id: 1, JoinRequest(token: token, meetingID: room, mode: .signallingOnly)))
    #expect(try await late.closeCode() == 4001)
    #expect(
      try await directory.revokeKey(key.key, server.access()).revokedAt == revoked.revokedAt)
  }

  @Test func `the configuration's key and unknown ones cannot be revoked`() async throws {
    let server = try await DirectoryHarness()
    #expect(
      await code { _ = try await server.directory.revokeKey("key", server.access()) } == "CONFLICT")
    #expect(
      await code { _ = try await server.directory.revokeKey("nobody", server.access()) }
        == "KEY_NOT_FOUND")
  }

  @Test func `what another process does with keys is noticed at the next tick`() async throws {
    try await withFile { path in
      let server = try await DirectoryHarness(path: path)
      let beside = try await SQLiteStore(besideServer: path)
      let room = try await server.makeRoom("daily")
      let tenant = try await server.directory.room(room, server.access()).user?.id ?? ""
      let now = server.clock.now.wall
      let key = KeyRecord.random(name: "cli", tenant: TenantID(tenant), isAdmin: false, at: now)
      let audit = AuditRecord(
        time: now, tenant: key.tenant, actor: "command line", action: .keyCreated, target: key.key)
      #expect(try await beside.create(key, inNewTenant: false, audit))
      let token = try await token(KeyResource(of: key, secret: key.secret), server)
      #expect(
        await code { _ = try server.directory.authorize(header: token) } == "INVALID_API_KEY")

      await server.directory.tick()
      #expect(try server.directory.authorize(header: token).apiKey == key.key)
      let ann = server.connect()
      await ann.send(
        .join(
          id: 1,
          JoinRequest(
            token: token, meetingID: room, participantID: "ann", mode: .signallingOnly)))
      _ = try await ann.joined()

      #expect(try await beside.revoke(key: key.key, by: "command line", at: now) != nil)
      await server.directory.tick()
      #expect(try await ann.closeCode() == 4001)
      #expect(
        await code { _ = try server.directory.authorize(header: token) } == "INVALID_API_KEY")
    }
  }

  @Test func `a store opened beside a server closes none of its sessions`() async throws {
    try await withFile { path in
      let server = try await DirectoryHarness(path: path)
      let ann = try await server.join(try await server.makeRoom(), "ann", mode: .signallingOnly)
      let session = try #require(try await ann.joined()).sessionID
      _ = try await SQLiteStore(besideServer: path)
      #expect(try await server.directory.session(session, server.access()).status == .ongoing)
    }
  }

  @Test func `the last use is written once a minute at most`() async throws {
    let server = try await DirectoryHarness()
    func lastUse() async throws -> Timestamp? {
      try await server.store.keys().records.first { $0.key == "other" }?.lastUsedAt
    }
    func use() async throws {
      let now = server.clock.now.wall
      _ = try server.directory.authorize(
        header: server.otherSigner.token(validFor: 3_600, at: now))
      await server.directory.tick()
    }
    #expect(try await lastUse() == nil)
    let first = server.clock.now.wall
    try await use()
    #expect(try await lastUse() == first)
    server.clock.advance(59_999)
    try await use()
    #expect(try await lastUse() == first)
    server.clock.advance(1)
    try await use()
    #expect(try await lastUse() == server.clock.now.wall)
    // What is refused is no use.
    #expect(await code { _ = try server.directory.authorize(header: "x.y.z") } != nil)
  }

  @Test func `an older answer of the store does not bring a revoked key back`() async throws {
    let ring = KeyRing(configured: [:])
    let key = KeyRecord.random(
      name: "k", tenant: TenantID("t"), isAdmin: false, at: Timestamp(milliseconds: 0))
    var revoked = key
    revoked.revokedAt = Timestamp(milliseconds: 1)
    #expect(try await ring.replace([key], version: 2) == [])
    #expect(ring.holds(key.key))
    #expect(try await ring.replace([revoked], version: 3) == [key.key])
    #expect(try await ring.replace([key], version: 2) == [])
    #expect(!ring.holds(key.key))
  }

  @Test func `privileged acts leave a record, once each`() async throws {
    let server = try await DirectoryHarness()
    let directory = server.directory
    let access = try server.access()
    let key = try await directory.createKey(.init(name: "Web shop"), access)
    _ = try await directory.revokeKey(key.key, access)
    _ = try await directory.revokeKey(key.key, access)
    let room = try await server.makeRoom()
    let ann = try await server.join(room, "ann", mode: .signallingOnly)
    let session = try #require(try await ann.joined()).sessionID
    _ = try await server.join(room, "bob", mode: .signallingOnly)
    _ = try await directory.removeParticipant(.init(participantId: "bob", roomId: room), access)
    _ = try await directory.endSession(.init(roomId: room), access)
    _ = try await directory.deactivateRoom(.init(roomId: room), access)
    _ = try await directory.deactivateRoom(.init(roomId: room), access)
    #expect(
      await code { _ = try await directory.endSession(.init(roomId: room), access) } != nil)

    let records = try await directory.audit(.first, access).data.reversed()
    #expect(
      records.map(\.action) == [
        "key.created", "key.revoked", "participant.removed", "session.ended", "room.disabled",
      ])
    #expect(records.map(\.target) == [key.key, key.key, "bob", session, room])
    #expect(records.allSatisfy { $0.actor == "key" && $0.time == server.clock.now.wall })

    // A key that is no admin sees its own tenant's.
    let other = try directory.authorize(
      header: server.otherSigner.token(validFor: 60, at: server.clock.now.wall))
    #expect(try await directory.audit(.first, other).data == [])
  }
}
