import Control
import Hummingbird
import Signal

extension RouteTable {
  /// Keys and what was done with them: `/v2/keys`, `/v2/audit`.
  static func keys(_ directory: RoomDirectory) -> [Route] {
    [
      Route(
        .get, "/v2/keys", .listKeys,
        .init("List the API keys, without their secrets.", in: .keys, answer: .page(.key))
      ) { request in
        .json(try await directory.keys(try request.page(), try request.access))
      },
      Route(
        .post, "/v2/keys", .createKey,
        .init(
          "Make an API key.", in: .keys, body: .createKey, answer: .json(.createdKey),
          refusals: [404])
      ) { request in
        let body = try await request.decode(CreateKeyRequest.self)
        return .json(try await directory.createKey(body, try request.access))
      },
      Route(
        .post, "/v2/keys/{key}/revoke", .revokeKey,
        .init(
          "Revoke an API key for good; its participants are taken out of their rooms.", in: .keys,
          answer: .json(.key), refusals: [409])
      ) { request in
        .json(try await directory.revokeKey(request.parameter("key"), try request.access))
      },
      Route(
        .get, "/v2/audit", .listAudit,
        .init(
          "List what was done with keys, rooms, sessions and participants, newest first.",
          in: .keys, answer: .page(.audit))
      ) { request in
        .json(try await directory.audit(try request.page(), try request.access))
      },
    ]
  }
}
