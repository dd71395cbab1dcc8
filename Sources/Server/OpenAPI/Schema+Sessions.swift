import Signal

extension Schema {
  package static let endSession = named(
    "EndSession",
    .object([
      .field("roomId", .string, "A room's id, or its custom id.", example: "abcd-efgh-ijkl"),
      .optional("sessionId", .nullable(.string), "Only if this is the session."),
    ]))

  package static let removeParticipant = named(
    "RemoveParticipant",
    .object([
      .field("participantId", .string, example: "ann"),
      .field("roomId", .string, "A room's id, or its custom id.", example: "abcd-efgh-ijkl"),
      .optional("sessionId", .nullable(.string), "Only if this is the session."),
    ]))

  package static let sessionLinks = named(
    "SessionLinks",
    .object([
      .field("get_room", .string), .field("get_session", .string),
      .field("get_all_participants", .string),
    ]))

  package static let sessionParticipant = named(
    "SessionParticipant",
    .object([
      .field("_id", .string), .field("participantId", .string), .field("name", .string),
      .field("timelog", .array(.timelog), "One for each time it was there."),
    ]))

  package static let session = named(
    "Session",
    .object([
      .field("id", .string), .field("userId", .string, "The tenant."), .field("roomId", .string),
      .field("customRoomId", .nullable(.string)), .field("start", .time),
      .field("end", .nullable(.time), "`null` while it goes on."),
      .field("participants", .array(.sessionParticipant)),
      .field("activeDuration", .integer, "Seconds."),
      .field("chatLink", .nullable(.string), "A CSV of the messages that were kept."),
      .field("status", .oneOf(["ongoing", "ended"])),
      .optional("endReason", .string, "Why it ended."), .field("links", .sessionLinks),
    ]))

  package static let sessionParticipants = named(
    "SessionParticipants",
    .object([
      .field("id", .string, "The session."), .field("roomId", .string),
      .field("customRoomId", .nullable(.string)),
      .field("participants", .array(.sessionParticipant)), .field("links", .sessionLinks),
    ]))

  package static let activeParticipant = named(
    "ActiveParticipant",
    .object([
      .field("_id", .string), .field("participantId", .string), .field("name", .string),
      .field(
        "events",
        .object(
          ["mic", "webcam", "screenShare", "screenShareAudio"].map {
            .field($0, .array(.timelog))
          }),
        "When each kind of stream was on."),
      .field("timelog", .array(.timelog)), .field("initTime", .time),
      .field(
        "deviceInfo",
        .object(
          ["sdkType", "sdkVersion", "platform", "userAgent"].map {
            .optional($0, .nullable(.string))
          } + [
            .optional(
              "browserUserAgent",
              .object([
                .optional(
                  "browser",
                  .object([.field("name", .string), .optional("version", .nullable(.string))])),
                .field("os", .object([.optional("name", .nullable(.string))])),
                .field("platform", .object([.optional("type", .nullable(.string))])),
              ]), "What `userAgent` says.")
          ]),
        "As the participant's program says itself."),
      .field(
        "changeModeHistory",
        .array(
          .object([
            .field("mode", .oneOf(ParticipantMode.self)), .field("timelog", .array(.timelog)),
            .field("_id", .string),
          ]))),
      .field("mode", .oneOf(ParticipantMode.self)),
    ]))

  package static let activeSession = named(
    "ActiveSession",
    .object([
      .field("_id", .string), .field("apiKey", .string), .field("start", .time),
      .field("end", .nullable(.time)), .field("participants", .array(.activeParticipant)),
      .field("region", .string), .field("hlsLog", .array(.anything)), .field("roomId", .string),
      .field("status", .oneOf(["ongoing", "ended"])), .field("links", .sessionLinks),
    ]))
}
