import Signal

extension Schema {
  package static let outputConfig = named(
    "OutputConfig",
    .object([
      .optional(
        "layout",
        .nullable(
          .object([
            .optional("type", .nullable(.oneOf(CompositionSpecification.Layout.self))),
            .optional("priority", .nullable(.oneOf(CompositionSpecification.Priority.self))),
            .optional("gridSize", .nullable(.integer), "1 to 25; others are clamped."),
          ]))),
      .optional("theme", .nullable(.oneOf(CompositionSpecification.Theme.self))),
      .optional("mode", .nullable(.oneOf(CompositionSpecification.Mode.self))),
      .optional(
        "quality", .nullable(.oneOf(CompositionSpecification.Quality.self)),
        "854×480, 1280×720 or 1920×1080."),
      .optional("orientation", .nullable(.oneOf(CompositionSpecification.Orientation.self))),
      .optional(
        "recording", .nullable(.object([.optional("enabled", .nullable(.boolean))])),
        "HLS and livestreams: keep a file as well."),
    ]))

  private static let roomField = Field.field(
    "roomId", .string, "A room's id, or its custom id.", example: "abcd-efgh-ijkl")
  private static let config = Field.optional("config", .nullable(.outputConfig), "How it looks.")
  private static let webhook = Field.optional(
    "webhookUrl", .nullable(.string), "Gets this output's events, besides the room's webhook.")
  private static func folder(_ name: String) -> Field {
    .optional(name, .nullable(.string), "A prefix in the bucket.")
  }
  private static let participant = Field.field(
    "participantId", .string, "Who is in the session.", example: "ann")
  private static let trackKind = Field.field(
    "kind", .oneOf(RecordedTrackKind.self), example: "audio")

  package static let startRecording = named(
    "StartRecording",
    .object([
      roomField, config, webhook, folder("awsDirPath"),
      .optional("preSignedUrl", .nullable(.string), "Where the file is PUT in the end."),
      .optional("fileFormat", .nullable(.oneOf(RecordingFormat.self)), "mp4 if left out."),
      .optional("transcription", .anything, "Ignored."),
    ]))

  package static let startLivestream = named(
    "StartLivestream",
    .object([
      roomField, config, webhook,
      .field(
        "outputs",
        .array(
          .object([
            .field("url", .string, "rtmp:// or rtmps://"),
            .field("streamKey", .string, "Shown nowhere again."),
          ]), 1...10), "All are sent the same.",
        example: [["url": "rtmp://live.example.com/app", "streamKey": "my-key"]]),
    ]))

  package static let startHLS = named("StartHLS", .object([roomField, config, webhook]))

  package static let startParticipantRecording = named(
    "StartParticipantRecording",
    .object([
      roomField, participant, webhook, folder("bucketDirPath"),
      .optional("fileFormat", .nullable(.oneOf(RecordingFormat.self)), "webm if left out."),
    ]))

  package static let startTrackRecording = named(
    "StartTrackRecording",
    .object([
      roomField, participant, trackKind, webhook, folder("bucketDirPath"),
      .optional("fileFormat", .nullable(.oneOf(["webm"]))),
    ]))

  package static let startCompositeRecording = named(
    "StartCompositeRecording",
    .object([
      roomField, webhook, folder("bucketDirPath"),
      .field(
        "participants",
        .array(
          .object([
            .field("participantId", .string),
            .optional("kind", .array(.oneOf(RecordedTrackKind.self))),
          ]), 1...25), example: [["participantId": "ann", "kind": ["audio", "video"]]]),
      .optional(
        "watermarks",
        .array(
          .object([
            .optional("imageUrl", .nullable(.string)), .optional("text", .nullable(.string)),
          ]), 0...8)),
      .optional("fileFormat", .nullable(.oneOf(RecordingFormat.self)), "mp4 if left out."),
    ]))

  package static let stopOutput = named("StopOutput", .object([roomField]))
  package static let stopParticipantRecording = named(
    "StopParticipantRecording", .object([roomField, participant]))
  package static let stopTrackRecording = named(
    "StopTrackRecording", .object([roomField, participant, trackKind]))

  package static let outputFile = named(
    "OutputFile",
    .object([
      .field("id", .string),
      .field(
        "meta",
        .object([
          .field(
            "resolution",
            .object([.field("width", .integer), .field("height", .integer)])),
          .field("format", .string), .field("duration", .number, "Seconds."),
        ])),
      .field("filePath", .string, "Its name."), .field("size", .integer, "Bytes."),
      .field("type", .oneOf(["audio", "video"])),
      .field("userStorage", .nullable(.string), "Where it was uploaded to."),
      .field("storage", .oneOf(["local", "uploading", "uploaded", "refused"])),
      .field("createdAt", .time), .field("updatedAt", .time),
      .field("ratio", .nullable(.string)),
      .field("fileUrl", .string, "Readable without a token for a week."),
    ]))

  private static let common: [Field] = [
    .field("id", .string), .field("userId", .string, "The tenant."), .field("roomId", .string),
    .field("sessionId", .string), .field("status", .oneOf(OutputState.self)),
    .field("createdAt", .time), .field("updatedAt", .time), .field("start", .time),
    .field("end", .nullable(.time), "`null` while it goes on."),
    .field("webhookUrl", .nullable(.string)),
    .field(
      "error",
      .nullable(
        .object([.field("code", .nullable(.integer)), .field("message", .string)])),
      "Why it failed."),
    .field(
      "links", .object([.field("get_room", .string), .field("get_session", .string)])),
  ]

  package static let recording = named(
    "Recording",
    .object(
      common + [
        .field("fileId", .nullable(.string)),
        .field("file", .nullable(.outputFile), "`null` until it is whole."),
        .field(
          "files", .array(.outputFile),
          "That one; several parts only where a full disk had no room to make one of them."),
      ]))

  package static let otherRecording = named(
    "OtherRecording",
    .object(
      common + [
        .optional("participantId", .nullable(.string)), .optional("kind", .string),
        .optional("file", .nullable(.outputFile)), .optional("files", .array(.outputFile)),
        .optional("participants", .array(.anything)), .optional("fileId", .nullable(.string)),
        .optional("fileFormat", .oneOf(RecordingFormat.self)),
        .optional("meetingId", .string, "The same as `roomId`."),
      ]))

  package static let livestream = named(
    "Livestream",
    .object(
      common + [
        .field(
          "outputs", .array(.object([.field("url", .string)])),
          "Where it goes; keys are not shown.")
      ]))

  package static let hls = named(
    "HLS",
    .object(
      common + [
        .field("playbackHlsUrl", .string, "Live with rewinding; all of it afterwards."),
        .field("livestreamUrl", .string, "The live edge alone."),
        .field("downstreamUrl", .string, "The same as `playbackHlsUrl`."),
        .field("duration", .integer, "Seconds, when it is over."),
        .field("composerId", .string), .field("mode", .string),
      ]))
}
