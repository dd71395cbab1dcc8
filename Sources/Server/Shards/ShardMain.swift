import CLinux
import FoundationEssentials
import Glibc
import RTC
import SFU
import UDP
import Wire

/// The body of `stoa shard`: one media process.
///
/// Its main thread talks to the server over descriptor 3, a second one moves media. When the
/// server is gone the channel ends, and so does the process; a death signal from the kernel would
/// come too early, as that follows the *thread* that started us.
package enum ShardMain {
  private static let channelDescriptor: Int32 = 3
  /// Often enough that a few may be late within `ShardLife.silenceLimit`.
  private static let beatInterval = Nanoseconds.milliseconds(250)

  /// Runs until the server goes away or the process has to give up.
  package static func run(_ options: ShardOptions) -> Never {
    guard isSocket(channelDescriptor) else {
      complain("stoa shard is started by stoa serve, not by hand")
      stoa_exit(EX_USAGE)
    }
    do throws(UDPError) {
      let commands = try Mailbox<ShardCommand>()
      let reports = try Mailbox<ShardReport>()
      let pulse = Pulse()
      try OSThread.start(named: "media") {
        reports.post(runMedia(options, commands, reports, pulse))
      }
      try serve(commands, reports, pulse)
    } catch {
      complain("\(error)")
      stoa_exit(EX_OSERR)
    }
  }

  // MARK: Main thread

  private static func serve(
    _ commands: Mailbox<ShardCommand>, _ reports: Mailbox<ShardReport>, _ pulse: Pulse
  ) throws(UDPError) -> Never {
    let channel = ControlChannel<ShardCommand, ShardReport>(channelDescriptor)
    var poll = PollSet()
    var nextBeat = MonotonicTime.now
    while true {
      poll.removeAll()
      poll.add(channel.descriptor, forWriting: channel.hasOutput)
      poll.add(reports.descriptor)
      try poll.wait(until: nextBeat)
      do throws(ControlChannel<ShardCommand, ShardReport>.Failure) {
        if poll.isReadable(0) {
          var isOverrun = false
          let receive = { (command: ShardCommand) in
            if !commands.post(command) { isOverrun = true }
          }
          try channel.receive(receive)
          if isOverrun { throw .unread }
        }
        for report in reports.drain() {
          try channel.append(report)
          guard case .failed(let reason, _) = report else { continue }
          try channel.flush()
          complain(reason)
          stoa_exit(EX_UNAVAILABLE)
        }
        let now = MonotonicTime.now
        if now >= nextBeat {
          if pulse.hasBeaten() { try channel.append(.alive) }
          nextBeat = now + beatInterval
        }
        try channel.flush()
      } catch {
        switch error {
        case .ended: stoa_exit(EX_OK)
        case .malformed(let what): complain("the server wrote \(what)")
        case .unread: complain("the server and this shard cannot keep up with each other")
        }
        stoa_exit(EX_PROTOCOL)
      }
    }
  }

  // MARK: Media thread

  /// Runs the media loop; what it returns ends the process.
  private static func runMedia(
    _ options: ShardOptions, _ commands: Mailbox<ShardCommand>, _ reports: Mailbox<ShardReport>,
    _ pulse: Pulse
  ) -> ShardReport {
    do throws(UDPError) {
      let socket = try MediaSocket(bind: options.bind, port: options.port)
      warnOfSmallBuffers(socket.receiveBuffer)
      let candidates = CandidateAddresses.list(
        bound: socket.localAddresses,
        interfaces: InterfaceAddresses.current(includingLoopback: true), options: options)
      let configuration = ShardConfiguration(
        candidates: candidates, unixSeconds: Int64(Date.now.timeIntervalSince1970))
      var shard: Shard
      do throws(DTLSFailure) {
        shard = try Shard(configuration: configuration, at: .now, wallClock: .now)
      } catch {
        return .failed(reason: "no DTLS certificate: \(error)", isConfiguration: false)
      }
      reports.post(.ready(port: socket.port))
      var thread = ShardThread(
        socket: socket, commands: commands, reports: reports, pulse: pulse)
      try thread.run(&shard)
      return .failed(reason: "stopped", isConfiguration: false)
    } catch {
      let isConfiguration = error.operation == .bind || error.operation == .listen
      return .failed(reason: "\(error)", isConfiguration: isConfiguration)
    }
  }

  /// Below a megabyte a burst of keyframes is lost while we forward the one before.
  private static func warnOfSmallBuffers(_ size: Int) {
    guard size < 1 << 20 else { return }
    complain(
      "the kernel holds only \(size >> 10) KiB of unread datagrams for this socket; "
        + "raise it with: sysctl net.core.rmem_max=\(UDPSocket.bufferSize)")
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
