import CLinux
import Glibc
import UDP
import Wire

let loopback = TransportAddress(ipv4: 0x7F00_0001, port: 0)

/// A datagram as a test keeps it.
struct Datagram: Equatable {
  var bytes: [UInt8]
  var from: TransportAddress
}

/// `length` bytes that begin with `number` and depend on it to the last.
func payload(_ number: Int, length: Int) -> [UInt8] {
  (0..<length).map { index in
    index < 4
      ? UInt8(truncatingIfNeeded: number >> (24 - 8 * index))
      : UInt8(truncatingIfNeeded: number &* 31 &+ index)
  }
}

extension Outbox {
  mutating func append(_ bytes: [UInt8], to address: TransportAddress) {
    append(bytes.span.bytes, to: address)
  }
}

extension Inbox {
  mutating func copyDatagrams() -> [Datagram] {
    var copies: [Datagram] = []
    for index in indices {
      let from = address(index)
      let lent = datagram(index)
      var bytes: [UInt8] = []
      for offset in 0..<lent.byteCount { bytes.append(lent.bytes.bigEndian(at: offset)) }
      copies.append(Datagram(bytes: bytes, from: from))
    }
    return copies
  }
}

extension MediaSocket {
  /// Receives until `count` datagrams came or `patience` ran out.
  mutating func receive(
    _ count: Int, patience: Nanoseconds = .seconds(10), coalescing: Bool = false
  ) throws -> [Datagram] {
    var inbox = Inbox(coalescing: coalescing)
    var received: [Datagram] = []
    let limit = MonotonicTime.now + patience
    while received.count < count, MonotonicTime.now < limit {
      try wait(until: limit)
      try receive(into: &inbox, at: .now)
      received += inbox.copyDatagrams()
    }
    return received
  }

  /// Lets everything that is already waiting be handled, without waiting for more.
  mutating func turn(at now: MonotonicTime = .now) throws -> [Datagram] {
    var inbox = Inbox()
    var received: [Datagram] = []
    try wait(until: .now)
    repeat {
      try receive(into: &inbox, at: now)
      received += inbox.copyDatagrams()
    } while isReady
    return received
  }
}

/// A blocking TCP client that writes what it is told, byte by byte if need be.
final class TCPClient {
  let descriptor: Int32

  init(to address: TransportAddress, receiveBuffer: Int32? = nil) throws(UDPError) {
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    if var size = receiveBuffer {
      setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &size, socklen_t(MemoryLayout<Int32>.size))
    }
    var timeout = timeval(tv_sec: 10, tv_usec: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
    var name = sockaddr_in6()
    let length = stoa_encode_address(&name, AF_INET, address.high, address.low, address.port)
    let result = withUnsafePointer(to: &name) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, length) }
    }
    guard result == 0 else { throw UDPError(.socket, code: errno, subject: "connect") }
  }

  deinit { Glibc.close(descriptor) }

  /// False once the server closed the connection.
  @discardableResult
  func write(_ bytes: [UInt8]) -> Bool {
    bytes.withUnsafeBytes { stoa_send(descriptor, $0.baseAddress, $0.count) == $0.count }
  }

  func writeFrame(_ body: [UInt8]) { write(frame(body)) }

  /// Exactly `count` bytes, fewer if the connection ended.
  func read(_ count: Int) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    var length = 0
    while length < count {
      let result = bytes.withUnsafeMutableBytes { buffer in
        Glibc.read(descriptor, buffer.baseAddress.map { $0 + length }, count - length)
      }
      guard result > 0 else { break }
      length += result
    }
    return Array(bytes.prefix(length))
  }

  func readFrame() -> [UInt8] {
    let header = read(2)
    guard header.count == 2 else { return [] }
    return read(Int(header[0]) << 8 | Int(header[1]))
  }

  /// True once the server closed; waits for it.
  var isClosedByServer: Bool { read(1).isEmpty }
}

func frame(_ body: [UInt8]) -> [UInt8] {
  [UInt8(truncatingIfNeeded: body.count >> 8), UInt8(truncatingIfNeeded: body.count)] + body
}

/// Sends one datagram of any length.
func sendRaw(bytes: [UInt8], to address: TransportAddress) throws(UDPError) {
  let descriptor = socket(AF_INET, Int32(SOCK_DGRAM.rawValue), 0)
  defer { close(descriptor) }
  var name = sockaddr_in6()
  let length = stoa_encode_address(&name, AF_INET, address.high, address.low, address.port)
  let result = withUnsafePointer(to: &name) {
    $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { name in
      bytes.withUnsafeBytes { sendto(descriptor, $0.baseAddress, $0.count, 0, name, length) }
    }
  }
  guard result == bytes.count else { throw UDPError(.socket, code: errno, subject: "sendto") }
}
