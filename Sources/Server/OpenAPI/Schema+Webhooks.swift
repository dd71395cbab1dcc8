import Control
import Signal

extension Schema {
  package static let roomWebhook = named(
    "RoomWebhook",
    .object([
      .field(
        "endPoint", .string(1...512), "An https URL on the internet.",
        example: "https://example.com/hook"),
      .optional(
        "events", .nullable(.array(.string(1...64), 0...64)),
        "Names, a `*` at the end standing for any rest; none for all.",
        example: ["session-*", "participant-*"]),
    ]))

  package static let autoClose = named(
    "AutoClose",
    .object([
      .optional(
        "type", .nullable(.oneOf(["session-ends", "session-end-and-deactivate"])),
        "Whether the room is disabled with it."),
      .optional(
        "duration", .nullable(.integer(AutoCloseConfig.durations)),
        "Minutes; \(AutoCloseConfig.defaultDuration) if it is not said.", example: 480),
    ]))

  package static let deliveryState = oneOf(WebhookDelivery.State.self)

  package static let sessionEvent = named(
    "SessionEvent",
    .object([
      .field("sequence", .integer, "From 1, without gaps."), .field("type", .string),
      .field("time", .time), .field("data", .anything, "An object; the type says of what."),
    ]))

  package static let delivery = named(
    "WebhookDelivery",
    .object([
      .field("id", .string), .field("eventId", .string, "The `webhook-id`."),
      .field("type", .string), .field("roomId", .string), .field("sessionId", .string),
      .field("sequence", .integer, "Of the event in its session."), .field("endPoint", .string),
      .field("state", .deliveryState), .field("attempts", .integer), .field("createdAt", .time),
      .field("nextAttemptAt", .nullable(.time), "`null`: at once, if it waits."),
      .field("deliveredAt", .nullable(.time)),
      .field("lastStatus", .nullable(.integer), "The HTTP status of the last answer."),
      .field("lastError", .nullable(.string)),
      .optional("body", .anything, "What is sent; when one delivery is asked for."),
    ]))

  package static let redeliver = named(
    "Redeliver",
    .object([
      .field("state", .deliveryState, "Those in this state.", example: "dead"),
      .optional("roomId", .nullable(.string), "Only those of this room, by its id or custom id."),
    ]))
  package static let redelivered = named("Redelivered", .object([.field("count", .integer)]))
  package static let webhookSecret = named(
    "WebhookSecret", .object([.field("secret", .string, "`whsec_` and the key in Base64.")]))
  package static let publicKey = named(
    "PublicKey", .object([.field("publicKey", .string, "In PEM form.")]))

  package static let uploadFile = named(
    "UploadFile",
    .object([
      .field("roomId", .string, "A room's id, or its custom id.", example: "abcd-efgh-ijkl"),
      .field(
        "fileName", .string(1...255),
        "Its extension says what it is: png, jpg, gif, webp, pdf, txt and others.",
        example: "notes.txt"),
      .field("base64Data", .string, "At most 10 MiB of bytes.", example: "aGVsbG8="),
    ]))
  package static let file = named(
    "File",
    .object([
      .field("fileId", .string), .field("url", .string), .field("fileName", .string),
      .field("size", .integer, "Bytes."), .field("expires", .oneOf(["session end"])),
    ]))
}
