import Control
import Hummingbird
import Signal

extension RouteTable {
  /// Rooms: `/v2/rooms`.
  static func rooms(_ directory: RoomDirectory) -> [Route] {
    [
      Route(.post, "/v2/rooms") { request in
        let access = try directory.authorize(request)
        let body = try await request.decode(CreateRoomRequest.self)
        return .json(try await directory.createRoom(body, access))
      },
      Route(.get, "/v2/rooms") { request in
        let access = try directory.authorize(request)
        return .json(try await directory.rooms(try request.page(), access))
      },
      Route(.post, "/v2/rooms/deactivate") { request in
        let access = try directory.authorize(request)
        let body = try await request.decode(DeactivateRoomRequest.self)
        return .json(try await directory.deactivateRoom(body, access))
      },
      // Documents of the public surface say GET in one place and POST in another.
      Route(.get, "/v2/rooms/validate/{roomId}") { try await validate($0, directory) },
      Route(.post, "/v2/rooms/validate/{roomId}") { try await validate($0, directory) },
      Route(.get, "/v2/rooms/{roomId}") { request in
        let access = try directory.authorize(request)
        return .json(try await directory.room(request.parameter("roomId"), access))
      },
      Route(.post, "/v2/rooms/{roomId}") { request in
        let access = try directory.authorize(request)
        let body = try await request.decode(RoomStatusRequest.self)
        return .json(try await directory.setRoomStatus(request.parameter("roomId"), body, access))
      },
    ]
  }

  private static func validate(
    _ request: APIRequest, _ directory: RoomDirectory
  ) async throws -> Response {
    let access = try directory.authorize(request)
    return .json(try await directory.validateRoom(request.parameter("roomId"), access))
  }
}

extension RoomDirectory {
  /// Verifies the token of a request.
  nonisolated func authorize(_ request: APIRequest) throws(ControlError) -> AccessToken {
    try authorize(header: request.request.headers[.authorization])
  }
}
