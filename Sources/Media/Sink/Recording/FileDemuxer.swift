internal import CFFmpeg

/// Reads the packets of a file that this program wrote.
final class FileDemuxer {
  let context: UnsafeMutablePointer<AVFormatContext>
  private let packet: UnsafeMutablePointer<AVPacket>

  /// - Parameters:
  ///   - path: of the file.
  ///   - format: libav's name of the container; nil lets it look.
  ///   - examines: reads some packets to learn more about the streams than the header says.
  init(path: String, format: String? = nil, examines: Bool = false) throws(AVError) {
    LibavTrace.redirect()
    var created: UnsafeMutablePointer<AVFormatContext>?
    // "file:" keeps a colon in a path from being taken for a protocol.
    try AVError.check(
      avformat_open_input(
        &created, "file:" + path, format.flatMap { av_find_input_format($0) }, nil),
      "open \(path)")
    guard let context = created else { throw AVError(-ENOMEM, "open \(path)") }
    guard let packet = av_packet_alloc() else {
      avformat_close_input(&created)
      throw AVError(-ENOMEM, "open \(path)")
    }
    self.context = context
    self.packet = packet
    if examines { try AVError.check(avformat_find_stream_info(context, nil), "examine \(path)") }
  }

  deinit {
    var packet: UnsafeMutablePointer<AVPacket>? = packet
    av_packet_free(&packet)
    var context: UnsafeMutablePointer<AVFormatContext>? = context
    avformat_close_input(&context)
  }

  var streams: [UnsafeMutablePointer<AVStream>] {
    (0..<Int(context.pointee.nb_streams)).compactMap { context.pointee.streams[$0] }
  }

  /// The first stream of a kind.
  func stream(of type: AVMediaType) -> UnsafeMutablePointer<AVStream>? {
    streams.first { $0.pointee.codecpar.pointee.codec_type == type }
  }

  /// Lends the next packet until the one after it; nil at the end, which a torn file reaches early.
  func next() throws(AVError) -> UnsafeMutablePointer<AVPacket>? {
    av_packet_unref(packet)
    let result = av_read_frame(context, packet)
    if result == stoa_averror_eof || result == stoa_averror_invalid_data { return nil }
    try AVError.check(result, "read a packet")
    return packet
  }
}
