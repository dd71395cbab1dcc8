internal import CLinux
internal import Glibc
internal import Signal
internal import UDP
internal import Wire

/// The body of `stoa compose`: one process that records and broadcasts one session.
///
/// Its main thread talks to the server over descriptor 3, one moves media, one composes; each sink has its
/// own. When the server is gone the channel ends; then files are finished, and the process ends.
package enum ComposerMain {
  private static let channelDescriptor: Int32 = 3
  /// Longer than any sink is given to finish.
  private static let lastPatience = Nanoseconds.seconds(30)

  /// Runs until the work is done or the server goes away.
  package static func run() -> Never {
    guard isSocket(channelDescriptor) else {
      complain("stoa compose is started by stoa serve, not by hand")
      stoa_exit(EX_USAGE)
    }
    // They are meant for the server, which ends us in good order.
    signal(SIGINT, SIG_IGN)
    signal(SIGTERM, SIG_IGN)
    signal(SIGPIPE, SIG_IGN)
    do throws(UDPError) {
      let inputs = try Mailbox<ComposerInput>()
      let messages = try Mailbox<ComposerMessage>()
      let intake = PacketIntake()
      let rooms = try Mailbox<RoomConnection>()
      try OSThread.start(named: "pipeline") {
        Pipeline(inputs: inputs, messages: messages, intake: intake, rooms: rooms).run()
      }
      try serve(inputs, messages, intake, rooms)
    } catch {
      complain("\(error)")
      stoa_exit(EX_OSERR)
    }
  }

  private static func serve(
    _ inputs: Mailbox<ComposerInput>, _ messages: Mailbox<ComposerMessage>,
    _ intake: PacketIntake, _ rooms: Mailbox<RoomConnection>
  ) throws(UDPError) -> Never {
    var channel: ControlChannel<ComposerCommand, ComposerEvent>? = ControlChannel(
      channelDescriptor)
    var poll = PollSet()
    var limit = MonotonicTime.distantFuture
    var isDone = false
    // Nobody waits for a room that was never looked for.
    var hasLeft = true
    while MonotonicTime.now < limit {
      poll.removeAll()
      poll.add(channel?.descriptor ?? -1, forWriting: channel?.hasOutput ?? false)
      poll.add(messages.descriptor)
      try poll.wait(until: limit)
      do throws(ControlChannel<ComposerCommand, ComposerEvent>.Failure) {
        if poll.isReadable(0) {
          try channel?.receive { command in
            if case .configure(let configuration) = command {
              hasLeft = false
              join(configuration, inputs, messages, intake, rooms)
            }
            inputs.post(.command(command))
          }
        }
        for message in messages.drain() {
          switch message {
          case .event(let event): try channel?.append(event)
          case .done: isDone = true
          case .left: hasLeft = true
          }
        }
        try channel?.flush()
      } catch {
        switch error {
        case .ended: break
        case .malformed(let what): complain("the server wrote \(what)")
        case .unread: complain("the server does not read what its composer says")
        }
        channel = nil
        limit = min(limit, MonotonicTime.now + lastPatience)
        inputs.post(.serverGone)
      }
      if isDone {
        // A second for the last events to be read, and for the room to hear that we go.
        limit = min(limit, MonotonicTime.now + .seconds(1))
        if hasLeft, channel?.hasOutput != true { stoa_exit(EX_OK) }
      }
    }
    stoa_exit(isDone ? EX_OK : EX_SOFTWARE)
  }

  private static func join(
    _ configuration: ComposerConfiguration, _ inputs: Mailbox<ComposerInput>,
    _ messages: Mailbox<ComposerMessage>, _ intake: PacketIntake,
    _ rooms: Mailbox<RoomConnection>
  ) {
    do {
      let connection = try RoomConnection(configuration, inputs: inputs, intake: intake)
      rooms.post(connection)
      // Lives as long as the process, which the pipeline ends.
      Task {
        await connection.run()
        messages.post(.left)
      }
    } catch {
      complain("no media thread: \(error)")
      stoa_exit(EX_OSERR)
    }
  }

  // MARK: System

  private static func isSocket(_ descriptor: Int32) -> Bool {
    var type: Int32 = 0
    var length = socklen_t(MemoryLayout<Int32>.size)
    return getsockopt(descriptor, SOL_SOCKET, SO_TYPE, &type, &length) == 0
  }

  /// Goes to the server's log, line by line.
  private static func complain(_ text: String) {
    let line = Array("\(text)\n".utf8)
    _ = line.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
  }
}
