import Signal

extension Schema {
  package static let health = named(
    "Health", .object([.field("status", .oneOf(["ok", "ready"]))]))

  package static let tokenWish = named(
    "TokenWish",
    .object([
      .optional("roomId", .nullable(.string), "The only room the token is for."),
      .optional("participantId", .nullable(.string), "The only participant the token is for."),
      .optional(
        "permissions", .nullable(.array(.oneOf(Permission.self))),
        "Left out: joining and moderating."),
    ]))

  package static let tokenReply = named("TokenReply", .object([.field("token", .string)]))
}
