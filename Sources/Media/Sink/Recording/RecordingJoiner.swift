internal import CFFmpeg

/// Copies the packets of one part after the other into one file.
final class RecordingJoiner {
  private struct Stream {
    var type: AVMediaType
    var timeBase: AVRational
    /// Where the last packet began, in the timescale above; `nil` before the first.
    var last: Int64?
    /// Where the last packet ended.
    var end: Int64 = 0
    /// For audio: a frame of silence and its length in the timescale; empty if none could be made.
    var silence: [UInt8] = []
    var silenceDuration: Int64 = 0
    var header: [UInt8]
  }

  private let path: String
  private let container: FragmentMuxer.Container
  private let muxer: FileMuxer
  private var streams: [Stream] = []
  private let firstStart: Int64
  /// What is taken off all times so that the recording begins at 0, in nanoseconds.
  private var origin: Int64?
  private let packet: UnsafeMutablePointer<AVPacket>

  init(
    path: String, container: FragmentMuxer.Container, indexBytes: Int, first: RecordingPartSource
  ) throws(AVError) {
    self.path = path
    self.container = container
    firstStart = first.part.startedAtMilliseconds
    let demuxer = try FileDemuxer(path: first.path)
    var parameters: [(parameters: UnsafePointer<AVCodecParameters>, timeBase: AVRational)] = []
    for stream in demuxer.streams {
      guard let codec = stream.pointee.codecpar else { continue }
      let isVideo = codec.pointee.codec_type == AVMEDIA_TYPE_VIDEO
      let timeBase = AVRational(num: 1, den: isVideo ? 90_000 : 48_000)
      parameters.append((UnsafePointer(codec), timeBase))
      let silence = SilentFrame(codec.pointee)
      streams.append(
        Stream(
          type: codec.pointee.codec_type, timeBase: timeBase, silence: silence?.bytes ?? [],
          silenceDuration: silence?.duration ?? 0, header: codec.pointee.extradataBytes))
    }
    guard let packet = av_packet_alloc() else { throw AVError(-ENOMEM, "finish a recording") }
    self.packet = packet
    muxer = try FileMuxer(
      path: path, container: container, indexBytes: indexBytes, streams: parameters)
  }

  deinit {
    var packet: UnsafeMutablePointer<AVPacket>? = packet
    av_packet_free(&packet)
  }

  /// Appends a part at the time at which it was begun.
  func append(_ source: RecordingPartSource) throws(AVError) {
    let demuxer = try FileDemuxer(path: source.path)
    let nanoseconds = AVRational(num: 1, den: 1_000_000_000)
    // The clock may have been set meanwhile: a part begins no earlier than the last one ended.
    let latestEnd = streams.map { av_rescale_q($0.end, $0.timeBase, nanoseconds) }.max() ?? 0
    let wanted = (source.part.startedAtMilliseconds &- firstStart) &* 1_000_000
    var shift: Int64?
    while let input = try demuxer.next() {
      let inputIndex = Int(input.pointee.stream_index)
      guard demuxer.streams.indices.contains(inputIndex),
        let codec = demuxer.streams[inputIndex].pointee.codecpar,
        let index = streams.firstIndex(where: { $0.type == codec.pointee.codec_type }),
        input.pointee.dts != stoa_av_no_pts
      else { continue }
      let base = demuxer.streams[inputIndex].pointee.time_base
      let start = av_rescale_q(input.pointee.dts, base, nanoseconds)
      let origin = self.origin ?? start
      self.origin = origin
      let offset =
        shift
        ?? Self.onGrid(
          min(
            max(wanted &- origin, latestEnd &- start),
            latestEnd &- start &+ RecordingFinisher.maximumGapMilliseconds &* 1_000_000),
          from: origin, framesPerSecond: source.framesPerSecond)
      shift = offset
      try write(
        input, index: index, base: base, start: max(0, start &+ offset),
        header: codec.pointee.extradataBytes)
    }
  }

  /// The next moment at which a picture of the first part would come: times between those of a steady rate
  /// make players and tools take a file for one of another rate, and drop pictures.
  private static func onGrid(_ offset: Int64, from origin: Int64, framesPerSecond: Int?) -> Int64 {
    guard let rate = framesPerSecond.map(Int64.init), rate > 0 else { return offset }
    let second: Int64 = 1_000_000_000
    let (seconds, rest) = (offset &+ origin).quotientAndRemainder(dividingBy: second)
    let pictures = (max(0, rest) &* rate &+ second &- 1) / second
    return seconds &* second &+ pictures &* second / rate &- origin
  }

  private func write(
    _ input: UnsafeMutablePointer<AVPacket>, index: Int, base: AVRational, start: Int64,
    header: [UInt8]
  ) throws(AVError) {
    let nanoseconds = AVRational(num: 1, den: 1_000_000_000)
    let timeBase = streams[index].timeBase
    var time = av_rescale_q(start, nanoseconds, timeBase)
    let duration = max(1, av_rescale_q(input.pointee.duration, base, timeBase))
    if streams[index].type == AVMEDIA_TYPE_AUDIO {
      try fillSilence(index, until: time)
      // Rounding in containers that count milliseconds must not make sound of one piece crackle.
      if streams[index].last != nil, abs(time &- streams[index].end) < duration / 2 {
        time = streams[index].end
      }
      guard streams[index].last == nil || time >= streams[index].end else { return }
    } else if let last = streams[index].last {
      // A participant's pictures come as they were taken, closer than the duration that their packets name: each is
      // needed to decode the next one.
      time = max(time, last &+ 1)
    }
    av_packet_unref(packet)
    try AVError.check(av_packet_ref(packet, input), "copy a packet")
    // Players learn of another encoder's parameter sets only from the packets.
    if header != streams[index].header, input.pointee.flags & AV_PKT_FLAG_KEY != 0,
      let sets = AVCConfiguration(header)
    {
      try prepend(sets.lengthPrefixed)
    }
    let composition = av_rescale_q(input.pointee.pts &- input.pointee.dts, base, timeBase)
    try send(index, time: time, composition: max(0, composition), duration: duration)
    streams[index].last = time
    streams[index].end = time &+ duration
  }

  private func fillSilence(_ index: Int, until time: Int64) throws(AVError) {
    let duration = streams[index].silenceDuration
    guard duration > 0 else { return }
    while time &- streams[index].end >= duration {
      av_packet_unref(packet)
      try AVError.check(
        av_new_packet(packet, Int32(streams[index].silence.count)), "fill a gap with silence")
      packet.pointee.data?.update(
        from: streams[index].silence, count: streams[index].silence.count)
      packet.pointee.flags = AV_PKT_FLAG_KEY
      try send(index, time: streams[index].end, composition: 0, duration: duration)
      streams[index].last = streams[index].end
      streams[index].end &+= duration
    }
  }

  private func send(
    _ index: Int, time: Int64, composition: Int64, duration: Int64
  ) throws(AVError) {
    packet.pointee.stream_index = Int32(index)
    packet.pointee.dts = time
    packet.pointee.pts = time &+ composition
    packet.pointee.duration = duration
    packet.pointee.pos = -1
    av_packet_rescale_ts(packet, streams[index].timeBase, muxer.timeBase(index))
    try muxer.write(packet)
  }

  private func prepend(_ bytes: [UInt8]) throws(AVError) {
    let size = Int(packet.pointee.size)
    try AVError.check(
      av_grow_packet(packet, Int32(truncatingIfNeeded: bytes.count)), "add parameter sets")
    guard let data = packet.pointee.data else { return }
    (data + bytes.count).update(from: data, count: size)
    data.update(from: bytes, count: bytes.count)
  }

  /// Puts the file in its place.
  func finish() throws(AVError) -> RecordedFile {
    try muxer.finish()
    let milliseconds = AVRational(num: 1, den: 1000)
    return RecordedFile(
      path: path, size: Files.size(path) ?? 0,
      durationMilliseconds: streams.map { av_rescale_q($0.end, $0.timeBase, milliseconds) }.max()
        ?? 0, format: container)
  }

  func discard() { muxer.discard() }
}

extension AVCodecParameters {
  var extradataBytes: [UInt8] {
    guard let extradata else { return [] }
    return Array(UnsafeBufferPointer(start: extradata, count: Int(extradata_size)))
  }
}
