import Signal

extension Schema {
  package static let createRoom = named(
    "CreateRoom",
    .object([
      .optional(
        "customRoomId",
        // One that is not white space, a control character or a slash.
        .nullable(.string(1...128, pattern: #"^[^\s/\u0000-\u001f\u007f-\u009f]+$"#)),
        "Your own name for it; a room that has it already is the answer, as it is.",
        example: "team-a"),
      .optional("webhook", .nullable(.roomWebhook), "Where its events are sent."),
      .optional("autoCloseConfig", .nullable(.autoClose), "How long a session may last."),
      .optional(
        "allowedParticipantIds", .nullable(.array(.string(1...64), 0...1_000)),
        "Who may join; left out: whoever has a token.", example: ["ann", "bob"]),
      .optional(
        "autoStartConfig",
        .nullable(
          .object([
            .optional("recording", .nullable(.autoStart)), .optional("hls", .nullable(.autoStart)),
          ])), "What begins with each session."),
      .optional("multiComposition", .nullable(.multiComposition)),
    ]))

  package static let autoStart = named(
    "AutoStart",
    .object([
      .optional("config", .nullable(.outputConfig)), .optional("awsDirPath", .nullable(.string)),
      .optional("webhookUrl", .nullable(.string)),
    ]))

  package static let multiComposition = named(
    "MultiComposition",
    .object(
      ["recording", "hls", "rtmp"].map {
        .optional($0, .nullable(.boolean), "Several of them may go on at a time.")
      }))

  package static let roomStatus = named(
    "RoomStatus",
    .object([
      .field(
        "status", .oneOf(["enabled", "disabled"]), "Disabling ends the session.",
        example: "enabled")
    ]))

  package static let roomReference = named(
    "RoomReference",
    .object([
      .field("roomId", .string, "A room's id, or its custom id.", example: "abcd-efgh-ijkl")
    ]))

  package static let owner = named(
    "Owner",
    .object([
      .field("id", .string, "The tenant."), .field("name", .string, "The API key."),
      .field("email", .string, "Empty."),
    ]))

  package static let room = named(
    "Room",
    .object([
      .field("roomId", .string, "What people join; also called meetingId."),
      .field("customRoomId", .nullable(.string)),
      .optional("userId", .string, "The tenant; in answers to creation and validation."),
      .optional("user", .owner, "In lists and fetches."),
      .field("disabled", .boolean, "Nobody can join."),
      .optional("status", .oneOf(["enabled", "disabled"]), "In answers to a change of it."),
      .optional("webhook", .roomWebhook), .optional("autoCloseConfig", .autoClose),
      .optional("allowedParticipantIds", .array(.string)),
      .optional("autoStartConfig", .anything), .optional("multiComposition", .anything),
      .field("createdAt", .time), .field("updatedAt", .time), .field("id", .string),
      .field(
        "links",
        .object([.field("get_room", .string), .field("get_session", .string)])),
    ]))

  package static let deactivatedRoom = named(
    "DeactivatedRoom",
    .object([
      .field(
        "webhook",
        .object([
          .field("events", .array(.string)), .optional("endPoint", .nullable(.string)),
        ])),
      .field("disabled", .boolean), .field("meetingId", .string, "The room's id."),
      .optional("userMeetingId", .nullable(.string), "The room's custom id."),
      .field("userId", .string), .field("user", .owner),
      .field("createdAt", .time), .field("updatedAt", .time), .field("id", .string),
    ]))
}
