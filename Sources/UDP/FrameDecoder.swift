/// Cuts a byte stream into frames: a four-byte big-endian length, then that many bytes.
///
/// Holds at most one frame and what was read past it.
package struct FrameDecoder: Sendable {
  /// A peer announced a frame that nobody here writes; the stream cannot be followed further.
  package struct Oversize: Error, Equatable {
    package let length: Int
    package init(length: Int) { self.length = length }
  }

  /// An SDP offer of a large room is 60 KB; this only stops a stream that is not ours.
  package static let maximumLength = 4 << 20
  private static let headerLength = 4

  private var bytes: [UInt8] = []
  private var start = 0

  package init() {}

  /// Adds what was read.
  package mutating func append(_ read: some Sequence<UInt8>) {
    if start > 0 {
      bytes.removeFirst(start)
      start = 0
    }
    bytes.append(contentsOf: read)
  }

  /// The next whole frame, `nil` until more was read.
  ///
  /// - Throws: `Oversize` for a length over `maximumLength`; it stays that way.
  package mutating func next() throws(Oversize) -> [UInt8]? {
    let available = bytes.count - start
    guard available >= Self.headerLength else { return nil }
    let length = bytes[start..<start + Self.headerLength].reduce(0) { $0 << 8 | Int($1) }
    guard length <= Self.maximumLength else { throw Oversize(length: length) }
    guard available >= Self.headerLength + length else { return nil }
    let body = start + Self.headerLength
    start = body + length
    return Array(bytes[body..<start])
  }

  /// A frame around `body`, which has at most `maximumLength` bytes.
  package static func frame(_ body: some Collection<UInt8>) -> [UInt8] {
    var frame: [UInt8] = []
    frame.reserveCapacity(headerLength + body.count)
    for shift in [24, 16, 8, 0] { frame.append(UInt8(truncatingIfNeeded: body.count >> shift)) }
    frame.append(contentsOf: body)
    return frame
  }
}
