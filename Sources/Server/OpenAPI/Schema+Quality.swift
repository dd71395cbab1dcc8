import Signal

extension Schema {
  private static let score = nullable(number)

  package static let sample = named(
    "Sample",
    .object(
      [.field("time", .time, "The end of what it covers.")]
        + ["recvAudio", "recvVideo", "sendAudio", "sendVideo"].map {
          .field("\($0)PacketLost", .integer, "Packets.")
        }
        + ["AudioRtt", "VideoRtt", "AudioJitter", "VideoJitter"].map {
          .field("average\($0)", .nullable(.number), "Milliseconds.")
        }
        + ["SendAudio", "SendVideo", "RecvAudio", "RecvVideo"].map {
          .field("average\($0)Bitrate", .number, "kbit/s.")
        } + [
          .field(
            "qualityScore", .object([.field("audio", .score), .field("video", .score)]),
            "0 to 5; `null` when nothing flowed.")
        ]))

  package static let sessionStats = named(
    "SessionStats",
    .object([
      .field("sessionId", .string), .field("meetingId", .string),
      .field("stats", .array(.sample), "Of all participants put together."),
    ]))

  package static let participantStats = named(
    "ParticipantStats",
    .object([
      .field("sessionId", .string), .field("meetingId", .string),
      .field("participantId", .string), .field("participantName", .string),
      .field(
        "deviceInfo",
        .object([.optional("deviceName", .string), .optional("deviceVersion", .string)]),
        "The browser."),
      .field(
        "sdkInfo", .object([.optional("sdkName", .string), .optional("sdkVersion", .string)])),
      .field(
        "location",
        .object(["country", "city", "region"].map { .field($0, .nullable(.string)) }),
        "Always unknown."),
      .field(
        "network",
        .object([
          .field("asn", .nullable(.integer)), .field("org", .nullable(.string)),
          .field("type", .nullable(.oneOf(NetworkType.self)), "As the client told."),
        ])),
      .field("stats", .array(.sample)),
      .field(
        "resolutionUsage",
        .array(
          .object(
            ["180", "360", "720", "1080", "1440", "2160"].map { .field($0, .integer) }
              + [.field("time", .time)])),
        "Videos that were shown, by height."),
      .field(
        "summary",
        .object([
          .field("joinMilliseconds", .nullable(.integer)), .field("reconnects", .integer),
          .field("freezes", .integer), .field("freezeMilliseconds", .integer),
          .field("audioScore", .score), .field("videoScore", .score),
        ]), "Of the whole call."),
    ]))

  package static let usage = named(
    "Usage",
    .object([
      .field("sessions", .integer), .field("participants", .integer),
      .field("participantMinutes", .integer), .field("peakParticipants", .integer),
      .field("audioScore", .score), .field("videoScore", .score), .field("messages", .integer),
      .field(
        "days",
        .array(
          .object([
            .field("day", .string, example: "2024-03-27"), .field("sessions", .integer),
            .field("participantMinutes", .integer),
          ])), "In UTC; only those with something in them."),
    ]))

  package static let live = named(
    "Live",
    .object([
      .field(
        "rooms",
        .array(
          .object([
            .field("roomId", .string), .field("customRoomId", .nullable(.string)),
            .field("sessionId", .string), .field("start", .time),
            .field(
              "participants",
              .array(
                .object([
                  .field("participantId", .string), .field("name", .string),
                  .field("mode", .oneOf(ParticipantMode.self)),
                  .field("streams", .array(.oneOf(StreamKind.self))),
                  .field("audioScore", .score), .field("videoScore", .score),
                  .field("rtt", .nullable(.number), "Milliseconds."),
                ]))),
          ])), "The newest 1,000."),
      .field(
        "totals",
        .object([
          .field("rooms", .integer), .field("participants", .integer),
          .field("sendBitrate", .number, "kbit/s."), .field("recvBitrate", .number, "kbit/s."),
        ]), "Of all rooms."),
    ]))
}
