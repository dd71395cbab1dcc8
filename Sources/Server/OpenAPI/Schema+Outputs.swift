import Control
import Signal

extension Schema {
  package static let outputConfig = named(
    "OutputConfig",
    .object([
      .optional(
        "layout",
        .anyOf([
          .object([
            .optional("type", .nullable(.oneOf(CompositionSpecification.Layout.self))),
            priority, gridSize,
          ]),
          // As older callers have it; what belongs to it stands beside it then, and is read then alone.
          .oneOf(CompositionSpecification.Layout.self), .null,
        ])),
      .optional("theme", .nullable(.oneOf(CompositionSpecification.Theme.self))),
      .optional("mode", .nullable(.oneOf(CompositionSpecification.Mode.self))),
      .optional(
        "quality",
        .nullable(
          .oneOf(
            CompositionSpecification.Quality.allCases.map(\.rawValue) + [
              "medium", "sd", "hd", "fhd",
            ])),
        "854×480, 1280×720 or 1920×1080."),
      .optional("orientation", .nullable(.oneOf(CompositionSpecification.Orientation.self))),
      .optional(
        "recording", .nullable(.object([.optional("enabled", .nullable(.boolean))])),
        "HLS and livestreams: keep a file as well."),
      .optional(
        "logo", .nullable(.object([.optional("url", .nullable(.string))])),
        "A PNG, JPEG or WebP of at most 5 MB, in the upper right corner."),
      .optional(
        "background",
        .nullable(
          .object([
            .optional("url", .nullable(.string)),
            .optional("color", .nullable(.string(4...7, pattern: "^#([0-9A-Fa-f]{3}){1,2}$"))),
          ])), "A picture that fills the frame, or a colour."),
    ]))

  private static let priority = Field.optional(
    "priority", .nullable(.oneOf(CompositionSpecification.Priority.self)))
  private static let gridSize = Field.optional(
    "gridSize",
    .anyOf([.number, .string(1...20, pattern: #"^-?[0-9]{1,9}(\.[0-9]{1,9})?$"#), .null]),
    "1 to 25; others are rounded and clamped.")

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

  package static let captureHLS = named(
    "CaptureHLS",
    .object([
      roomField,
      .optional("time", .nullable(.number), "Seconds since the first picture; left out: now."),
      .optional(
        "width", .nullable(.integer(CaptureRequest.sides)),
        "Pixels; one side follows from the other."),
      .optional("height", .nullable(.integer(CaptureRequest.sides))),
      .optional(
        "format", .nullable(.oneOf(CaptureSpecification.Format.self)), "jpg if left out."),
    ]))

  package static let capturedPicture = named(
    "CapturedPicture",
    .object([
      .field("message", .string), .field("roomId", .string),
      .field(
        "meta",
        .object([
          .field("createdAt", .time), .field("width", .integer), .field("height", .integer),
          .field("format", .oneOf(CaptureSpecification.Format.self)),
        ])),
      .field("filePath", .string, "Its address; it goes when the broadcast is deleted."),
      .field("fileSize", .integer, "Bytes."), .field("fileName", .string),
    ]))

  private static func channel(_ side: String) -> Field {
    .field(
      side == "left" ? "channel1" : "channel2",
      .array(
        .object([
          .field("participantId", .string),
          .optional(
            "recordingId", .nullable(.string), "Left out: all of the session's that are there."),
          .optional("type", .nullable(.oneOf(MergeRequest.Source.self))),
        ]), 1...MergeRequest.maximumEntries), "Heard on the \(side).",
      example: [["participantId": "ann"]])
  }

  package static let mergeRecordings = named(
    "MergeRecordings",
    .object([
      .field("sessionId", .string, example: .string(PathParameter.sessionId.example)),
      channel("left"), channel("right"),
      .optional(
        "type", .nullable(.oneOf(MergeRequest.Source.self)),
        "Which recordings are meant: participant if left out."),
      webhook, folder("dirPath"),
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

  private static let mergedChannel = Schema.array(
    .object([
      .field("participantId", .nullable(.string)), .field("recordingId", .nullable(.string)),
      .field("type", .oneOf(MergeRequest.Source.self)),
    ]))

  package static let merge = named(
    "Merge",
    .object(
      common + [
        .field("meetingId", .string, "The same as `roomId`."),
        .field("channel1", mergedChannel), .field("channel2", mergedChannel),
        .field("file", .nullable(.outputFile), "`null` until it is whole."),
      ]))

  package static let startedMerge = named(
    "StartedMerge", .object([.field("message", .string), .field("recording", .merge)]))

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
