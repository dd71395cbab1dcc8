import SFU
import UDP
import Wire

/// Drives one `Shard` on one thread: the only media-plane code that sees a socket or a clock.
struct ShardThread: ~Copyable {
  /// The loop goes round at least this often, so that a silent one is known to be stuck.
  private static let longestSleep = Nanoseconds.milliseconds(100)
  /// Inboxes emptied before timers and events have their turn, however much still arrives.
  private static let maximumRounds = 8

  private var socket: MediaSocket
  private let commands: Mailbox<ShardCommand>
  private let reports: Mailbox<ShardReport>
  private let pulse: Pulse

  init(
    socket: consuming MediaSocket, commands: Mailbox<ShardCommand>,
    reports: Mailbox<ShardReport>, pulse: Pulse
  ) {
    self.socket = socket
    self.commands = commands
    self.reports = reports
    self.pulse = pulse
  }

  /// Runs until `commands` is closed.
  ///
  /// - Throws: what the sockets cannot recover from.
  mutating func run(_ shard: inout Shard) throws(UDPError) {
    var inbox = Inbox()
    var outbox = Outbox()
    while true {
      pulse.beat()
      let sleep = min(shard.deadline, MonotonicTime.now + Self.longestSleep)
      let hasCommands = try socket.wait(until: sleep, orWokenBy: commands)
      var now = MonotonicTime.now  // one reading per batch
      if hasCommands {
        for command in commands.drain() {
          shard.handle(command, at: now, into: &outbox)
          if outbox.isFull { socket.send(&outbox, at: now) }
        }
        if commands.isClosed { return }
      }
      for _ in 0..<Self.maximumRounds {
        try socket.receive(into: &inbox, at: now)
        for index in inbox.indices {
          let address = inbox.address(index)
          var datagram = inbox.datagram(index)
          shard.handle(&datagram, from: address, at: now, into: &outbox)
          if outbox.isFull { socket.send(&outbox, at: now) }
        }
        // True: a large room has filled the outbox and is not through.
        while shard.forward(at: now, into: &outbox) { socket.send(&outbox, at: now) }
        socket.send(&outbox, at: now)
        guard socket.isReady else { break }
        now = .now
      }
      shard.handleTimeouts(at: now, into: &outbox)
      socket.send(&outbox, at: now)
      publish(shard.takeEvents())
    }
  }

  private func publish(_ events: [ShardEvent]) {
    for event in events {
      var event = event
      if case .statistics(var statistics) = event {
        statistics.addSocketDrops(socket.datagrams, socket.connections)
        event = .statistics(statistics)
      }
      // Without a reader for 65,536 events the process is of no use: let it be found stuck.
      if !reports.post(.event(event)) { pulse.stop() }
    }
  }
}

extension ShardStatistics {
  /// Adds what the sockets refused to what the shard did.
  fileprivate mutating func addSocketDrops(
    _ datagrams: UDPSocket.Counters, _ connections: TCPListener.Counters?
  ) {
    let counts: [(String, UInt64)] = [
      ("socketOversized", datagrams.oversized),
      ("socketBackpressure", datagrams.droppedByBackpressure),
      ("socketUnsendable", datagrams.unsendable),
      ("tcpUnread", connections?.dropped ?? 0),
      ("tcpRefused", connections?.refused ?? 0),
      ("tcpExpired", connections?.expired ?? 0),
    ]
    for (name, count) in counts where count > 0 { drops[name] = count }
  }
}
