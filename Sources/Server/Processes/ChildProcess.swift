import CLinux
import Glibc
import UDP

/// How a process ended.
enum ProcessExit: Equatable, CustomStringConvertible {
  case status(Int32)
  case signal(Int32)

  var description: String {
    switch self {
    case .status(let code): "ended with status \(code)"
    case .signal(let number): "was killed by signal \(number)"
    }
  }
}

/// A started process of ours, as its parent holds it: the channel, what it says, and its end.
final class ChildProcess<Report: Decodable, Command: Encodable> {
  typealias Channel = ControlChannel<Report, Command>

  let id: Int32
  /// `nil` once it ended or was closed.
  private(set) var channel: Channel?
  /// Readable when the process has ended; -1 on kernels before 5.3.
  let endDescriptor: Int32
  let errorDescriptor: Int32
  private var lines = LineSplitter()
  private var isErrorOpen = true
  private var isReaped = false

  /// Starts `executable` with these arguments, its own name first.
  ///
  /// - Throws: `process` if the system refuses.
  init(executable: String, arguments: [String]) throws(UDPError) {
    var channel: [Int32] = [-1, -1]
    var errors: [Int32] = [-1, -1]
    try Self.check(stoa_socket_pair(&channel), "socketpair")
    let piped = stoa_pipe(&errors)
    guard piped >= 0 else {
      for descriptor in channel { close(descriptor) }
      throw UDPError(.process, code: -piped, subject: "pipe")
    }
    let id = Self.spawn(executable, arguments, control: channel[1], errors: errors[1])
    close(channel[1])
    close(errors[1])
    guard id > 0 else {
      close(channel[0])
      close(errors[0])
      throw UDPError(.process, code: -id, subject: executable)
    }
    self.id = id
    self.channel = Channel(channel[0])
    stoa_set_nonblocking(errors[0])
    errorDescriptor = errors[0]
    endDescriptor = max(stoa_process_descriptor(id), -1)
  }

  deinit {
    close(errorDescriptor)
    if endDescriptor >= 0 { close(endDescriptor) }
  }

  private static func check(_ result: Int32, _ subject: String) throws(UDPError) {
    if result < 0 { throw UDPError(.process, code: -result, subject: subject) }
  }

  private static func spawn(
    _ executable: String, _ arguments: [String], control: Int32, errors: Int32
  ) -> Int32 {
    var pointers = arguments.map { strdup($0) }
    defer { for pointer in pointers { free(pointer) } }
    pointers.append(nil)
    return stoa_spawn(executable, &pointers, control, errors)
  }

  /// The process takes this as the order to end.
  func closeChannel() { channel = nil }

  func kill() {
    // Once it was reaped, its number may be another process's.
    if !isReaped { _ = stoa_kill(id) }
  }

  /// How it ended, `nil` while it runs; reaps it, so ask no more afterwards.
  func exit() -> ProcessExit? {
    var status: Int32 = 0
    var signal: Int32 = 0
    guard !isReaped, stoa_reap(id, &status, &signal) else { return nil }
    isReaped = true
    return signal != 0 ? .signal(signal) : .status(status)
  }

  /// -1 once the process closed its end.
  var openErrorDescriptor: Int32 { isErrorOpen ? errorDescriptor : -1 }

  /// The lines it wrote to its standard output and error since the last call.
  func readLines() -> [String] {
    var read: [String] = []
    var buffer = [UInt8](repeating: 0, count: 16 << 10)
    // Bounded, so that a process that writes without end cannot hold us.
    for _ in 0..<16 where isErrorOpen {
      let count = buffer.withUnsafeMutableBytes {
        stoa_read(errorDescriptor, $0.baseAddress, $0.count)
      }
      if count == -Int(EAGAIN) { break }
      if count == -Int(EINTR) { continue }
      guard count > 0 else {
        isErrorOpen = false
        if let line = lines.rest() { read.append(line) }
        break
      }
      read += lines.append(buffer.prefix(count))
    }
    return read
  }
}
