package import Wire

/// What the control plane can be told; a value of this type is valid.
package struct ControlConfiguration: Sendable, Equatable {
  /// A value outside its range, with the name it has in `stoa.yaml`.
  package struct Violation: Error, Equatable, Sendable {
    package var key: String
    package var rule: String

    package init(key: String, rule: String) {
      self.key = key
      self.rule = rule
    }
  }

  /// What the `links` of REST resources start with, without a slash at the end.
  package let publicURL: String
  /// Most participants in one room.
  package let participantsPerRoom: Int
  package let pubSub: PubSubLimits
  package let signalling: SignallingLimits
  package let quotas: QuotaLimits
  /// Where webhooks may go.
  package let outbound: OutboundTargetPolicy
  /// How long samples of the quality of calls are kept.
  package let insightsRetentionDays: Int
  package let outputs: OutputSettings

  /// Most participants one room takes by default: one to many, on one machine.
  package static let defaultParticipantsPerRoom = 500

  package init(
    publicURL: String = "http://localhost:8080",
    participantsPerRoom: Int = defaultParticipantsPerRoom,
    pubSub: PubSubLimits = .standard, signalling: SignallingLimits = .standard,
    quotas: QuotaLimits = .standard,
    outbound: OutboundTargetPolicy = OutboundTargetPolicy(),
    insightsRetentionDays: Int = 30,
    outputs: OutputSettings = OutputSettings()
  ) throws(Violation) {
    guard publicURL.hasPrefix("http://") || publicURL.hasPrefix("https://") else {
      throw Violation(key: "publicURL", rule: "must start with http:// or https://")
    }
    guard (1...10_000).contains(participantsPerRoom) else {
      throw Violation(key: "participantsPerRoom", rule: "must be 1 to 10000")
    }
    guard (1...3_650).contains(insightsRetentionDays) else {
      throw Violation(key: "insightsRetention", rule: "must be 1 to 3650")
    }
    self.publicURL = publicURL.hasSuffix("/") ? String(publicURL.dropLast()) : publicURL
    self.participantsPerRoom = participantsPerRoom
    self.pubSub = pubSub
    self.signalling = signalling
    self.quotas = quotas
    self.outbound = outbound
    self.insightsRetentionDays = insightsRetentionDays
    self.outputs = outputs
  }
}

/// Bounds on messages between participants (docs/signalling.md).
package struct PubSubLimits: Sendable, Equatable {
  /// Characters of a topic.
  package var topicLength = 128
  /// Bytes of JSON of a message with its payload.
  package var messageBytes = 32 * 1024
  /// Persisted messages kept per topic; the oldest goes.
  package var historyPerTopic = 1_000
  /// Bytes of persisted messages kept per session; the oldest goes.
  package var historyBytes = 8 * 1024 * 1024
  /// Topics one participant may be subscribed to.
  package var topicsPerParticipant = 256
  /// Receivers one message may name.
  package var sendOnlyCount = 1_000

  package static let standard = PubSubLimits()
}

/// Bounds and patience of one participant's signalling (docs/signalling.md).
package struct SignallingLimits: Sendable, Equatable {
  /// Bytes of one frame of a client.
  package var frameBytes = 256 * 1024
  /// Time for the first message of a socket.
  package var firstMessage = Nanoseconds.seconds(10)
  /// A socket that says nothing for so long is closed.
  package var silence = Nanoseconds.seconds(15)
  /// How long a participant without a socket stays.
  package var resumeWindow = Nanoseconds.seconds(30)
  /// How long a shard may take to answer an offer, the wait for a shard included.
  package var mediaAnswer = Nanoseconds.seconds(5)
  /// Messages per second a client may send for long.
  package var messagesPerSecond = 50
  /// Messages a client may send at once.
  package var messageBurst = 500
  /// Messages that may wait for one client to read them.
  package var waitingMessages = 2_000
  /// Bytes that may wait for one client to read them.
  package var waitingBytes = 1024 * 1024
  /// Answers remembered for a client that asks again.
  package var rememberedReplies = 64
  /// After so long an event was surely read by a client that is still there: it hangs up after
  /// 15 s of silence and may resume for 30 s.
  package var eventMemory = Nanoseconds.seconds(60)

  package static let standard = SignallingLimits()
}
