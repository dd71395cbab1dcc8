internal import CFFmpeg

/// One access unit or audio frame of a track, as it goes into containers.
///
/// The bytes are counted references: any number of sinks hold a packet without a copy of it.
// Sendable: nothing of it is changed once it was made.
package final class EncodedPacket: @unchecked Sendable {
  /// `EncodedTrack.id`.
  package let trackID: Int
  /// When it is shown or heard, in the track's timescale.
  package let pts: Int64
  /// When it is decoded; at most `pts`, and growing from packet to packet.
  package let dts: Int64
  package let duration: Int64
  package let isKeyframe: Bool

  /// Owned; only referenced by others.
  let packet: UnsafeMutablePointer<AVPacket>

  /// Takes over a packet whose times are in the track's timescale.
  init(
    adopting packet: UnsafeMutablePointer<AVPacket>, trackID: Int, pts: Int64, dts: Int64,
    duration: Int64
  ) {
    self.packet = packet
    self.trackID = trackID
    self.pts = pts
    self.dts = dts
    self.duration = duration
    isKeyframe = packet.pointee.flags & AV_PKT_FLAG_KEY != 0
    packet.pointee.pts = pts
    packet.pointee.dts = dts
    packet.pointee.duration = duration
  }

  /// Copies the bytes of a packet that was not encoded here.
  ///
  /// - Throws: if there is no memory, or more than 2 GiB.
  package convenience init(
    trackID: Int, pts: Int64, dts: Int64, duration: Int64, isKeyframe: Bool, bytes: [UInt8]
  ) throws(AVError) {
    guard let size = Int32(exactly: bytes.count), let packet = av_packet_alloc() else {
      throw AVError(-ENOMEM, "allocate a packet")
    }
    let result = av_new_packet(packet, size)
    guard result >= 0 else {
      var pointer: UnsafeMutablePointer<AVPacket>? = packet
      av_packet_free(&pointer)
      throw AVError(result, "allocate a packet of \(size) bytes")
    }
    packet.pointee.data?.update(from: bytes, count: bytes.count)
    packet.pointee.flags = isKeyframe ? AV_PKT_FLAG_KEY : 0
    self.init(adopting: packet, trackID: trackID, pts: pts, dts: dts, duration: duration)
  }

  deinit {
    var pointer: UnsafeMutablePointer<AVPacket>? = packet
    av_packet_free(&pointer)
  }

  package var byteCount: Int { Int(packet.pointee.size) }

  /// A copy of the bytes.
  package var bytes: [UInt8] {
    guard let data = packet.pointee.data else { return [] }
    return Array(UnsafeBufferPointer(start: data, count: byteCount))
  }

  /// Lends a reference to the same bytes whose fields may be changed, as muxers do.
  ///
  /// - Throws: what the body throws, or if there is no memory.
  func withReference(
    _ body: (UnsafeMutablePointer<AVPacket>) throws(AVError) -> Void
  ) throws(AVError) {
    guard let reference = av_packet_alloc() else { throw AVError(-ENOMEM, "refer to a packet") }
    defer {
      var pointer: UnsafeMutablePointer<AVPacket>? = reference
      av_packet_free(&pointer)
    }
    try AVError.check(av_packet_ref(reference, packet), "refer to a packet")
    try body(reference)
  }
}
