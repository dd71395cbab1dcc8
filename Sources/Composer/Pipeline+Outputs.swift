internal import Media
internal import Signal
internal import StoaClient
internal import UDP
internal import Wire

/// How outputs begin, go on and end.
extension Pipeline {
  func take(_ command: ComposerCommand) {
    switch command {
    case .configure(let configuration): self.configuration = configuration
    case .start(let specification):
      guard endsAt == nil else { return }
      // Needs no room.
      if case .merge = specification.kind { return finish(specification) }
      if hasJoined { start(specification) } else { pendingStarts.append(specification) }
    case .stop(let id): stop(id)
    case .finish(let specification): finish(specification)
    case .relayout(let id, let composition): relayout(id, composition)
    case .capture(let capture): self.capture(capture)
    case .end: end()
    }
  }

  /// Finishes everything; the loop ends when the sinks have, or after a while.
  func end() {
    guard endsAt == nil else { return }
    let patience = configuration?.limits.stopMilliseconds ?? 8_000
    endsAt = MonotonicTime.now + .milliseconds(Int64(patience))
    for specification in pendingStarts { say(.stopped(outputID: specification.id, files: [])) }
    pendingStarts = []
    for output in outputs { finish(output) }
    for recording in recordings { recording.finish() }
  }

  // MARK: Begin

  func start(_ specification: OutputSpecification) {
    let isKnown =
      outputs.contains { $0.specification.id == specification.id }
      || recordings.contains { $0.specification.id == specification.id }
    guard !isKnown else { return }
    do {
      if let formats = OutputFormats(specification) {
        try compose(specification, formats)
      } else if let recording = TrackRecording(
        specification, clock: clock, reservedBytes: reservedBytes)
      {
        recordings.append(recording)
        for track in room.tracks.values where recording.wants(track) { track.awaitKeyframe() }
      } else {
        throw ComposerFailure("this composer cannot make such an output")
      }
    } catch RecordingError.alreadyFinished(let file) {
      // A composer before this one was killed after the last of its work.
      say(.stopped(outputID: specification.id, files: [OutputFile(file)]))
    } catch {
      let reason =
        (error as? ComposerFailure)?.reason ?? (error as? RecordingError)?.reason ?? "\(error)"
      say(
        .failed(
          outputID: specification.id, code: specification.kind.startCode, reason: reason,
          files: []))
    }
  }

  private func compose(_ specification: OutputSpecification, _ formats: OutputFormats) throws {
    let zero = specification.kind.zero(after: tick)
    let composition = try formats.video.isEmpty ? nil : composition(specification, formats)
    let mix = mix(formats.only)
    defer { prune() }
    var tracks: [EncodedTrack] = []
    var renditions: [Rendition] = []
    for format in formats.video {
      guard let composition else { break }
      let rendition = try composition.rendition(
        format, of: formats.video.count, threads: encoderThreads)
      var track = rendition.encoder.track
      track.id = tracks.count
      tracks.append(track)
      renditions.append(rendition)
    }
    var sound = try mix.track(formats.audio, tick: tick)
    sound.id = tracks.isEmpty ? 0 : tracks.count
    tracks.append(sound)

    let target = try target(specification, tracks, zero: zero)
    let output = ComposedOutput(
      specification, zero: zero, hasVideo: !renditions.isEmpty, target: target)
    for (index, rendition) in renditions.enumerated() {
      rendition.feeds.append(Rendition.Feed(output: output, trackID: index))
      rendition.requestKeyframe()
    }
    mix.attach(Rendition.Feed(output: output, trackID: sound.id), codec: formats.audio)
    outputs.append(output)
  }

  private func target(
    _ specification: OutputSpecification, _ tracks: [EncodedTrack], zero: Int64
  ) throws -> any OutputTarget {
    let startedAt = clock.unixMilliseconds(zero)
    switch specification.kind {
    case .recording(let format, _), .compositeRecording(_, _, let format),
      .participantRecording(_, let format):
      return try RecordingTarget(
        specification, container: format == .webm ? .webm : .mp4, tracks: tracks,
        startedAt: startedAt, reservedBytes: reservedBytes)
    case .rtmp(let targets):
      return try RTMPOutputTarget(targets, tracks: tracks, bitrate: 2_500_000)
    case .hls(let renditions):
      return try HLSOutputTarget(
        specification, renditions: tracks.contains(where: \.isVideo) ? renditions : [],
        tracks: tracks, startedAt: startedAt)
    case .trackRecording, .merge:
      throw ComposerFailure("this composer cannot make such an output")
    }
  }

  private func composition(
    _ specification: OutputSpecification, _ formats: OutputFormats
  ) throws -> Composition {
    let key = Composition.Key(
      specification: specification.composition ?? CompositionSpecification(),
      only: formats.only, watermark: formats.watermark)
    if let known = compositions.first(where: { $0.key == key }) { return known }
    let made = try Composition(key)
    compositions.append(made)
    return made
  }

  private func mix(_ only: Selection?) -> Mix {
    if let known = mixes.first(where: { $0.only == only }) { return known }
    let made = Mix(only: only)
    mixes.append(made)
    return made
  }

  private var encoderThreads: Int { configuration?.limits.encoderThreads ?? 2 }
  private var reservedBytes: Int64 { configuration?.limits.minimumFreeBytes ?? 256 << 20 }

  // MARK: Captures

  /// Writes a picture of an output to a file, on a thread of its own: the newest, or that of a time.
  private func capture(_ wanted: CaptureSpecification) {
    func refuse(_ reason: String) {
      say(.captureFailed(requestID: wanted.requestID, reason: reason, isOutOfRange: false))
    }
    let picture = compositions.lazy.filter { composition in
      composition.renditions.contains {
        $0.feeds.contains { $0.output.specification.id == wanted.outputID }
      }
    }.compactMap(\.picture).first
    guard let picture else { return refuse("The stream has no picture: it is sound alone.") }
    let work: @Sendable () -> ComposerEvent
    if wanted.timeMilliseconds == nil {
      work = { Capture.write(picture, as: wanted) }
    } else {
      guard let folder = largestRendition(of: wanted.outputID) else {
        return refuse("Only of HLS can a picture of another time be had.")
      }
      work = { Capture.write(from: folder, as: wanted) }
    }
    let messages = mouth
    do {
      try OSThread.start(named: "capture") { messages.post(.event(work())) }
    } catch {
      refuse("\(error)")
    }
  }

  /// The folder of the best pictures of an HLS output.
  private func largestRendition(of id: String) -> String? {
    guard let output = outputs.first(where: { $0.specification.id == id }),
      case .hls(let renditions) = output.specification.kind,
      let largest = renditions.max(by: { $0.width * $0.height < $1.width * $1.height })
    else { return nil }
    return "\(output.specification.folder)/\(largest.name)"
  }

  // MARK: Change

  /// Draws an output anew; its size stays, because its encoder's does.
  private func relayout(_ id: String, _ wanted: CompositionSpecification) {
    if let index = pendingStarts.firstIndex(where: { $0.id == id }) {
      pendingStarts[index].composition = wanted
      return
    }
    guard let output = outputs.first(where: { $0.specification.id == id }),
      let old = compositions.first(where: {
        $0.renditions.contains { $0.feeds.contains { $0.output === output } }
      })
    else { return }
    var key = old.key
    let before = key.specification
    key.specification = wanted
    key.specification.quality = before.quality
    key.specification.orientation = before.orientation
    key.specification.mode = before.mode
    guard key != old.key else { return }
    do {
      let isAlone = old.renditions.allSatisfy { $0.feeds.allSatisfy { $0.output === output } }
      if isAlone { return try old.relayout(key) }
      let next = try compositions.first { $0.key == key } ?? Composition(key)
      if !compositions.contains(where: { $0 === next }) { compositions.append(next) }
      var moved: [(Rendition, Int)] = []
      for rendition in old.renditions {
        for feed in rendition.feeds where feed.output === output {
          moved.append(
            (
              try next.rendition(
                rendition.format, of: old.renditions.count, threads: encoderThreads),
              feed.trackID
            ))
        }
      }
      old.remove(output)
      for (rendition, trackID) in moved {
        rendition.feeds.append(Rendition.Feed(output: output, trackID: trackID))
        rendition.requestKeyframe()
      }
    } catch {
      say(.warning(outputID: id, kind: .other, detail: "the layout stays as it was: \(error)"))
    }
    prune()
  }

  // MARK: End

  private func stop(_ id: String) {
    if let index = pendingStarts.firstIndex(where: { $0.id == id }) {
      pendingStarts.remove(at: index)
      return say(.stopped(outputID: id, files: []))
    }
    if let output = outputs.first(where: { $0.specification.id == id }) { finish(output) }
    recordings.first { $0.specification.id == id }?.finish()
  }

  private func finish(_ output: ComposedOutput) {
    for composition in compositions { composition.remove(output) }
    for mix in mixes { mix.remove(output) }
    prune()
    output.finish()
  }

  /// Makes the files of an output whole that nobody writes any more.
  private func finish(_ specification: OutputSpecification) {
    if case .hls = specification.kind {
      // Opened again and ended at once.
      start(specification)
      return stop(specification.id)
    }
    unfinished += 1
    let inputs = inputs
    let work: @Sendable () -> Void = {
      inputs.post(.finished(RecordingTarget.finish(specification)))
    }
    // Joining a day's parts takes a while; what goes on here does not wait for it.
    do { try OSThread.start(named: "finish", work) } catch { work() }
  }

  /// Takes away what no output uses.
  private func prune() {
    for composition in compositions { composition.prune() }
    for mix in mixes { mix.prune() }
    compositions.removeAll { $0.renditions.isEmpty }
    mixes.removeAll(where: \.isUnused)
  }

  func fail(outputsOf composition: Composition, _ reason: String) {
    let feeds = composition.renditions.flatMap(\.feeds)
    for output in outputs where feeds.contains(where: { $0.output === output }) {
      say(.warning(outputID: output.specification.id, kind: .other, detail: reason))
    }
  }

  func fail(outputsOf mix: Mix, _ reason: String) {
    for output in outputs {
      say(.warning(outputID: output.specification.id, kind: .other, detail: reason))
    }
  }

  // MARK: News

  /// Tells what became of outputs, and ends those that are over or too large.
  func takeNews(at now: MonotonicTime) {
    for output in outputs {
      let id = output.specification.id
      if output.hasStarted, !output.wasTold {
        output.wasTold = true
        say(.started(outputID: id))
      }
      if output.target.takeKeyframeWish() {
        for composition in compositions {
          for rendition in composition.renditions
          where rendition.feeds.contains(where: { $0.output === output }) {
            rendition.requestKeyframe()
          }
        }
      }
      let seconds = (tick - output.zero) / PipelineClock.framesPerSecond
      if isTooLarge(output.specification, output.byteCount, seconds: seconds) {
        finish(output)
      }
      for news in output.target.takeNews() {
        if tell(news, of: output.specification) {
          if !output.isFinishing { finish(output) }
          outputs.removeAll { $0 === output }
        }
      }
    }
    for recording in recordings { takeNews(of: recording, at: now) }
  }

  private func takeNews(of recording: TrackRecording, at now: MonotonicTime) {
    let specification = recording.specification
    if recording.hasStarted, !recording.wasTold {
      recording.wasTold = true
      say(.started(outputID: specification.id))
    }
    let seconds = recording.duration(at: now).count / 1_000_000_000
    if isTooLarge(specification, recording.byteCount, seconds: seconds) { recording.finish() }
    if let failure = recording.failure, recording.target == nil {
      recordings.removeAll { $0 === recording }
      return say(
        .failed(
          outputID: specification.id, code: specification.kind.failureCode, reason: failure,
          files: []))
    }
    for news in recording.target?.takeNews() ?? [] where tell(news, of: specification) {
      recordings.removeAll { $0 === recording }
    }
  }

  private func isTooLarge(
    _ specification: OutputSpecification, _ bytes: Int64, seconds: Int64
  ) -> Bool {
    bytes >= specification.limits.maximumBytes
      || seconds >= Int64(specification.limits.maximumSeconds)
  }

  /// True if the output is over.
  private func tell(_ news: OutputNews, of specification: OutputSpecification) -> Bool {
    let id = specification.id
    switch news {
    case .playable: say(.playable(outputID: id))
    case .target(let index, let state, let reason):
      say(.target(outputID: id, index: index, state: state, reason: reason))
    case .warning(let kind, let detail):
      say(.warning(outputID: id, kind: kind, detail: detail))
    case .finished(let files):
      say(.stopped(outputID: id, files: files))
      return true
    case .failed(let reason, let files):
      say(
        .failed(
          outputID: id, code: specification.kind.failureCode, reason: reason, files: files))
      return true
    }
    return false
  }
}

extension OutputKind {
  /// The tick with which an output begins.
  ///
  /// Segments of HLS are as long as from keyframe to keyframe, so it begins with one of the encoders' grid.
  func zero(after tick: Int64) -> Int64 {
    guard case .hls = self else { return tick }
    let interval = Int64(Rendition.keyframeInterval)
    return (tick + interval - 1) / interval * interval
  }

  /// The public code for one that could not begin.
  var startCode: Int {
    switch self {
    case .recording, .participantRecording, .trackRecording, .compositeRecording, .merge: 4011
    case .rtmp: 4013
    case .hls: 4016
    }
  }

  /// The public code for one that ended by itself.
  var failureCode: Int {
    switch self {
    case .recording, .participantRecording, .trackRecording, .compositeRecording, .merge: 5001
    case .rtmp: 5002
    case .hls: 5003
    }
  }
}
