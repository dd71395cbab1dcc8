import Control
import HTTPTypes
import Hummingbird
import NIOCore
import Signal

extension RouteTable {
  /// Sessions and their participants: `/v2/sessions`.
  static func sessions(_ directory: RoomDirectory) -> [Route] {
    [
      Route(
        .get, "/v2/sessions", .listSessions,
        .init(
          "List the sessions, newest first.", in: .sessions,
          query: [
            .init("roomId", .string, "Only those of this room."),
            .init("customRoomId", .string, "Likewise, by its custom id."),
          ], answer: .page(.session), refusals: [404])
      ) { request in
        let room = request.target.query["roomId"] ?? request.target.query["customRoomId"]
        return .json(
          try await directory.sessions(roomID: room, try request.page(), try request.access))
      },
      Route(
        .post, "/v2/sessions/end", .endSession,
        .init(
          "End the session of a room for everybody.", in: .sessions, body: .endSession,
          answer: .json(.session), refusals: [404])
      ) { request in
        let body = try await request.decode(EndSessionRequest.self)
        return .json(try await directory.endSession(body, try request.access))
      },
      Route(
        .post, "/v2/sessions/participants/remove", .removeParticipant,
        .init(
          "Remove a participant, who stays out until its token expires.", in: .sessions,
          body: .removeParticipant, answer: .json(.session), refusals: [404])
      ) { request in
        let body = try await request.decode(RemoveParticipantRequest.self)
        return .json(try await directory.removeParticipant(body, try request.access))
      },
      Route(
        .get, "/v2/sessions/{sessionId}", .showSession,
        .init("Show a session and who was there.", in: .sessions, answer: .json(.session))
      ) { request in
        .json(try await directory.session(request.parameter("sessionId"), try request.access))
      },
      Route(
        .get, "/v2/sessions/{sessionId}/participants", .listParticipants,
        .init(
          "List who was in a session.", in: .sessions, query: RouteDocument.pageQuery,
          answer: .json(.objectPage(.sessionParticipants)))
      ) { request in
        let id = request.parameter("sessionId")
        return .json(
          try await directory.participants(session: id, try request.page(), try request.access))
      },
      Route(
        .get, "/v2/sessions/{sessionId}/participants/active", .listActiveParticipants,
        .init("List who is in a session now.", in: .sessions, answer: .page(.activeSession))
      ) { request in
        let id = request.parameter("sessionId")
        return .json(
          try await directory.activeParticipants(
            session: id, try request.page(), try request.access))
      },
      Route(
        .get, "/v2/sessions/{sessionId}/chat.csv", .downloadChat,
        .init(
          "Download the messages that were kept.", in: .sessions, answer: .content(["text/csv"]))
      ) { request in
        let bytes = try await directory.chatCSV(
          session: request.parameter("sessionId"), try request.access)
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
