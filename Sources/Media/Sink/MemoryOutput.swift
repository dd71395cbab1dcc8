internal import CFFmpeg

/// What a muxer of libav writes, kept in memory until it is taken.
final class MemoryOutput {
  /// For `AVFormatContext.pb`; lives as long as this object.
  let context: UnsafeMutablePointer<AVIOContext>
  private final class Buffer { var bytes: [UInt8] = [] }
  private let buffer = Buffer()

  init() throws(AVError) {
    // Whole fragments pass through it; libav flushes when it is full.
    let size = 65_536
    guard let memory = av_malloc(size) else { throw AVError(-ENOMEM, "allocate an output") }
    let opaque = Unmanaged.passUnretained(buffer).toOpaque()
    let created = avio_alloc_context(
      memory.assumingMemoryBound(to: UInt8.self), Int32(size), 1, opaque, nil,
      { opaque, bytes, count in
        guard let opaque, let bytes, count > 0 else { return 0 }
        let buffer = Unmanaged<Buffer>.fromOpaque(opaque).takeUnretainedValue()
        buffer.bytes.append(contentsOf: UnsafeBufferPointer(start: bytes, count: Int(count)))
        return count
      }, nil)
    guard let created else {
      av_free(memory)
      throw AVError(-ENOMEM, "allocate an output")
    }
    context = created
    context.pointee.seekable = 0
  }

  deinit {
    av_freep(&context.pointee.buffer)
    var pointer: UnsafeMutablePointer<AVIOContext>? = context
    avio_context_free(&pointer)
  }

  /// Everything written since the last time.
  func take() -> [UInt8] {
    avio_flush(context)
    var bytes: [UInt8] = []
    swap(&bytes, &buffer.bytes)
    return bytes
  }
}
