package import Signal

/// A refusal of an output that somebody asked for.
package struct OutputRefusal: Error, Equatable, Sendable {
  package var code: ErrorCode
  package var message: String
  /// When it is worth trying again; `nil` if time alone changes nothing.
  package var retryAfterSeconds: Int?

  package init(_ code: ErrorCode, _ message: String? = nil, retryAfterSeconds: Int? = nil) {
    self.code = code
    self.message = message ?? code.defaultMessage
    self.retryAfterSeconds = retryAfterSeconds
  }

  /// The HTTP status of the refusal.
  var statusCode: Int {
    switch code {
    case .invalidParameter, .invalidLivestreamConfig: 400
    case .notFound, .invalidMeetingID: 404
    case .maximumRecordingsReached, .maximumHLSReached, .maximumLivestreamsReached: 429
    case .startRecordingFailed, .startLivestreamFailed, .startHLSFailed, .internalError: 503
    default: 409  // not as things are: something goes on already, or nothing does
    }
  }
}

/// Makes of what was asked for what a composer is told.
extension StartOutputRequest {
  private static let maximumTargets = 10
  private static let maximumParticipants = 25
  private static let maximumWatermarks = 8
  private static let maximumKeyLength = 512
  private static let maximumFolderLength = 512

  /// Refuses what cannot be, whatever goes on now.
  func check(_ type: OutputType, _ outbound: OutboundTargetPolicy) throws(OutputRefusal) {
    if templateURL != nil {
      throw OutputRefusal(
        .invalidParameter,
        "'templateUrl' is not supported: the server draws pictures without a browser; say how they look with "
          + "'config': layout, theme, logo, background.")
    }
    if let webhookURL { try Self.check(webhookURL, "webhookUrl", outbound) }
    if let preSignedURL {
      try Self.check(preSignedURL, "preSignedUrl", outbound, maximumLength: 4_096)
    }
    if let folder {
      let parts = folder.split(separator: "/", omittingEmptySubsequences: false)
      let isPlain = folder.unicodeScalars.allSatisfy {
        $0.properties.generalCategory != .control && $0 != "\\"
      }
      guard folder.utf8.count <= Self.maximumFolderLength, isPlain,
        !parts.contains(".."), !parts.contains(".")
      else {
        throw OutputRefusal(.invalidParameter, "The path in the bucket is no plain path.")
      }
    }
    if let url = config.composition.logoURL {
      try Self.check(url, "config.logo.url", outbound)
    }
    if let url = config.composition.backgroundURL {
      try Self.check(url, "config.background.url", outbound)
    }
    switch type {
    case .livestream: try checkTargets(outbound)
    case .participantRecording, .trackRecording:
      guard participantID != nil else {
        throw OutputRefusal(.invalidParameter, "'participantId' is missing.")
      }
      guard type == .participantRecording || trackKind != nil else {
        throw OutputRefusal(
          .invalidParameter, "'kind' is missing: audio, video, screen_audio or screen_video.")
      }
      guard type == .participantRecording || fileFormat != .mp4 else {
        throw OutputRefusal(.invalidParameter, "Tracks are recorded as webm only.")
      }
    case .compositeRecording:
      guard (1...Self.maximumParticipants).contains(participants.count) else {
        throw OutputRefusal(
          .invalidParameter, "'participants' has 1 to \(Self.maximumParticipants) of them.")
      }
      guard watermarks.count <= Self.maximumWatermarks else {
        throw OutputRefusal(.invalidParameter, "'watermarks' has too many.")
      }
      for case let url? in watermarks.map(\.imageUrl) {
        try Self.check(url, "imageUrl", outbound)
      }
    case .recording, .hls, .merge: break
    }
  }

  private func checkTargets(_ outbound: OutboundTargetPolicy) throws(OutputRefusal) {
    guard (1...Self.maximumTargets).contains(targets.count) else {
      throw OutputRefusal(
        .invalidLivestreamConfig, "'outputs' has 1 to \(Self.maximumTargets) of them.")
    }
    let policy = OutboundTargetPolicy(
      allowsLoopback: outbound.allowsLoopback, schemes: ["rtmp", "rtmps"])
    for (index, target) in targets.enumerated() {
      do {
        _ = try policy.url(target.url)
      } catch {
        throw OutputRefusal(
          .invalidLivestreamConfig, "'outputs[\(index)].url' \(error.problem).")
      }
      guard (1...Self.maximumKeyLength).contains(target.streamKey.utf8.count),
        target.streamKey.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
      else {
        throw OutputRefusal(
          .invalidLivestreamConfig, "'outputs[\(index)].streamKey' is empty, or no key.")
      }
    }
  }

  private static func check(
    _ url: String, _ field: String, _ outbound: OutboundTargetPolicy,
    maximumLength: Int = OutboundURL.maximumLength
  ) throws(OutputRefusal) {
    do {
      _ = try outbound.url(url, maximumLength: maximumLength)
    } catch {
      throw OutputRefusal(.invalidParameter, "'\(field)' \(error.problem).")
    }
  }

  /// What the composer makes of it.
  func kind(_ type: OutputType) -> OutputKind {
    switch type {
    case .recording:
      .recording(format: fileFormat ?? .mp4, audioOnly: config.composition.mode == .audio)
    case .livestream:
      .rtmp(targets: targets.map { RTMPTarget(url: $0.url, streamKey: $0.streamKey) })
    case .hls: .hls(renditions: config.composition.renditions)
    case .participantRecording:
      .participantRecording(participantID: participantID ?? "", format: fileFormat ?? .webm)
    case .trackRecording:
      .trackRecording(
        participantID: participantID ?? "", kind: trackKind ?? .audio, format: .webm)
    case .compositeRecording:
      .compositeRecording(
        participants: participants,
        watermarks: watermarks.map { Watermark(text: $0.text, imageURL: $0.imageUrl) },
        format: fileFormat ?? .mp4)
    case .merge: .merge(left: [], right: [])
    }
  }

  func composition(_ type: OutputType) -> CompositionSpecification? {
    switch type {
    case .recording, .livestream, .hls: config.composition
    case .compositeRecording: CompositionSpecification()
    case .participantRecording, .trackRecording, .merge: nil
    }
  }
}

extension CompositionSpecification {
  /// The qualities of HLS: the one asked for, and smaller ones for those whose network is slow.
  var renditions: [HLSRendition] {
    guard mode == .videoAndAudio else { return [] }
    func rendition(_ long: Int, _ short: Int, _ rate: Int) -> HLSRendition {
      HLSRendition(
        name: "\(short)p", width: orientation == .landscape ? long : short,
        height: orientation == .landscape ? short : long, bitsPerSecond: rate)
    }
    return switch quality {
    case .low: [rendition(854, 480, 1_200_000)]
    case .med: [rendition(1_280, 720, 2_500_000), rendition(640, 360, 700_000)]
    case .high:
      [
        rendition(1_920, 1_080, 4_500_000), rendition(1_280, 720, 2_500_000),
        rendition(640, 360, 700_000),
      ]
    }
  }
}
