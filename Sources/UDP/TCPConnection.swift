internal import CLinux
internal import Glibc
internal import Wire

/// One ICE-TCP connection: datagrams behind a two-byte length each (RFC 4571 §2).
///
/// Owned by a `TCPListener`, which closes the descriptor. Buffers are bounded: a peer that does
/// not read loses datagrams first, and the connection when nothing moves for `stallLimit`.
final class TCPConnection {
  /// Frames waiting for the peer to read, bytes: a second of video at 2 Mbit/s.
  static let outputLimit = 256 << 10
  /// What the kernel may take ahead of the network, bytes.
  static let unsentLimit: Int32 = 64 << 10
  static let stallLimit = Nanoseconds.seconds(5)
  /// Holds several frames of the longest kind.
  private static let inputSize = 8 << 10
  private static let headerSize = 2

  let descriptor: Int32
  let address: TransportAddress
  /// When the listener closes it, unless something is sent to it before.
  var expires: MonotonicTime
  /// Something was sent to it, so the owner accepted the peer.
  var isKept = false
  /// The listener watches for room to write.
  var isWatchedForRoom = false

  private var input = [UInt8](repeating: 0, count: inputSize)
  private var inputStart = 0
  private var inputEnd = 0
  private var output: [UInt8] = []
  private var outputStart = 0
  private var lastProgress: MonotonicTime

  init(descriptor: Int32, address: TransportAddress, at now: MonotonicTime, expires: MonotonicTime)
  {
    self.descriptor = descriptor
    self.address = address
    self.expires = expires
    lastProgress = now
  }

  enum Reception {
    /// Nothing more for now.
    case drained
    /// The inbox is full; frames are left.
    case unfinished
    /// The peer closed, broke the framing, or the connection failed.
    case ended
  }

  /// Moves whole frames into `inbox` until it is full or the peer has sent no more.
  func receive(into inbox: inout Inbox) -> Reception {
    while true {
      switch parse(into: &inbox) {
      case .unfinished: return .unfinished
      case .ended: return .ended
      case .drained: break
      }
      let room = input.count - inputEnd
      let length = unsafe input.withUnsafeMutableBytes { bytes in
        guard let start = bytes.baseAddress else { return 0 }
        return unsafe stoa_read(descriptor, start + inputEnd, room)
      }
      if length == -Int(EAGAIN) || length == -Int(EINTR) { return .drained }
      guard length > 0 else { return .ended }
      inputEnd += length
    }
  }

  private func parse(into inbox: inout Inbox) -> Reception {
    defer { compact() }
    while inputEnd - inputStart >= Self.headerSize {
      let length = Int(input[inputStart]) << 8 | Int(input[inputStart + 1])
      guard length <= Inbox.slotSize else { return .ended }
      guard inputEnd - inputStart >= Self.headerSize + length else { return .drained }
      if length > 0 {
        if inbox.isFull { return .unfinished }
        let body = inputStart + Self.headerSize
        unsafe input.withUnsafeBytes { bytes in
          let frame = unsafe UnsafeRawBufferPointer(rebasing: bytes[body..<body + length])
          _ = inbox.append(unsafe frame.bytes, from: address)
        }
      }
      inputStart += Self.headerSize + length
    }
    return .drained
  }

  /// Moves the rest to the front, so that a frame of any allowed length always fits.
  private func compact() {
    guard inputStart > 0 else { return }
    let rest = inputEnd - inputStart
    unsafe input.withUnsafeMutableBytes { bytes in
      guard rest > 0, let start = bytes.baseAddress else { return }
      unsafe start.copyMemory(from: start + inputStart, byteCount: rest)
    }
    inputStart = 0
    inputEnd = rest
  }

  var hasOutput: Bool { outputStart < output.count }

  /// Adds a frame; false if the peer reads too slowly to take it.
  func append(_ datagram: RawSpan) -> Bool {
    let length = datagram.byteCount
    guard length > 0, length <= Int(UInt16.max),
      output.count - outputStart + Self.headerSize + length <= Self.outputLimit
    else { return false }
    output.append(UInt8(truncatingIfNeeded: length >> 8))
    output.append(UInt8(truncatingIfNeeded: length))
    unsafe datagram.withUnsafeBytes { unsafe output.append(contentsOf: $0) }
    return true
  }

  /// Writes what the kernel takes; false if the connection failed or its peer stopped reading.
  func flush(at now: MonotonicTime) -> Bool {
    if !hasOutput { lastProgress = now }
    while hasOutput {
      let length = unsafe output.withUnsafeBytes { bytes in
        guard let start = bytes.baseAddress else { return 0 }
        return unsafe stoa_send(descriptor, start + outputStart, bytes.count - outputStart)
      }
      if length == -Int(EAGAIN) { break }
      if length == -Int(EINTR) { continue }
      guard length > 0 else { return false }
      outputStart += length
      lastProgress = now
    }
    if !hasOutput {
      output.removeAll(keepingCapacity: true)
      outputStart = 0
    } else if outputStart > Self.outputLimit / 2 {
      output.removeFirst(outputStart)
      outputStart = 0
    }
    return now - lastProgress < Self.stallLimit
  }
}
