internal import CFFmpeg

/// Makes one stereo file of the sound of two sets of recordings: the first is left, the second right.
package enum RecordingMerge {
  /// A recording with sound.
  package struct Source: Sendable, Equatable {
    package var path: String
    /// Where it begins in the merged file; at least 0.
    package var startMilliseconds: Int64

    package init(path: String, startMilliseconds: Int64) {
      self.path = path
      self.startMilliseconds = startMilliseconds
    }
  }

  /// Frames that are mixed at a time: AAC's, so that each makes a packet.
  private static let chunk = 1024

  /// Mixes and encodes; takes about a hundredth of the recordings' time.
  ///
  /// - Parameters:
  ///   - channel1: heard on the left, added to one another.
  ///   - channel2: heard on the right.
  ///   - path: of the MP4 file with AAC that is made.
  /// - Throws: if a source has no sound, or the file cannot be written; nothing is left behind then.
  package static func merge(
    channel1: [Source], channel2: [Source], to path: String
  ) throws(RecordingError) -> RecordedFile {
    try RecordingError.wrapping {
      let left = try channel1.map { try MonoReader($0) }
      let right = try channel2.map { try MonoReader($0) }
      let encoder = try AudioEncoder(codec: .aac, trackID: 0)
      var parameters = avcodec_parameters_alloc()
      defer { avcodec_parameters_free(&parameters) }
      guard let parameters else { throw AVError(-ENOMEM, "merge recordings") }
      try encoder.track.describe(to: parameters)
      let milliseconds = (left + right).map(\.endMilliseconds).max() ?? 0
      let timeBase = AVRational(num: 1, den: Int32(encoder.track.timescale))
      let muxer = try FileMuxer(
        path: path, container: .mp4, indexBytes: 65_536 + Int(milliseconds) / 21 * 8,
        streams: [(UnsafePointer(parameters), timeBase)])
      do {
        var frames = 0
        while left.contains(where: { !$0.hasEnded }) || right.contains(where: { !$0.hasEnded }) {
          let samples = try mix(left, right)
          frames += samples.frameCount
          try write(try encoder.encode(samples), to: muxer, timeBase)
        }
        try write(try encoder.finish(), to: muxer, timeBase)
        try muxer.finish()
        return RecordedFile(
          path: path, size: Files.size(path) ?? 0,
          durationMilliseconds: Int64(frames) * 1000 / Int64(AudioSamples.rate), format: .mp4)
      } catch {
        muxer.discard()
        throw error
      }
    }
  }

  private static func mix(_ left: [MonoReader], _ right: [MonoReader]) throws -> AudioSamples {
    var samples = AudioSamples(silentFrameCount: chunk)
    for (channel, readers) in [left, right].enumerated() {
      for reader in readers {
        for (index, value) in try reader.read(chunk).enumerated() {
          samples.interleaved[2 * index + channel] += value
        }
      }
    }
    for index in samples.interleaved.indices {
      samples.interleaved[index] = min(max(samples.interleaved[index], -1), 1)
    }
    return samples
  }

  private static func write(
    _ packets: [EncodedPacket], to muxer: FileMuxer, _ timeBase: AVRational
  ) throws {
    for packet in packets {
      try packet.withReference { reference throws(AVError) in
        reference.pointee.stream_index = 0
        av_packet_rescale_ts(reference, timeBase, muxer.timeBase(0))
        try muxer.write(reference)
      }
    }
  }
}

/// The sound of one file as one channel of 48 kHz, at its place on the merged timeline.
private final class MonoReader {
  let endMilliseconds: Int64
  private let decoder: FileDecoder
  private let startMilliseconds: Int64
  private var resampler: OpaquePointer?
  private var samples: [Float] = []
  /// Samples handed out or pending, since the merged timeline's zero.
  private var position: Int64 = 0
  private var isAtEnd = false

  init(_ source: RecordingMerge.Source) throws {
    decoder = try FileDecoder(path: source.path, type: AVMEDIA_TYPE_AUDIO)
    startMilliseconds = max(0, source.startMilliseconds)
    endMilliseconds = startMilliseconds &+ decoder.durationMilliseconds
  }

  deinit { swr_free(&resampler) }

  var hasEnded: Bool { isAtEnd && samples.isEmpty }

  /// At most so many samples; fewer only at the end.
  func read(_ count: Int) throws -> ArraySlice<Float> {
    while samples.count < count, !isAtEnd { try decode() }
    let taken = samples.prefix(count)
    samples.removeFirst(taken.count)
    return taken
  }

  private func decode() throws {
    guard let frame = try decoder.next() else {
      isAtEnd = true
      return
    }
    let place = (startMilliseconds &+ max(0, decoder.milliseconds(frame))) &* 48
    // Less is the rounding of timestamps; a day is longer than any recording.
    let gap = place &- position
    if gap > 960, gap < 86_400 * 48_000 {
      samples += [Float](repeating: 0, count: Int(gap))
      position &+= gap
    }
    if resampler == nil {
      var mono = AVChannelLayout()
      av_channel_layout_default(&mono, 1)
      try AVError.check(
        swr_alloc_set_opts2(
          &resampler, &mono, AV_SAMPLE_FMT_FLT, Int32(AudioSamples.rate),
          &frame.pointee.ch_layout, AVSampleFormat(rawValue: frame.pointee.format),
          frame.pointee.sample_rate, 0, nil), "resample")
      try AVError.check(swr_init(resampler), "resample")
    }
    let room = Int(swr_get_out_samples(resampler, frame.pointee.nb_samples))
    var output = [Float](repeating: 0, count: max(room, 1))
    let count = output.withUnsafeMutableBytes { bytes -> Int32 in
      var pointer = bytes.baseAddress?.assumingMemoryBound(to: UInt8.self)
      return frame.pointee.extended_data.withMemoryRebound(
        to: UnsafePointer<UInt8>?.self, capacity: 1
      ) { swr_convert(resampler, &pointer, Int32(room), $0, frame.pointee.nb_samples) }
    }
    try AVError.check(count, "resample")
    samples += output.prefix(Int(count))
    position &+= Int64(count)
  }
}
