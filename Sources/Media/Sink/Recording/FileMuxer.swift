internal import CFFmpeg

/// Writes a whole file once, with its index in front: the room for that is left free at the beginning.
///
/// It is written under a name of its own, and gets its real one when it is on disk.
final class FileMuxer {
  private let path: String
  private let context: UnsafeMutablePointer<AVFormatContext>
  private var isOpen = false

  var temporaryPath: String { path + ".new" }

  /// - Parameters:
  ///   - path: what the file is called in the end; whatever is there is replaced.
  ///   - container: mp4 or webm.
  ///   - indexBytes: what `moov` or `Cues` need at most.
  ///   - streams: their codecs and timescales.
  init(
    path: String, container: FragmentMuxer.Container, indexBytes: Int,
    streams: [(parameters: UnsafePointer<AVCodecParameters>, timeBase: AVRational)]
  ) throws(AVError) {
    LibavTrace.redirect()
    self.path = path
    var created: UnsafeMutablePointer<AVFormatContext>?
    try AVError.check(
      avformat_alloc_output_context2(&created, nil, container.rawValue, nil), "make \(path)")
    guard let context = created else { throw AVError(-ENOMEM, "make \(path)") }
    self.context = context
    for (parameters, timeBase) in streams {
      guard let stream = avformat_new_stream(context, nil) else {
        throw AVError(-ENOMEM, "add a track")
      }
      try AVError.check(
        avcodec_parameters_copy(stream.pointee.codecpar, parameters), "add a track")
      // The other container's name for the codec.
      stream.pointee.codecpar.pointee.codec_tag = 0
      stream.pointee.time_base = timeBase
    }
    var options: OpaquePointer?
    defer { av_dict_free(&options) }
    switch container {
    case .mp4: av_dict_set(&options, "moov_size", "\(indexBytes)", 0)
    case .webm:
      av_dict_set(&options, "reserve_index_space", "\(indexBytes)", 0)
      av_dict_set(&options, "cues_to_front", "1", 0)
    }
    try AVError.check(
      avio_open2(&context.pointee.pb, "file:" + path + ".new", AVIO_FLAG_WRITE, nil, nil),
      "make \(path)")
    isOpen = true
    try AVError.check(avformat_write_header(context, &options), "write the header of \(path)")
  }

  deinit {
    if isOpen { avio_closep(&context.pointee.pb) }
    avformat_free_context(context)
  }

  /// The timescale that the container chose for a stream.
  func timeBase(_ index: Int) -> AVRational {
    context.pointee.streams[index]?.pointee.time_base ?? AVRational(num: 1, den: 1000)
  }

  /// Writes a packet in the order of all streams' times; takes over what it refers to.
  func write(_ packet: UnsafeMutablePointer<AVPacket>) throws(AVError) {
    try AVError.check(av_interleaved_write_frame(context, packet), "write \(path)")
  }

  /// Writes the index; returns when all is on disk under its real name.
  ///
  /// - Throws: also if the index needed more room than was left; `discard` then.
  func finish() throws(AVError) {
    try AVError.check(av_write_trailer(context), "write the index of \(path)")
    isOpen = false
    try AVError.check(avio_closep(&context.pointee.pb), "write \(path)")
    do throws(FileError) {
      let file = try DurableFile(appendingTo: temporaryPath)
      try file.synchronize()
      try Files.rename(temporaryPath, to: path, isDurable: true)
    } catch { throw AVError(-error.code, error.operation) }
  }

  /// Removes what was written.
  func discard() { Files.remove(temporaryPath) }
}
