import Control
import HTTPTypes
import Hummingbird
import NIOCore
import Signal

extension RouteTable {
  /// Sessions and their participants: `/v2/sessions`.
  static func sessions(_ directory: RoomDirectory) -> [Route] {
    [
      Route(.get, "/v2/sessions") { request in
        let access = try directory.authorize(request)
        let room = request.target.query["roomId"] ?? request.target.query["customRoomId"]
        return .json(try await directory.sessions(roomID: room, try request.page(), access))
      },
      Route(.post, "/v2/sessions/end") { request in
        let access = try directory.authorize(request)
        let body = try await request.decode(EndSessionRequest.self)
        return .json(try await directory.endSession(body, access))
      },
      Route(.post, "/v2/sessions/participants/remove") { request in
        let access = try directory.authorize(request)
        let body = try await request.decode(RemoveParticipantRequest.self)
        return .json(try await directory.removeParticipant(body, access))
      },
      Route(.get, "/v2/sessions/{sessionId}") { request in
        let access = try directory.authorize(request)
        return .json(try await directory.session(request.parameter("sessionId"), access))
      },
      Route(.get, "/v2/sessions/{sessionId}/participants") { request in
        let access = try directory.authorize(request)
        let id = request.parameter("sessionId")
        return .json(try await directory.participants(session: id, try request.page(), access))
      },
      Route(.get, "/v2/sessions/{sessionId}/participants/active") { request in
        let access = try directory.authorize(request)
        let id = request.parameter("sessionId")
        return .json(
          try await directory.activeParticipants(session: id, try request.page(), access))
      },
      Route(.get, "/v2/sessions/{sessionId}/chat.csv") { request in
        let access = try directory.authorize(request)
        let bytes = try await directory.chatCSV(session: request.parameter("sessionId"), access)
        return Response(
          status: .ok,
          headers: [
            .contentType: "text/csv; charset=utf-8", .cacheControl: "no-store",
            .xContentTypeOptions: "nosniff",
          ],
          body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
      },
    ]
  }
}
