internal import Glibc

/// Finds out how much of a part is whole, without decoding anything.
///
/// Reads boxes (ISO/IEC 14496-12 §4.2) or EBML elements (RFC 8794) one after the other; the file may end anywhere and
/// contain anything.
package struct FragmentScanner {
  /// Bytes up to the end of the last whole fragment; 0 if there is none.
  package private(set) var wholeLength = 0
  package private(set) var fragmentCount = 0
  /// Samples of all tracks in whole MP4 fragments.
  package private(set) var sampleCount = 0

  private let descriptor: Int32
  private let length: Int

  /// - Throws: if the file cannot be opened.
  package init(path: String, container: FragmentMuxer.Container) throws(FileError) {
    descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw FileError(errno, "read \(path)") }
    defer { close(descriptor) }
    length = lseek(descriptor, 0, SEEK_END)
    switch container {
    case .mp4: scanBoxes()
    case .webm: scanElements()
    }
  }

  private struct Box {
    var type: UInt32
    var headerSize: Int
    var size: Int
  }

  private func bytes(at offset: Int, count: Int) -> [UInt8]? {
    guard offset >= 0, count >= 0, offset <= length &- count else { return nil }
    var bytes = [UInt8](repeating: 0, count: count)
    return pread(descriptor, &bytes, count, offset) == count ? bytes : nil
  }

  /// The box at an offset, if it is whole.
  private func box(at offset: Int) -> Box? {
    guard let header = bytes(at: offset, count: 8) else { return nil }
    var size = header.bigEndian(at: 0, count: 4)
    var headerSize = 8
    if size == 1 {
      guard let long = bytes(at: offset &+ 8, count: 8), long[0] < 0x40 else { return nil }
      size = long.bigEndian(at: 0, count: 8)
      headerSize = 16
    }
    // 0 means "to the end of the file"; no fragment of ours says so, but a block of zeros does.
    guard size >= headerSize, size <= length &- offset else { return nil }
    return Box(
      type: UInt32(truncatingIfNeeded: header.bigEndian(at: 4, count: 4)),
      headerSize: headerSize, size: size)
  }

  private mutating func scanBoxes() {
    var offset = 0
    var hasMovie = false
    var pendingSamples: Int?
    while let box = box(at: offset) {
      switch box.type {
      case 0x6D6F_6F76: hasMovie = true  // moov
      case 0x6D6F_6F66:  // moof
        guard hasMovie, let samples = samples(inFragmentAt: offset, box) else { return }
        pendingSamples = samples
      case 0x6D64_6174:  // mdat
        guard let samples = pendingSamples else { return }
        pendingSamples = nil
        sampleCount &+= samples
        fragmentCount &+= 1
        wholeLength = offset &+ box.size
      case 0x6674_7970, 0x7374_7970, 0x7369_6478, 0x6672_6565: break  // ftyp, styp, sidx, free
      default: return
      }
      offset &+= box.size
    }
  }

  /// Samples in a `moof`; nil if it is broken.
  private func samples(inFragmentAt offset: Int, _ box: Box) -> Int? {
    // An hour of packets in one fragment would be less.
    guard box.size <= 16 << 20, let content = bytes(at: offset, count: box.size) else { return nil }
    var count = 0
    var stack = [(start: box.headerSize, end: box.size)]
    while let range = stack.popLast() {
      var position = range.start
      while position < range.end {
        guard range.end &- position >= 8 else { return nil }
        let size = content.bigEndian(at: position, count: 4)
        guard size >= 8, size <= range.end &- position else { return nil }
        switch content.bigEndian(at: position &+ 4, count: 4) {
        case 0x7472_6166: stack.append((position &+ 8, position &+ size))  // traf
        case 0x7472_756E:  // trun
          guard size >= 16 else { return nil }
          count &+= content.bigEndian(at: position &+ 12, count: 4)
        default: break
        }
        position &+= size
      }
    }
    return count
  }

  private struct Element {
    var id: Int
    var headerSize: Int
    /// Nil if it goes as far as its parent.
    var contentSize: Int?
  }

  private func element(at offset: Int) -> Element? {
    guard let header = bytes(at: offset, count: min(12, length &- offset)), let first = header.first
    else { return nil }
    let idSize = first.leadingZeroBitCount &+ 1
    guard idSize <= 4, header.count > idSize else { return nil }
    let id = header.bigEndian(at: 0, count: idSize)
    let sizeSize = header[idSize].leadingZeroBitCount &+ 1
    guard sizeSize <= 8, header.count >= idSize &+ sizeSize else { return nil }
    let mask = (1 << (7 &* sizeSize)) &- 1
    let size = header.bigEndian(at: idSize, count: sizeSize) & mask
    return Element(
      id: id, headerSize: idSize &+ sizeSize, contentSize: size == mask ? nil : size)
  }

  private mutating func scanElements() {
    var offset = 0
    var hasTracks = false
    while let element = element(at: offset) {
      offset &+= element.headerSize
      // The segment: its children follow at once.
      if element.id == 0x1853_8067 { continue }
      guard let size = element.contentSize, size <= length &- offset else { return }
      offset &+= size
      switch element.id {
      case 0x1654_AE6B: hasTracks = true
      case 0x1F43_B675:  // Cluster
        guard hasTracks else { return }
        fragmentCount &+= 1
        wholeLength = offset
      // EBML, SeekHead, Info, Tags, Void, Cues
      case 0x1A45_DFA3, 0x114D_9B74, 0x1549_A966, 0x1254_C367, 0xEC, 0x1C53_BB6B: break
      default: return
      }
    }
  }
}

extension [UInt8] {
  /// Up to eight bytes as a number; 0 if they are not all there.
  fileprivate func bigEndian(at offset: Int, count: Int) -> Int {
    guard offset >= 0, count <= 8, offset <= self.count &- count else { return 0 }
    return Int(
      truncatingIfNeeded: self[offset..<offset &+ count].reduce(UInt64(0)) {
        $0 << 8 | UInt64($1)
      })
  }
}
