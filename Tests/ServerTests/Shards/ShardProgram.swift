import CLinux
import Foundation
import Glibc
import Server
import UDP
import Wire

/// The program under test, built beside the tests.
enum ShardProgram {
  static let path: String = {
    let tests = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    return tests.deletingLastPathComponent().appendingPathComponent("stoa").path
  }()
  static var exists: Bool { FileManager.default.isExecutableFile(atPath: path) }
}

/// `stoa shard` with our end of its channel, without anybody who supervises it.
final class LoneShard {
  let process: Int32
  private var channel: Int32
  private let end: Int32

  init(arguments: [String]) throws {
    var pair: [Int32] = [-1, -1]
    guard stoa_socket_pair(&pair) == 0 else { throw POSIXError(.EMFILE) }
    let errors = open("/dev/null", O_WRONLY)
    defer {
      close(errors)
      close(pair[1])
    }
    var pointers = (["stoa", "shard"] + arguments).map { strdup($0) } + [nil]
    defer { for pointer in pointers { free(pointer) } }
    process = stoa_spawn(ShardProgram.path, &pointers, pair[1], errors)
    channel = pair[0]
    end = stoa_process_descriptor(process)
  }

  deinit {
    closeChannel()
    _ = stoa_kill(process)
    _ = waitForExit()
    close(end)
  }

  func closeChannel() {
    if channel >= 0 { close(channel) }
    channel = -1
  }

  func write(_ bytes: [UInt8]) {
    _ = bytes.withUnsafeBytes { stoa_send(channel, $0.baseAddress, $0.count) }
  }

  /// Blocks until the shard has said something.
  func readSomething() -> Int {
    var buffer = [UInt8](repeating: 0, count: 4_096)
    return buffer.withUnsafeMutableBytes { stoa_read(channel, $0.baseAddress, $0.count) }
  }

  /// The status it ended with by itself; `nil` if it did not within 20 s, or was killed.
  func waitForExit() -> Int32? {
    var poll = PollSet()
    let index = poll.add(end)
    try? poll.wait(until: .now + .seconds(20))
    var status: Int32 = 0
    var signal: Int32 = 0
    guard poll.isReadable(index), stoa_reap(process, &status, &signal), signal == 0 else {
      return nil
    }
    return status
  }
}
