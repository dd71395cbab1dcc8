import Control
import Signal

extension Schema {
  package static let createKey = named(
    "CreateKey",
    .object([
      // Control characters would break the lists it stands in.
      .field(
        "name", .string(1...100, pattern: #"^[^\u0000-\u001f\u007f-\u009f]+$"#),
        "What people call it.", example: "Web shop"),
      .optional(
        "tenantId", .nullable(.string), "Whose rooms it is for; left out: a new tenant's."),
      .optional(
        "isAdmin", .nullable(.boolean), "May make and revoke keys, and see every tenant.",
        example: false),
    ]))

  package static let key = named("Key", .object(keyFields))
  package static let createdKey = named(
    "CreatedKey",
    .object(
      keyFields + [.field("secret", .string, "Signs its tokens; it is shown only this once.")]))

  private static let keyFields: [Field] = [
    .field("key", .string, "The `apikey` of tokens."), .field("name", .string),
    .field("tenantId", .string), .field("isAdmin", .boolean), .field("createdAt", .time),
    .field("revokedAt", .nullable(.time), "From then on its tokens are refused."),
    .field("lastUsedAt", .nullable(.time), "Exact to a minute."),
  ]

  package static let audit = named(
    "Audit",
    .object([
      .field("time", .time), .field("actor", .string, "The API key, or `command line`."),
      .field("action", .oneOf(AuditRecord.Action.self)),
      .field("target", .string, "The id of what it was done to."),
      .field("detail", .string, "More for people."),
    ]))
}
