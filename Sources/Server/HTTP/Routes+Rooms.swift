import Control
import Hummingbird
import Signal

extension RouteTable {
  /// Rooms: `/v2/rooms`.
  static func rooms(_ directory: RoomDirectory) -> [Route] {
    [
      Route(
        .post, "/v2/rooms", .createRoom,
        .init("Make a room.", in: .rooms, body: .createRoom, answer: .json(.room))
      ) { request in
        let body = try await request.decode(CreateRoomRequest.self)
        return .json(try await directory.createRoom(body, try request.access))
      },
      Route(
        .get, "/v2/rooms", .listRooms,
        .init("List the rooms, newest first.", in: .rooms, answer: .page(.room), refusals: [404])
      ) { request in
        .json(try await directory.rooms(try request.page(), try request.access))
      },
      Route(
        .post, "/v2/rooms/deactivate", .deactivateRoom,
        .init(
          "Disable a room and end its session.", in: .rooms, body: .roomReference,
          answer: .json(.deactivatedRoom), refusals: [404])
      ) { request in
        let body = try await request.decode(DeactivateRoomRequest.self)
        return .json(try await directory.deactivateRoom(body, try request.access))
      },
      // Documents of the public surface say GET in one place and POST in another.
      Route(.get, "/v2/rooms/validate/{roomId}", .validateRoom, validation) {
        try await validate($0, directory)
      },
      Route(
        .post, "/v2/rooms/validate/{roomId}", .validateRoom, validation,
        named: "validateRoomByPost"
      ) { try await validate($0, directory) },
      Route(
        .get, "/v2/rooms/{roomId}", .showRoom,
        .init("Show a room.", in: .rooms, answer: .json(.room))
      ) { request in
        .json(try await directory.room(request.parameter("roomId"), try request.access))
      },
      Route(
        .post, "/v2/rooms/{roomId}", .setRoomStatus,
        .init("Enable or disable a room.", in: .rooms, body: .roomStatus, answer: .json(.room))
      ) { request in
        let body = try await request.decode(RoomStatusRequest.self)
        let id = request.parameter("roomId")
        return .json(try await directory.setRoomStatus(id, body, try request.access))
      },
    ]
  }

  private static let validation = RouteDocument(
    "See whether a room is there and can be joined.", in: .rooms, answer: .json(.room),
    refusals: [409])

  private static func validate(
    _ request: APIRequest, _ directory: RoomDirectory
  ) async throws -> Response {
    .json(try await directory.validateRoom(request.parameter("roomId"), try request.access))
  }
}
