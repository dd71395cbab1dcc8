import Wire

/// Reads the first Opus stream of an Ogg file (RFC 7845).
enum OggOpusReader {
  static func read(_ bytes: [UInt8]) throws(MediaFileError) -> MediaFileContent {
    var scanner = ByteScanner(bytes)
    var serial: UInt32?
    var headers = 0
    var packets = Packets()
    while !scanner.isAtEnd {
      let start = scanner.offset
      let page = try OggPage(&scanner)
      if serial == nil {
        guard page.isFirst else { throw .malformed("the first page of no stream", offset: start) }
        serial = page.serial
      }
      guard page.serial == serial else { continue }  // another stream beside ours
      packets.take(page, of: bytes)
      while headers < 2, let header = packets.takeFirst() {
        let magic = headers == 0 ? "OpusHead" : "OpusTags"
        guard header.starts(with: magic.utf8) else {
          throw .malformed("no \(magic) where it should be", offset: start)
        }
        headers += 1
      }
    }
    guard headers == 2 else { throw .malformed("headers are missing", offset: bytes.count) }
    guard packets.isComplete else {
      throw .malformed("the last packet is cut off", offset: bytes.count)
    }
    return try content(packets.finished)
  }

  private static func content(_ packets: [[UInt8]]) throws(MediaFileError) -> MediaFileContent {
    // Packets may be in pieces in the file, so they are laid out anew.
    var content = MediaFileContent(codec: .opus, bytes: [], frames: [], duration: .zero)
    for packet in packets {
      let start = content.bytes.count
      guard let duration = opusDuration(packet[...]) else {
        throw .malformed("a packet that is not Opus", offset: start)
      }
      content.bytes += packet
      content.frames.append(
        .init(range: start..<content.bytes.count, time: content.duration, isKeyframe: true))
      content.duration = content.duration + duration
    }
    return content
  }

  /// How long a packet sounds (RFC 6716 §3.1 and §3.2); `nil` if it is not one.
  static func opusDuration(_ packet: ArraySlice<UInt8>) -> Nanoseconds? {
    guard let toc = packet.first else { return nil }
    let configuration = Int(toc >> 3)
    let microseconds: Int64 =
      switch configuration {
      case 0..<12: [10_000, 20_000, 40_000, 60_000][configuration % 4]  // SILK
      case 12..<16: [10_000, 20_000][configuration % 2]  // hybrid
      default: [2_500, 5_000, 10_000, 20_000][configuration % 4]  // CELT
      }
    var count: Int64 = toc & 3 == 0 ? 1 : 2
    if toc & 3 == 3 {
      guard let second = packet.dropFirst().first else { return nil }
      count = Int64(second & 0x3F)
    }
    // 120 ms is the longest packet (RFC 6716 §3.2.5, R5).
    guard count > 0, count * microseconds <= 120_000 else { return nil }
    return .microseconds(count * microseconds)
  }

  /// Puts packets together from pages.
  private struct Packets {
    private(set) var finished: [[UInt8]] = []
    private var open: [UInt8] = []
    private var isOpen = false

    /// No packet is waiting for its rest.
    var isComplete: Bool { !isOpen }

    mutating func take(_ page: OggPage, of bytes: [UInt8]) {
      var isSkipping = page.continuesPacket && !isOpen  // its beginning was never seen
      if !page.continuesPacket, isOpen {
        open = []
        isOpen = false
      }
      var offset = page.body.lowerBound
      for length in page.segmentLengths {
        if !isSkipping { open += bytes[offset..<offset + length] }
        offset += length
        if length < 255 {
          if !isSkipping, !open.isEmpty { finished.append(open) }
          open = []
          isOpen = false
          isSkipping = false
        } else {
          isOpen = !isSkipping
        }
      }
    }

    mutating func takeFirst() -> [UInt8]? { finished.isEmpty ? nil : finished.removeFirst() }
  }
}
