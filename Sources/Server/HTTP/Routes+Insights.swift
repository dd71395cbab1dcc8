import Control
import HTTPTypes
import Hummingbird
import NIOCore
import Signal

extension RouteTable {
  /// How good calls are, and how much there is of them: `/v2/sessions/…/stats`, `/v2/insights`, `/v2/live`.
  static func insights(_ directory: RoomDirectory) -> [Route] {
    let format = [
      RouteDocument.QueryParameter(
        "format", .oneOf(["json", "csv"]), "A table of the samples, instead of JSON.")
    ]
    // The public surface writes `participant`, where everything else is `participants`.
    let participants = ["participants", "participant"].map { word in
      Route(
        .get, "/v2/sessions/{sessionId}/\(word)/{participantId}/stats", .showParticipantStats,
        .init(
          "Show how good a participant's call was.", in: .quality, query: format,
          answer: .jsonOrTable(.participantStats)),
        named: word == "participant" ? "showParticipantStatsSingular" : nil
      ) { request in
        let isTable = try request.wantsTable()
        let resource = try await directory.stats(
          session: request.parameter("sessionId"),
          participantID: request.parameter("participantId"), try request.access)
        return isTable ? .csv(SampleResource.csv(resource.stats)) : .json(resource)
      }
    }
    return participants + [
      Route(
        .get, "/v2/sessions/{sessionId}/stats", .showSessionStats,
        .init(
          "Show how good a session was.", in: .quality, query: format,
          answer: .jsonOrTable(.sessionStats))
      ) { request in
        let isTable = try request.wantsTable()
        let resource = try await directory.stats(
          session: request.parameter("sessionId"), try request.access)
        return isTable ? .csv(SampleResource.csv(resource.stats)) : .json(resource)
      },
      Route(
        .get, "/v2/insights/usage", .showUsage,
        .init(
          "Show what was used in a span of time, and how good it was.", in: .quality,
          query: [
            .init("from", .time, "In UTC; 30 days before its end if absent."),
            .init("to", .time, "In UTC; now if absent."),
            .init("apiKey", .string, "Only sessions that this key began."),
          ], answer: .json(.usage))
      ) { request in
        .json(
          try await directory.usage(
            from: try request.time("from"), to: try request.time("to"),
            apiKey: request.target.query["apiKey"], try request.access))
      },
      Route(
        .get, "/v2/live", .showLive,
        .init(
          "Show what goes on now; with an admin key, of all tenants.", in: .quality,
          answer: .json(.live))
      ) { request in
        .json(try await directory.overview(try request.access))
      },
    ]
  }
}

extension APIRequest {
  /// Whether `format` asks for a table.
  ///
  /// - Throws: `HTTPFailure` 400 for a format that there is not.
  fileprivate func wantsTable() throws(HTTPFailure) -> Bool {
    switch target.query["format"] {
    case nil, "json": false
    case "csv": true
    default: throw .invalidParameter("format is json or csv.")
    }
  }

  /// A moment in the query; `nil` if it is absent.
  ///
  /// - Throws: `HTTPFailure` 400 if it is no time.
  fileprivate func time(_ name: String) throws(HTTPFailure) -> Timestamp? {
    guard let text = target.query[name] else { return nil }
    guard let time = Timestamp(text: text) else {
      throw .invalidParameter("'\(name)' must be a time like 2024-03-27T09:30:00Z.")
    }
    return time
  }
}

extension Response {
  /// A table to be saved or opened as a sheet.
  fileprivate static func csv(_ bytes: [UInt8]) -> Response {
    Response(
      status: .ok,
      headers: [
        .contentType: "text/csv; charset=utf-8", .cacheControl: "no-store",
        .xContentTypeOptions: "nosniff",
      ],
      body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
  }
}
