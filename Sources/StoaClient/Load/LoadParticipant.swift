import Wire

/// One bot of a load run, and how it fared.
struct LoadParticipant: Sendable {
  var bot: BotSession
  var receiver: LoadReceiver
  var loop: MediaLoop
  /// Its number among the publishers; `nil` for subscribers.
  var source: UInt32?
  /// Its video's position among the sending lines.
  var videoSender: Int
  var joinTime: Nanoseconds
  var connectTime: Nanoseconds

  /// Counters at one moment.
  struct Reading: Sendable {
    var totals = PeerTotals()
    /// Stamped packets made so far.
    var stamped: UInt64 = 0
    var worstLag = Nanoseconds.zero
    var isConnected = false
  }

  func reading() async -> Reading {
    let id = await bot.currentPeer
    let sender = videoSender
    let reading = try? await loop.perform { thread in
      var reading = Reading()
      guard let peer = thread.peer(id) else { return reading }
      reading.totals = peer.totals
      reading.stamped = peer.stampedPackets(sender) ?? 0
      reading.worstLag = peer.worstLag
      reading.isConnected = peer.connection.state == .connected
      return reading
    }
    return reading ?? Reading()
  }
}
