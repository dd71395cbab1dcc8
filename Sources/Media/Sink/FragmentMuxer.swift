internal import CFFmpeg

/// Makes self-contained fragments of packets: MP4 fragments (moof, mdat) or WebM clusters.
///
/// Header and fragments one after the other are a file at every point between two fragments.
/// One thread at a time owns it.
package final class FragmentMuxer {
  package enum Container: String, Sendable, Codable { case mp4, webm }

  /// What comes before the first fragment: `ftyp` and `moov`, or EBML header and tracks.
  package let header: [UInt8]

  private let tracks: [EncodedTrack]
  private let container: Container
  private let output: MemoryOutput
  private let context: UnsafeMutablePointer<AVFormatContext>
  private var isEmpty = true

  /// - Throws: if a codec does not go into the container, or a track's header is missing or broken.
  package init(container: Container, tracks: [EncodedTrack]) throws(AVError) {
    LibavTrace.redirect()
    let output = try MemoryOutput()
    var created: UnsafeMutablePointer<AVFormatContext>?
    try AVError.check(
      avformat_alloc_output_context2(&created, nil, container.rawValue, nil),
      "make \(container.rawValue)")
    guard let context = created else { throw AVError(-ENOMEM, "make \(container.rawValue)") }
    context.pointee.pb = output.context
    context.pointee.flags |= AVFMT_FLAG_CUSTOM_IO
    var options: OpaquePointer?
    defer { av_dict_free(&options) }
    switch container {
    case .mp4:
      // frag_custom: a fragment ends when we say so. frag_discont: its time is that of its first packet.
      av_dict_set(
        &options, "movflags",
        "frag_custom+empty_moov+default_base_moof+frag_discont+skip_sidx+skip_trailer", 0)
      av_dict_set(&options, "use_editlist", "0", 0)
    case .webm: break
    }
    do throws(AVError) {
      for track in tracks {
        guard let stream = avformat_new_stream(context, nil) else {
          throw AVError(-ENOMEM, "add a track")
        }
        stream.pointee.time_base = AVRational(num: 1, den: Int32(track.timescale))
        try track.describe(to: stream.pointee.codecpar)
        if case .video(_, _, _, let framesPerSecond) = track.kind {
          stream.pointee.avg_frame_rate = AVRational(
            num: Int32(truncatingIfNeeded: framesPerSecond), den: 1)
        }
      }
      // Times are ours: nothing shifts them.
      context.pointee.avoid_negative_ts = AVFMT_AVOID_NEG_TS_DISABLED
      try AVError.check(
        avformat_write_header(context, &options), "write the header of \(container.rawValue)")
    } catch {
      avformat_free_context(context)
      throw error
    }
    self.tracks = tracks
    self.container = container
    self.output = output
    self.context = context
    header = output.take()
  }

  deinit { avformat_free_context(context) }

  /// Adds a packet to the fragment that is being made.
  ///
  /// - Parameters:
  ///   - packet: of one of the tracks; its time is greater than that of the track's last.
  ///   - shift: added to its times, in its timescale.
  /// - Throws: if libav refuses it; what was added before stays.
  package func add(_ packet: EncodedPacket, shiftedBy shift: Int64 = 0) throws(AVError) {
    guard let index = tracks.firstIndex(where: { $0.id == packet.trackID }),
      let stream = context.pointee.streams[index]
    else { throw AVError(-EINVAL, "write a packet of track \(packet.trackID)") }
    if isEmpty, container == .mp4 {
      av_opt_set(context.pointee.priv_data, "movflags", "+frag_discont", 0)
    }
    isEmpty = false
    try packet.withReference { reference throws(AVError) in
      reference.pointee.stream_index = Int32(index)
      reference.pointee.pts = packet.pts &+ shift
      reference.pointee.dts = packet.dts &+ shift
      // WebM counts in milliseconds; MP4 in what we asked for.
      av_packet_rescale_ts(
        reference, AVRational(num: 1, den: Int32(tracks[index].timescale)),
        stream.pointee.time_base)
      try AVError.check(av_write_frame(context, reference), "write a packet")
    }
  }

  /// Ends the fragment and hands it over; empty if no packet was added.
  package func takeFragment() throws(AVError) -> [UInt8] {
    guard !isEmpty else { return [] }
    try AVError.check(av_write_frame(context, nil), "end a fragment")
    isEmpty = true
    return output.take()
  }
}
