internal import Synchronization

/// One server of a broadcast: its queue and the loop of its thread.
final class RTMPOutput: Sendable {
  /// Four seconds at 8 Mbit/s: what is older is not live any more.
  static let queueBytes = 4 << 20
  /// The same of small packets: four seconds of 30 pictures and 47 frames of sound each, with room.
  static let queuePackets = 512

  let queue: PacketQueue
  let written = Atomic<Int>(0)
  private let index: Int
  private let target: RTMPTarget
  private let tracks: [EncodedTrack]
  private let settings: RTMPSettings
  private let events: SinkEvents<RTMPEvent>
  private let wantsKeyframe: @Sendable () -> Void
  private let isLive = Atomic<Bool>(false)
  private let cancellation = RTMPConnection.Cancellation()

  init(
    index: Int, target: RTMPTarget, tracks: [EncodedTrack], settings: RTMPSettings,
    events: SinkEvents<RTMPEvent>, wantsKeyframe: @escaping @Sendable () -> Void
  ) {
    self.index = index
    self.target = target
    self.tracks = tracks
    self.settings = settings
    self.events = events
    self.wantsKeyframe = wantsKeyframe
    queue = PacketQueue(
      tracks: tracks, maximumBytes: Self.queueBytes, maximumPackets: Self.queuePackets)
    queue.suspend()
  }

  /// Ends the broadcast after what is queued, or at once if it is off the air.
  func close() {
    queue.close()
    if !isLive.load(ordering: .relaxed) {
      cancellation.isCancelled.store(true, ordering: .relaxed)
    }
  }

  func run() {
    guard let location = RTMPLocation(target) else {
      post(.failed(.malformedURL))
      return
    }
    var retry = RTMPRetry()
    while !queue.isClosedNow {
      post(.connecting)
      do throws(RTMPFailure) {
        let connection = try RTMPConnection(
          to: location, address: target.address, tracks: tracks, settings: settings,
          cancellation: cancellation)
        try broadcast(over: connection, &retry)
        break
      } catch {
        queue.suspend()
        let decision = retry.handle(
          error, now: Double(RTMPConnection.now) / 1e9, random: .random(in: 0..<1))
        guard case .retry(let seconds) = decision else {
          post(.failed(error))
          return
        }
        post(.retrying(error))
        if queue.waitForClose(atMost: Int(seconds * 1000)) { break }
      }
    }
    post(.ended)
  }

  /// Sends until there is nothing more to send.
  private func broadcast(
    over connection: RTMPConnection, _ retry: inout RTMPRetry
  ) throws(RTMPFailure) {
    var interleaver = PacketInterleaver(tracks: tracks)
    var hasSent = false
    isLive.store(true, ordering: .relaxed)
    defer { isLive.store(false, ordering: .relaxed) }
    queue.resume()
    wantsKeyframe()
    while true {
      let taken = queue.take(waitingAtMost: 1000)
      if taken.followsDrop { wantsKeyframe() }
      var ready: [EncodedPacket] = []
      for packet in taken.packets { interleaver.add(packet, into: &ready) }
      if taken.isLast { interleaver.drain(into: &ready) }
      for packet in ready {
        try connection.write(packet)
        if !hasSent {
          hasSent = true
          retry.becameLive()
          post(.live)
        }
      }
      written.add(ready.count, ordering: .relaxed)
      if taken.isLast { return }
    }
  }

  private func post(_ state: RTMPEvent.State) {
    events.post(RTMPEvent(index: index, state: state))
  }
}
