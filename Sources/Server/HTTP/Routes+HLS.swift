import Control
import HTTPTypes
import Hummingbird

extension RouteTable {
  /// What players fetch: `/hls/{outputId}/…`, without a token; the id is the secret.
  static func hlsOrigin(_ origin: HLSOrigin) -> [Route] {
    let answer = RouteDocument.Answer.content([
      "application/vnd.apple.mpegurl", "video/mp4", "video/mp2t", "audio/mp4", "audio/aac",
      "text/vtt", "image/jpeg", "image/png", "image/webp",
    ])
    let query = [
      RouteDocument.QueryParameter(
        "_HLS_msn", .integer(0...1_000_000_000), "Wait until this segment is listed."),
      RouteDocument.QueryParameter(
        "_HLS_part", .integer(0...1_000), "Wait until this part of it is listed."),
    ]
    return [
      Route(
        .get, "/hls/{outputId}/{file}", .playHLS,
        .init(
          "Fetch a playlist.", in: .outputs, query: query, answer: answer,
          refusals: [400, 404, 416, 503])
      ) { request in
        try await play(origin, request, [request.parameter("file")])
      },
      Route(
        .get, "/hls/{outputId}/{rendition}/{file}", .playHLS,
        .init(
          "Fetch a playlist or a segment of one quality.", in: .outputs, query: query,
          answer: answer, refusals: [400, 404, 416, 503]), named: "playHLSRendition"
      ) { request in
        try await play(
          origin, request, [request.parameter("rendition"), request.parameter("file")])
      },
    ]
  }

  private static func play(
    _ origin: HLSOrigin, _ request: APIRequest, _ parts: [String]
  ) async throws -> Response {
    func number(_ name: String) throws(HTTPFailure) -> Int? {
      guard let text = request.target.query[name] else { return nil }
      guard let number = Int(text), number >= 0 else {
        throw .invalidParameter("'\(name)' is no whole number.")
      }
      return number
    }
    let segment = try number("_HLS_msn")
    let part = try number("_HLS_part")
    guard part == nil || segment != nil else {
      throw HTTPFailure.invalidParameter("'_HLS_part' needs '_HLS_msn'.")
    }
    return try await origin.response(
      to: HLSOrigin.Asked(
        outputID: request.parameter("outputId"), parts: parts, segment: segment, part: part,
        range: request.request.headers[.range]))
  }
}
