internal import CFFmpeg

extension EncodedPacket {
  /// The same bytes as a packet of another track, earlier by `offset` units of its timescale.
  ///
  /// - Throws: if there is no memory.
  package func moved(toTrack trackID: Int, earlierBy offset: Int64) throws(AVError) -> EncodedPacket
  {
    guard let copy = av_packet_alloc() else { throw AVError(-ENOMEM, "refer to a packet") }
    let result = av_packet_ref(copy, packet)
    guard result >= 0 else {
      var pointer: UnsafeMutablePointer<AVPacket>? = copy
      av_packet_free(&pointer)
      throw AVError(result, "refer to a packet")
    }
    return EncodedPacket(
      adopting: copy, trackID: trackID, pts: pts &- offset, dts: dts &- offset, duration: duration)
  }
}
