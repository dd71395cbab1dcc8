internal import CFFmpeg

/// Decodes one stream of a file.
final class FileDecoder {
  private let demuxer: FileDemuxer
  private let stream: UnsafeMutablePointer<AVStream>
  private let context: UnsafeMutablePointer<AVCodecContext>
  private let frame: UnsafeMutablePointer<AVFrame>

  /// - Parameters:
  ///   - path: of the file.
  ///   - type: the first stream of this kind is decoded.
  /// - Throws: if the file cannot be read or has no such stream.
  init(path: String, type: AVMediaType) throws(AVError) {
    demuxer = try FileDemuxer(path: path, examines: true)
    guard let stream = demuxer.stream(of: type), let parameters = stream.pointee.codecpar,
      let decoder = avcodec_find_decoder(parameters.pointee.codec_id),
      let context = avcodec_alloc_context3(decoder)
    else { throw AVError(stoa_averror_invalid_data, "decode \(path)") }
    var owned: UnsafeMutablePointer<AVCodecContext>? = context
    var frame = av_frame_alloc()
    var result = avcodec_parameters_to_context(context, parameters)
    context.pointee.thread_count = 1
    if result >= 0 { result = avcodec_open2(context, decoder, nil) }
    guard result >= 0, let allocated = frame else {
      avcodec_free_context(&owned)
      av_frame_free(&frame)
      throw AVError(min(result, -1), "open a decoder for \(path)")
    }
    self.stream = stream
    self.context = context
    self.frame = allocated
  }

  deinit {
    var context: UnsafeMutablePointer<AVCodecContext>? = context
    var frame: UnsafeMutablePointer<AVFrame>? = frame
    avcodec_free_context(&context)
    av_frame_free(&frame)
  }

  /// Continues with the keyframe before a time; with the beginning if there is none.
  func seek(toMilliseconds time: Int64) {
    let target = av_rescale_q(
      time, AVRational(num: 1, den: 1000), stream.pointee.time_base)
    av_seek_frame(demuxer.context, stream.pointee.index, target, AVSEEK_FLAG_BACKWARD)
    avcodec_flush_buffers(context)
  }

  /// When a frame is shown or heard; 0 if it does not say.
  func milliseconds(_ frame: UnsafeMutablePointer<AVFrame>) -> Int64 {
    let time = frame.pointee.best_effort_timestamp
    guard time != stoa_av_no_pts else { return 0 }
    return av_rescale_q(time, stream.pointee.time_base, AVRational(num: 1, den: 1000))
  }

  /// Of the whole file, as its header says.
  var durationMilliseconds: Int64 { max(0, demuxer.context.pointee.duration / 1000) }

  /// Lends the next frame until the one after it; nil at the end.
  func next() throws(AVError) -> UnsafeMutablePointer<AVFrame>? {
    while true {
      let result = avcodec_receive_frame(context, frame)
      if result >= 0 { return frame }
      if result == stoa_averror_eof { return nil }
      guard result == stoa_averror_again else { throw AVError(result, "decode a frame") }
      var isSent = false
      while !isSent {
        guard let packet = try demuxer.next() else {
          // The decoder gives what it holds back, then says that it has ended.
          avcodec_send_packet(context, nil)
          break
        }
        guard packet.pointee.stream_index == stream.pointee.index else { continue }
        // A broken packet costs its frame, not the file.
        avcodec_send_packet(context, packet)
        isSent = true
      }
    }
  }
}
