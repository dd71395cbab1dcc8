import Signal

extension Schema {
  /// The body of every refusal.
  package static let error = named(
    "Error",
    .object([
      .field("statusCode", .integer, "The HTTP status."),
      .field("code", .string, "Stable, for programs.", example: "ROOM_NOT_FOUND"),
      .field("error", .string, "The same as `message`."),
      .field("message", .string, "For people; may change."),
    ]))

  /// One page of a list.
  package static func page(_ element: Schema) -> Schema {
    .object([.field("pageInfo", .pageInfo), .field("data", .array(element))])
  }

  /// A page whose elements lie inside one object.
  package static func objectPage(_ object: Schema) -> Schema {
    .object([.field("pageInfo", .pageInfo), .field("data", object)])
  }

  package static let pageInfo = named(
    "PageInfo",
    .object([
      .field("currentPage", .integer, "From 1."), .field("perPage", .integer),
      .field("lastPage", .integer, "At least 1."), .field("total", .integer, "Of all pages."),
    ]))

  package static let roomID = string
  package static let timelog = named(
    "Timelog",
    .object([.field("start", .time), .field("end", .nullable(.time), "`null` while it goes on.")]))
}
