import Signal

extension ControlConfiguration {
  /// Entries of a webhook's list of events.
  private static let maximumEvents = 64
  /// Participants a room may be restricted to.
  private static let maximumAllowed = 1_000

  /// Refuses what a room cannot be made with.
  func check(_ request: CreateRoomRequest) throws(ControlError) {
    if let webhook = request.webhook { try check(webhook) }
    if let duration = request.autoCloseConfig?.duration,
      !AutoCloseConfig.durations.contains(duration)
    {
      throw .invalidParameter(
        """
        'autoCloseConfig.duration' is minutes, \(AutoCloseConfig.durations.lowerBound) to \
        \(AutoCloseConfig.durations.upperBound).
        """)
    }
    try checkAutoStart(request.autoStartConfig)
    guard let allowed = request.allowedParticipantIds else { return }
    guard allowed.count <= Self.maximumAllowed else {
      throw .invalidParameter("'allowedParticipantIds' has at most \(Self.maximumAllowed) ids.")
    }
    guard allowed.allSatisfy(ParticipantIDRule.allows) else {
      throw .invalidParameter("'allowedParticipantIds' has an id that no participant can have.")
    }
  }

  private func checkAutoStart(
    _ config: RoomOutputOptions.AutoStart?
  ) throws(ControlError) {
    for (type, request) in [(OutputType.recording, config?.recording), (.hls, config?.hls)] {
      guard let request else { continue }
      do {
        try request.check(type, outbound)
      } catch {
        throw .invalidParameter("'autoStartConfig.\(type.rawValue)': \(error.message)")
      }
      guard request.preSignedURL == nil else {
        throw .invalidParameter(
          "'autoStartConfig.\(type.rawValue)': a pre-signed URL is good for one file.")
      }
    }
  }

  private func check(_ webhook: RoomWebhook) throws(ControlError) {
    do {
      _ = try outbound.url(webhook.endPoint)
    } catch {
      throw .invalidParameter("'webhook.endPoint' \(error.problem).")
    }
    guard webhook.events.count <= Self.maximumEvents,
      webhook.events.allSatisfy({ (1...64).contains($0.utf8.count) })
    else {
      throw .invalidParameter(
        "'webhook.events' has at most \(Self.maximumEvents) names of 1 to 64 characters.")
    }
  }
}

extension CreateRoomRequest {
  /// What the room keeps of its outputs; `nil` if nothing was said.
  var outputOptions: RoomOutputOptions? {
    guard autoStartConfig != nil || multiComposition != nil else { return nil }
    return RoomOutputOptions(autoStart: autoStartConfig, multiComposition: multiComposition)
  }
}
