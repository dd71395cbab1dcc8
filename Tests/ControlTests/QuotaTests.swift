import Control
import Signal
import Testing
import Wire

@Suite struct QuotaTests {
  private func time(_ milliseconds: Int64) -> MonotonicTime {
    MonotonicTime(nanoseconds: milliseconds * 1_000_000)
  }

  @Test func `a bucket gives five seconds' worth at once and its rate for long`() {
    var bucket = TokenBucket(rate: 10)
    var taken = 0
    while bucket.take(at: time(0)) == nil { taken += 1 }
    #expect(taken == 50)
    for second in 1...20 {
      for _ in 0..<20 where bucket.take(at: time(Int64(second) * 1_000)) == nil { taken += 1 }
    }
    #expect(taken == 50 + 200)
    // A minute's rest gives no more than five seconds' worth.
    taken = 0
    while bucket.take(at: time(80_000)) == nil { taken += 1 }
    #expect(taken == 50)
    #expect(bucket.take(at: time(80_000)).map { $0.milliseconds } == 100)
    #expect(bucket.take(at: time(80_101)) == nil)
  }

  @Test func `a rate of nought is no limit`() {
    var bucket = TokenBucket(rate: 0)
    #expect((0..<10_000).allSatisfy { _ in bucket.take(at: time(0)) == nil })
  }

  private func refusal(_ body: () async throws -> Void) async -> ControlError? {
    do {
      try await body()
      return nil
    } catch {
      return error as? ControlError
    }
  }

  @Test func `a key that asks too often is told when to come back, others are not`() async throws {
    var quotas = QuotaLimits.standard
    quotas.requestsPerSecond = 2
    let server = try await DirectoryHarness(quotas: quotas)
    let token = try server.token()
    for _ in 0..<10 { _ = try server.directory.authorize(header: token) }
    let error = await refusal { _ = try server.directory.authorize(header: token) }
    #expect(error?.statusCode == 429)
    #expect(error?.code == "QUOTA_EXCEEDED")
    #expect(error?.retryAfterSeconds == 1)
    _ = try server.directory.authorize(
      header: server.otherSigner.token(validFor: 60, at: server.clock.now.wall))
    // What is not signed by the key uses nothing of its share.
    server.clock.advance(500)
    for _ in 0..<100 {
      _ = await refusal { _ = try server.directory.authorize(header: token + "A") }
    }
    _ = try server.directory.authorize(header: token)
  }

  @Test func `rooms that are not disabled are counted`() async throws {
    var quotas = QuotaLimits.standard
    quotas.roomsPerTenant = 2
    let server = try await DirectoryHarness(quotas: quotas)
    let directory = server.directory
    let access = try server.access()
    let first = try await server.makeRoom("a")
    _ = try await server.makeRoom()
    #expect(await refusal { _ = try await server.makeRoom() }?.statusCode == 429)
    #expect(try await server.makeRoom("a") == first)
    let other = try directory.authorize(
      header: server.otherSigner.token(validFor: 60, at: server.clock.now.wall))
    _ = try await directory.createRoom(.init(), other)

    _ = try await directory.setRoomStatus(first, .init(status: .disabled), access)
    _ = try await directory.setRoomStatus(first, .init(status: .disabled), access)
    _ = try await server.makeRoom()
    #expect(await refusal { _ = try await server.makeRoom() }?.statusCode == 429)
    #expect(
      await refusal {
        _ = try await directory.setRoomStatus(first, .init(status: .enabled), access)
      }?.statusCode == 429)
    #expect(try await directory.room(first, access).disabled)
  }

  @Test func `participants of a key are counted over all rooms`() async throws {
    var quotas = QuotaLimits.standard
    quotas.participantsPerKey = 2
    let server = try await DirectoryHarness(quotas: quotas)
    let (one, two) = (try await server.makeRoom(), try await server.makeRoom())
    let ann = try await server.join(one, "ann", mode: .signallingOnly)
    _ = try await ann.joined()
    _ = try await server.join(two, "bob", mode: .signallingOnly).joined()

    let eve = try await server.join(two, "eve", mode: .signallingOnly)
    #expect(try await eve.closeCode() == 4429)
    // Whoever is there already may come back from elsewhere.
    _ = try await server.join(two, "bob", mode: .signallingOnly).joined()
    await ann.send(.request(id: 2, .leave))
    #expect(try await ann.closeCode() == 1000)
    _ = try await server.join(two, "eve", mode: .signallingOnly).joined()
    #expect(server.directory.usage.participants(of: "key") == 2)
  }

  @Test func `messages are counted for each participant, and for the room`() throws {
    var quotas = QuotaLimits.standard
    quotas.messagesPerSecond = 2
    quotas.roomMessagesPerSecond = 3
    var room = try RoomHarness(quotas: quotas)
    let ann = room.join("ann", mode: .signallingOnly)
    let bob = room.join("bob", mode: .signallingOnly)
    func publish(_ connection: ConnectionID, _ ids: ClosedRange<Int>) {
      for id in ids { room.request(.publish(.init(topic: "t", message: "m")), id: id, connection) }
    }
    func codes(_ connection: ConnectionID) -> [Int] {
      room.received[connection, default: []].compactMap {
        if case .error(let error) = $0 { error.code } else { nil }
      }
    }
    publish(ann, 2...11)
    #expect(codes(ann) == [])
    publish(ann, 12...12)
    #expect(codes(ann) == [4429])
    publish(bob, 2...6)
    #expect(codes(bob) == [])
    publish(bob, 7...7)
    #expect(codes(bob) == [4429])

    room.advance(1_000)
    publish(ann, 13...15)
    #expect(codes(ann) == [4429, 4429])
    publish(bob, 8...9)
    #expect(codes(bob) == [4429, 4429])
  }
}
