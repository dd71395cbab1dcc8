internal import CFFmpeg

extension UnsafeMutablePointer where Pointee == AVCodecContext {
  /// The header that the opened encoder made.
  var extradataBytes: [UInt8] {
    guard let data = pointee.extradata else { return [] }
    return Array(UnsafeBufferPointer(start: data, count: Int(pointee.extradata_size)))
  }

  /// Takes all packets that are ready.
  ///
  /// - Parameter adopt: takes the packet over; nil frees it.
  func receivePackets(
    _ adopt: (UnsafeMutablePointer<AVPacket>) -> EncodedPacket?
  ) throws(AVError) -> [EncodedPacket] {
    var packets: [EncodedPacket] = []
    while true {
      guard let packet = av_packet_alloc() else { throw AVError(-ENOMEM, "allocate a packet") }
      var pointer: UnsafeMutablePointer<AVPacket>? = packet
      let result = avcodec_receive_packet(self, packet)
      guard result >= 0 else {
        av_packet_free(&pointer)
        if result == stoa_averror_again || result == stoa_averror_eof { return packets }
        throw AVError(result, "encode")
      }
      if let adopted = adopt(packet) { packets.append(adopted) } else { av_packet_free(&pointer) }
    }
  }
}
