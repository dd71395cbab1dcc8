import SFU
import Synchronization

/// Which shards live, how much each carries, and whose the numbers in their events are.
///
/// Shared by all rooms; numbers start at 1 and are never reused while the program runs.
package final class ShardRegistry: Sendable {
  private struct State {
    var lastRoom: UInt32 = 0
    var lastEndpoint: UInt32 = 0
    var lastTrack: UInt32 = 0
    var lastRelay: UInt32 = 0
    var live: Set<ShardNumber> = []
    /// Endpoints and rooms on each shard.
    var load: [ShardNumber: Int] = [:]
    /// Where rooms are.
    var places: [RoomID: ShardNumber] = [:]
    /// Rooms that have to be on one shard.
    var links: [RelayNumber: (RoomID, RoomID)] = [:]
    var rooms: [RoomNumber: RoomID] = [:]
    var endpoints: [EndpointNumber: (room: RoomID, shard: ShardNumber)] = [:]
  }
  private let state = Mutex(State())
  /// Rooms, participants, sockets and what belongs to them, as long as they exist.
  package let live = LiveObjects()

  package init() {}

  package var liveShards: Int { state.withLock { $0.live.count } }

  /// Notes that a shard lives (again); the directory does so on its events.
  package func markLive(_ shard: ShardNumber) { _ = setLive(true, shard) }

  /// Notes that a shard is dead.
  package func markDead(_ shard: ShardNumber) { _ = setLive(false, shard) }

  /// False if that is known already.
  func setLive(_ isLive: Bool, _ shard: ShardNumber) -> Bool {
    state.withLock { state in
      if isLive { return state.live.insert(shard).inserted }
      state.load[shard] = nil
      state.places = state.places.filter { $0.value != shard }
      return state.live.remove(shard) != nil
    }
  }

  /// The live shard that carries least, noted as carrying this room too; `nil` if none lives.
  ///
  /// A room that relays to others, or from them, goes where those are.
  package func place(_ room: RoomID) -> ShardNumber? {
    state.withLock { state in
      let least = state.live.min { a, b in
        (state.load[a, default: 0], a) < (state.load[b, default: 0], b)
      }
      let chosen = Self.placesLinked(to: room, state).values.min() ?? least
      if let chosen {
        state.load[chosen, default: 0] += 1
        state.places[room] = chosen
      }
      return chosen
    }
  }

  /// Notes that a room is on this shard; false, and nothing noted, if the shard is dead.
  func place(_ room: RoomID, on shard: ShardNumber) -> Bool {
    state.withLock { state in
      guard state.live.contains(shard) else { return false }
      state.load[shard, default: 0] += 1
      state.places[room] = shard
      return true
    }
  }

  /// Takes back `place`.
  func unplace(_ room: RoomID, from shard: ShardNumber) {
    state.withLock { state in
      state.places[room] = nil
      Self.lighten(shard, &state)
    }
  }

  /// Notes that a room went from this shard to the one it is noted at now.
  func lighten(_ shard: ShardNumber) { state.withLock { Self.lighten(shard, &$0) } }

  func makeRelay() -> RelayNumber {
    state.withLock { state in
      state.lastRelay &+= 1
      return RelayNumber(state.lastRelay)
    }
  }

  /// Asks for two rooms to be placed on one shard from now on.
  func link(_ relay: RelayNumber, _ a: RoomID, _ b: RoomID) {
    state.withLock { $0.links[relay] = (a, b) }
  }

  func unlink(_ relay: RelayNumber) { state.withLock { $0.links[relay] = nil } }

  /// The rooms that must be on one shard with a room, itself included, and where they are.
  func placesLinked(to room: RoomID) -> [RoomID: ShardNumber] {
    state.withLock { Self.placesLinked(to: room, $0) }
  }

  private static func placesLinked(to room: RoomID, _ state: State) -> [RoomID: ShardNumber] {
    var found: Set<RoomID> = [room]
    var frontier = state.links.isEmpty ? [] : [room]
    while let next = frontier.popLast() {
      for (a, b) in state.links.values where a == next || b == next {
        let other = a == next ? b : a
        if found.insert(other).inserted { frontier.append(other) }
      }
    }
    return state.places.filter { found.contains($0.key) }
  }

  func makeRoom(for room: RoomID) -> RoomNumber {
    state.withLock { state in
      state.lastRoom &+= 1
      let number = RoomNumber(state.lastRoom)
      state.rooms[number] = room
      return number
    }
  }

  func forget(_ room: RoomNumber) { state.withLock { $0.rooms[room] = nil } }

  func makeEndpoint(for room: RoomID, on shard: ShardNumber) -> EndpointNumber {
    state.withLock { state in
      state.lastEndpoint &+= 1
      let number = EndpointNumber(state.lastEndpoint)
      state.endpoints[number] = (room, shard)
      state.load[shard, default: 0] += 1
      return number
    }
  }

  func forget(_ endpoint: EndpointNumber) {
    state.withLock { state in
      guard let known = state.endpoints.removeValue(forKey: endpoint) else { return }
      Self.lighten(known.shard, &state)
    }
  }

  func makeTrack() -> TrackNumber {
    state.withLock { state in
      state.lastTrack &+= 1
      return TrackNumber(state.lastTrack)
    }
  }

  /// The room that an event is about; `nil` for statistics and what is gone.
  func room(of event: ShardEvent) -> RoomID? {
    state.withLock { state in
      switch event {
      case .answered(let endpoint, _), .refused(let endpoint, _), .connected(let endpoint),
        .interrupted(let endpoint), .closed(let endpoint, _), .seated(_, let endpoint, _),
        .unseated(_, let endpoint, _), .seatsNeeded(let endpoint, _):
        state.endpoints[endpoint]?.room
      case .activeSpeaker(let room, _): state.rooms[room]
      case .quality, .statistics: nil
      }
    }
  }

  /// The rooms that these endpoints are in, each with its part.
  func rooms(of qualities: [EndpointQuality]) -> [RoomID: [EndpointQuality]] {
    state.withLock { state in
      var parts: [RoomID: [EndpointQuality]] = [:]
      for quality in qualities {
        guard let room = state.endpoints[quality.endpoint]?.room else { continue }
        parts[room, default: []].append(quality)
      }
      return parts
    }
  }

  /// How many numbers are given out and not taken back; 0 when nobody is in any room.
  package var endpointCount: Int { state.withLock { $0.endpoints.count } }

  private static func lighten(_ shard: ShardNumber, _ state: inout State) {
    guard let load = state.load[shard] else { return }  // it died meanwhile
    state.load[shard] = load > 1 ? load - 1 : nil
  }
}
