/// Cuts packets into parts and segments of all renditions at once, and writes files and playlists.
///
/// What a playlist names is there before: first the files of all renditions, then the logs, then the playlists. One
/// thread at a time owns it. Times come in with the packets.
package final class HLSWriter {
  /// Two seconds: a player that knows no parts is three segments behind, 6 s instead of 12 with 4 s.
  static let segmentNanoseconds: Int64 = 2_000_000_000
  /// What `TARGETDURATION` of 2 leaves for a keyframe that is late, with a margin for rounding.
  static let longestSegmentNanoseconds: Int64 = 2_450_000_000
  /// A keyframe that comes that early ends the segment too: grids of renditions and frame rates differ by less.
  static let earlyNanoseconds: Int64 = 250_000_000
  static let partsPerSegment = 4
  /// Segments in `live.m3u8`: twice the three target durations at which players start.
  static let windowSegments = 6
  /// Segments whose parts are listed: those of the last three target durations (RFC 8216bis §4.4.4.9).
  static let segmentsWithParts = 3
  /// Segments after which files of parts go: unlisted for longer than any playlist that names them is kept.
  static let segmentsKeepingPartFiles = 15

  final class Output {
    let rendition: HLSRendition
    let muxer: FragmentMuxer
    var folder: HLSFolder
    /// Fragments of the segment that is being made.
    var bytes: [UInt8] = []
    var eventText = ""
    var eventMap: String?
    var hasPicture = false
    let videoTrackID: Int?

    init(_ rendition: HLSRendition, _ muxer: FragmentMuxer, _ folder: HLSFolder, _ video: Int?) {
      self.rendition = rendition
      self.muxer = muxer
      self.folder = folder
      videoTrackID = video
    }
  }

  private let folder: String
  private let startedAtMilliseconds: Int64
  private let clockTrack: EncodedTrack
  /// From the beginning of a part to that of the next.
  private let partNanoseconds: Int64
  /// What is said to be the longest part; the others have more than the 85 % of it that they must have.
  private let partTargetNanoseconds: Int64
  private let map: String
  private let segmentsBeforePlayable: Int
  private var outputs: [Output] = []
  private var interleaver: PacketInterleaver
  private var tracks: [EncodedTrack]

  // The segments are the same in all renditions, except for the bytes.
  private var segments: [HLSPlaylist.Segment] = []
  private var open: HLSPlaylist.Segment?
  private var segmentStart: Int64?
  private var partStart: Int64 = 0
  private var partIsIndependent = false
  private var partHasPackets = false
  /// True once the part has a packet of the clock's track.
  private var partHasClock = false
  private var latestEnd: Int64 = 0
  private var isDiscontinuity = false

  /// Bytes of all segments of all renditions.
  package private(set) var totalBytes = 0
  private var hasMultivariant = false
  /// True once players can begin.
  package private(set) var isPlayable = false
  /// True after packets had to be dropped up to the next keyframe.
  package private(set) var wantsKeyframe = false
  /// Called whenever all playlists have been replaced.
  package var didPublish: () -> Void = {}

  /// Begins a broadcast, or goes on with the one in the folder.
  ///
  /// - Parameters:
  ///   - folder: exists.
  ///   - renditions: the largest first.
  ///   - tracks: all that the renditions name.
  ///   - startedAtMilliseconds: Unix time of the packets' zero.
  ///   - segmentsBeforePlayable: when to say that players can begin. Ours and those built on MSE need one; Chromium's own
  ///     refuses playlists of less than three.
  package init(
    folder: String, renditions: [HLSRendition], tracks: [EncodedTrack],
    startedAtMilliseconds: Int64, segmentsBeforePlayable: Int = 1
  ) throws {
    // The clock's track first: of packets with equal times its own then comes first.
    guard let clock = tracks.first(where: \.isVideo) ?? tracks.first else {
      throw AVError(-1, "begin a broadcast without tracks")
    }
    let ordered = [clock] + tracks.filter { $0.id != clock.id }
    self.folder = folder
    self.startedAtMilliseconds = startedAtMilliseconds
    self.segmentsBeforePlayable = max(1, segmentsBeforePlayable)
    self.tracks = ordered
    clockTrack = clock
    interleaver = PacketInterleaver(tracks: ordered)
    partNanoseconds = Self.partNanoseconds(clock)
    partTargetNanoseconds = partNanoseconds * 11 / 10
    var folders: [HLSFolder] = []
    for rendition in renditions {
      folders.append(try HLSFolder(path: "\(folder)/\(rendition.name)"))
    }
    let epoch = try HLSResumption(folders: &folders).epoch
    map = "init-\(epoch).mp4"
    for (rendition, folder) in zip(renditions, folders) {
      let own = ordered.filter { rendition.trackIDs.contains($0.id) }
      let muxer = try FragmentMuxer(container: .mp4, tracks: own)
      try folder.write(map, muxer.header, isDurable: true)
      let output = Output(rendition, muxer, folder, own.first(where: \.isVideo)?.id)
      for segment in folder.segments { output.append(toEvent: segment) }
      outputs.append(output)
      totalBytes &+= folder.segments.reduce(0) {
        $0 &+ (Files.size("\(folder.path)/\($1.uri)") ?? 0)
      }
    }
    segments = folders.first?.segments ?? []
    isDiscontinuity = !segments.isEmpty
    if !segments.isEmpty { try publish(isSegmentEnd: true) }
  }

  /// A fourth of a segment in whole frames.
  private static func partNanoseconds(_ track: EncodedTrack) -> Int64 {
    guard case .video(_, _, _, let framesPerSecond) = track.kind, framesPerSecond > 0 else {
      return segmentNanoseconds / Int64(partsPerSegment)
    }
    let frames = 2 * framesPerSecond
    let perPart = max(1, (frames + partsPerSegment - 1) / partsPerSegment)
    return (Int64(perPart) * 1_000_000_000 + Int64(framesPerSecond) - 1) / Int64(framesPerSecond)
  }

  /// Adds packets of all tracks, in any order between tracks.
  package func write(_ packets: [EncodedPacket]) throws {
    var ready: [EncodedPacket] = []
    for packet in packets { interleaver.add(packet, into: &ready) }
    for packet in ready { try add(packet) }
  }

  /// Ends the broadcast: playlists become those of a recording.
  package func end() throws {
    var ready: [EncodedPacket] = []
    interleaver.drain(into: &ready)
    for packet in ready { try add(packet) }
    try endSegment(at: min(latestEnd, partStart &+ partTargetNanoseconds))
    try publish(isSegmentEnd: true, hasEnded: true)
  }

  /// True once since packets were dropped: the next picture should be a keyframe.
  package func takeKeyframeWish() -> Bool {
    defer { wantsKeyframe = false }
    return wantsKeyframe
  }

  /// Of all segments, milliseconds.
  package var durationMilliseconds: Int64 {
    segments.reduce(0) { $0 &+ $1.nanoseconds } / 1_000_000
  }

  private func add(_ packet: EncodedPacket) throws {
    guard let track = tracks.first(where: { $0.id == packet.trackID }) else { return }
    let time = track.nanoseconds(packet.dts)
    try advance(to: time, isKeyframe: packet.isKeyframe && track.id == clockTrack.id)
    guard segmentStart != nil else { return }
    for output in outputs where output.rendition.trackIDs.contains(track.id) {
      if output.videoTrackID == track.id, !output.hasPicture {
        // Segments are independent: pictures that refer to the last one's are of no use.
        guard packet.isKeyframe else {
          wantsKeyframe = true
          continue
        }
        output.hasPicture = true
      }
      try output.muxer.add(packet)
    }
    if track.id == clockTrack.id, !partHasClock {
      partHasClock = true
      partIsIndependent = packet.isKeyframe
    }
    partHasPackets = true
    latestEnd = max(latestEnd, track.nanoseconds(packet.dts &+ packet.duration))
  }

  /// Ends parts and segments that are over when a packet of this time comes.
  private func advance(to time: Int64, isKeyframe: Bool) throws {
    // Half a millisecond: times of parts are rounded.
    let slack: Int64 = 500_000
    if let start = segmentStart {
      let early = clockTrack.isVideo ? Self.earlyNanoseconds : slack
      let isOver = isKeyframe && time &- start >= Self.segmentNanoseconds &- early
      let end = min(time, start &+ Self.longestSegmentNanoseconds)
      // The last part of a segment may be as long as is allowed: its keyframe can be late by a picture.
      let length = isOver ? partTargetNanoseconds &+ 1 : partNanoseconds &- slack
      if partHasPackets, end &- partStart >= length {
        try endPart(at: partStart &+ partNanoseconds)
      }
      let hasHole = !partHasPackets && time &- partStart >= partNanoseconds
      if hasHole || time &- start >= Self.longestSegmentNanoseconds {
        // Nothing to show for a while, or no keyframe: what follows stands for itself.
        try endSegment(at: min(end, partStart &+ partNanoseconds))
        try publish(isSegmentEnd: true)
        isDiscontinuity = true
        wantsKeyframe = true
      } else if isOver {
        try endSegment(at: time)
        try publish(isSegmentEnd: true)
      }
    }
    if segmentStart == nil, isKeyframe { begin(at: time) }
  }

  private func begin(at time: Int64) {
    let sequence = (segments.last?.sequence ?? -1) &+ 1
    segmentStart = time
    partStart = time
    partHasPackets = false
    partHasClock = false
    latestEnd = time
    for output in outputs {
      output.hasPicture = false
      output.bytes = []
    }
    open = HLSPlaylist.Segment(
      sequence: sequence, uri: HLSFolder.segmentName(sequence), nanoseconds: 0,
      startedAtMilliseconds: startedAtMilliseconds &+ time / 1_000_000,
      isDiscontinuity: isDiscontinuity, map: map)
    isDiscontinuity = false
  }

  /// Writes the part's files for all renditions; unless it is a segment's last, publishes it.
  private func endPart(at end: Int64, isLast: Bool = false) throws {
    guard var segment = open else { return }
    let name = HLSFolder.partName(segment.sequence, segment.parts.count)
    for output in outputs {
      let bytes = try output.muxer.takeFragment()
      output.bytes += bytes
      try output.folder.write(name, bytes, isDurable: false)
    }
    segment.parts.append(
      HLSPlaylist.Part(
        uri: name, nanoseconds: end &- partStart, isIndependent: partIsIndependent))
    partStart = end
    partHasPackets = false
    partHasClock = false
    partIsIndependent = false
    open = segment
    if !isLast { try publish(isSegmentEnd: false) }
  }

  private func endSegment(at end: Int64) throws {
    guard let start = segmentStart else { return }
    if partHasPackets, end > partStart { try endPart(at: end, isLast: true) }
    segmentStart = nil
    guard var segment = open, !segment.parts.isEmpty else {
      open = nil
      return
    }
    segment.nanoseconds = partStart &- start
    for output in outputs {
      try output.folder.write(segment.uri, output.bytes, isDurable: true)
      totalBytes &+= output.bytes.count
      output.bytes = []
    }
    for output in outputs {
      try output.folder.append(segment.withoutParts)
      output.append(toEvent: segment)
    }
    segments.append(segment)
    open = nil
    removeOldParts()
  }

  /// Replaces the playlists of all renditions.
  private func publish(isSegmentEnd: Bool, hasEnded: Bool = false) throws {
    let last = segments.last?.sequence ?? -1
    let parts = open?.parts.count ?? 0
    for output in outputs {
      if isSegmentEnd {
        var event = HLSPlaylist(kind: .event, targetDuration: 2)
        event.hasEnded = hasEnded
        try output.folder.write(
          "index.m3u8",
          Array((event.head + output.eventText + event.tail(after: output.eventMap)).utf8),
          isDurable: hasEnded)
      }
      try output.folder.write(
        "live.m3u8", Array(window(for: output, hasEnded: hasEnded).text.utf8),
        isDurable: hasEnded)
      try output.folder.replaceState(
        HLSFolder.State(
          sequence: last, parts: parts, hasEnded: hasEnded, openSegment: open))
    }
    if !hasMultivariant, !segments.isEmpty {
      try writeMultivariant()
      hasMultivariant = true
    }
    if segments.count >= segmentsBeforePlayable || hasEnded { isPlayable = true }
    didPublish()
  }

  private func window(for output: Output, hasEnded: Bool) -> HLSPlaylist {
    var playlist = HLSPlaylist(
      kind: .window, targetDuration: 2, partTargetNanoseconds: partTargetNanoseconds)
    let listed = segments.suffix(Self.windowSegments)
    playlist.segments = Array(listed)
    for index in playlist.segments.indices.dropLast(Self.segmentsWithParts) {
      playlist.segments[index].parts = []
    }
    playlist.discontinuitySequence = segments.dropLast(listed.count)
      .reduce(0) { $0 + ($1.isDiscontinuity ? 1 : 0) }
    playlist.hasEnded = hasEnded
    playlist.openSegment = open
    let sequence = open?.sequence ?? (segments.last?.sequence ?? -1) &+ 1
    let parts = open?.parts.count ?? 0
    playlist.preloadHint = HLSFolder.partName(sequence, parts)
    let lastParts = parts > 0 ? parts : segments.last?.parts.count ?? 0
    for other in outputs where other !== output {
      playlist.renditionReports.append(
        HLSPlaylist.RenditionReport(
          uri: "../\(other.rendition.name)/live.m3u8",
          lastSequence: parts > 0 ? sequence : sequence &- 1,
          lastPart: lastParts > 0 ? lastParts &- 1 : nil))
    }
    return playlist
  }

  private func writeMultivariant() throws {
    for name in ["index.m3u8", "live.m3u8"] {
      let variants = outputs.map { output in
        let own = tracks.filter { output.rendition.trackIDs.contains($0.id) }
        let codecs = own.compactMap(\.codecString)
        var variant = HLSMultivariantPlaylist.Variant(
          uri: "\(output.rendition.name)/\(name)",
          // The encoder's buffer of a second lets a segment of two be half as large again.
          bandwidth: output.rendition.bitrate * 3 / 2 + 64_000,
          averageBandwidth: output.rendition.bitrate,
          codecs: codecs.count == own.count ? codecs.joined(separator: ",") : nil)
        for track in own {
          guard case .video(_, let width, let height, let framesPerSecond) = track.kind else {
            continue
          }
          variant.width = width
          variant.height = height
          variant.framesPerSecond = framesPerSecond
        }
        return variant
      }
      try Files.replace(
        "\(folder)/\(name)", with: Array(HLSMultivariantPlaylist(variants: variants).text.utf8),
        isDurable: true)
    }
  }

  private func removeOldParts() {
    let index = segments.count &- 1 &- Self.segmentsKeepingPartFiles
    guard segments.indices.contains(index) else { return }
    for part in segments[index].parts {
      for output in outputs { Files.remove("\(output.folder.path)/\(part.uri)") }
    }
    segments[index].parts = []
  }
}

extension HLSPlaylist.Segment {
  /// As it stands where parts are not listed.
  var withoutParts: Self {
    var copy = self
    copy.parts = []
    return copy
  }
}

extension HLSWriter.Output {
  /// Adds a segment to what `index.m3u8` has.
  func append(toEvent segment: HLSPlaylist.Segment) {
    eventText += HLSPlaylist.lines(of: segment.withoutParts, after: eventMap)
    eventMap = segment.map
  }
}
