import UDP
import Wire

/// The processes of one kind that one thread waits for at once, each under a key of its own.
///
/// It hands out what happened to them in its order; what follows from that is its supervisor's.
struct ChildProcesses<Key: Hashable, Report: Decodable, Command: Encodable> {
  typealias Process = ChildProcess<Report, Command>

  /// What became of a process since the last look at it.
  enum Happening {
    /// It wrote a line for people to read.
    case line(String)
    case report(Report)
    /// It closed its channel, and can be told nothing more; its end has a reason to tell.
    case closed
    /// It wrote what is no report, described.
    case malformed(String)
    /// It wrote more than is kept.
    case unread
    /// It is gone, and forgotten here.
    case ended(ProcessExit, processID: Int32)
  }

  private struct Entry {
    let process: Process
    /// Where its descriptors stood in the last wait; `nil` before the first.
    var places: (channel: Int, errors: Int, end: Int)?
  }

  /// How often ends are looked for where the kernel cannot tell of them.
  private static var reapInterval: Nanoseconds { .milliseconds(100) }
  /// Lines of a process that a log takes in a second.
  private static var linesPerSecond: Int { 100 }

  private var entries: [Key: Entry] = [:]
  private var poll = PollSet()
  private var linesLogged: [Key: Int] = [:]
  private var allowsLinesAgainAt = MonotonicTime.now

  var isEmpty: Bool { entries.isEmpty }

  /// The number of the process under a key, `nil` if there is none.
  func processID(of key: Key) -> Int32? { entries[key]?.process.id }

  /// Starts a process and keeps it under `key`.
  ///
  /// - Parameter arguments: its own name first.
  /// - Returns: its number.
  /// - Throws: `process` if the system refuses.
  mutating func start(
    _ key: Key, executable: String, arguments: [String]
  ) throws(UDPError) -> Int32 {
    let process = try Process(executable: executable, arguments: arguments)
    entries[key] = Entry(process: process)
    return process.id
  }

  func kill(_ key: Key) { entries[key]?.process.kill() }

  /// The process takes this as the order to end.
  func closeChannel(of key: Key) { entries[key]?.process.closeChannel() }

  /// Queues a command; does nothing where there is no process, or none that listens.
  ///
  /// - Throws: what the channel says if it holds too much already.
  func send(_ command: Command, to key: Key) throws(Process.Channel.Failure) {
    try entries[key]?.process.channel?.append(command)
  }

  /// Writes as much of what is queued as the process takes now.
  func flush(_ key: Key) throws(Process.Channel.Failure) {
    guard let channel = entries[key]?.process.channel, channel.hasOutput else { return }
    try channel.flush()
  }

  /// Whether one more line of a process may go into the log in this second.
  mutating func mayLogLine(of key: Key) -> Bool {
    let now = MonotonicTime.now
    if now >= allowsLinesAgainAt {
      linesLogged.removeAll(keepingCapacity: true)
      allowsLinesAgainAt = now + .seconds(1)
    }
    linesLogged[key, default: 0] += 1
    return linesLogged[key, default: 0] <= Self.linesPerSecond
  }

  // MARK: Waiting

  /// Sleeps until a process says something or ends, `descriptor` is readable, or it is `deadline`.
  ///
  /// - Parameter descriptor: another one to wait for; ignored if negative.
  /// - Returns: whether `descriptor` is readable.
  /// - Throws: `poll` if the system cannot wait.
  mutating func wait(or descriptor: Int32, until deadline: MonotonicTime) throws(UDPError) -> Bool {
    poll.removeAll()
    var deadline = deadline
    for (key, entry) in entries {
      let process = entry.process
      let channel = process.channel
      entries[key]?.places = (
        channel: poll.add(channel?.descriptor ?? -1, forWriting: channel?.hasOutput ?? false),
        errors: poll.add(process.openErrorDescriptor), end: poll.add(process.endDescriptor)
      )
      if process.endDescriptor < 0 { deadline = min(deadline, .now + Self.reapInterval) }
    }
    let index = poll.add(descriptor)
    try poll.wait(until: deadline)
    return poll.isReadable(index)
  }

  /// Waits a moment for those that were told to end, and kills them once it is `limit`.
  mutating func waitForEnds(killingAt limit: MonotonicTime) {
    let now = MonotonicTime.now
    if now >= limit { for entry in entries.values { entry.process.kill() } }
    _ = try? wait(or: -1, until: now + Self.reapInterval)  // then look again, whatever it was
  }

  /// Takes in all that a process said since the last `wait`, and its end after that.
  mutating func happenings(of key: Key) -> [Happening] {
    guard let entry = entries[key], let places = entry.places else { return [] }
    let process = entry.process
    var happenings: [Happening] = []
    if poll.isReadable(places.errors) { happenings += process.readLines().map { .line($0) } }
    if poll.isReadable(places.channel) { Self.receive(from: process, into: &happenings) }
    guard process.endDescriptor < 0 || poll.isReadable(places.end),
      let exit = process.exit()
    else { return happenings }
    // What it said between our look at its channel and its end.
    Self.receive(from: process, into: &happenings)
    happenings += process.readLines().map { .line($0) }
    happenings.append(.ended(exit, processID: process.id))
    entries[key] = nil
    return happenings
  }

  private static func receive(from process: Process, into happenings: inout [Happening]) {
    guard let channel = process.channel else { return }
    do throws(Process.Channel.Failure) {
      try channel.receive { happenings.append(.report($0)) }
    } catch {
      switch error {
      case .ended:
        process.closeChannel()
        happenings.append(.closed)
      case .malformed(let what): happenings.append(.malformed(what))
      case .unread: happenings.append(.unread)
      }
    }
  }
}
