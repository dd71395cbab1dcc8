import Control
import HTTPTypes
import Hummingbird
import Signal

extension RouteTable {
  /// What operators and load balancers ask: `/healthz`, `/readyz`; and `/signal` without upgrade.
  static func operation(_ directory: RoomDirectory) -> [Route] {
    [
      Route(
        .get, "/healthz", .showHealth,
        .init("See whether the server runs.", in: .operation, answer: .json(.health))
      ) { _ in .json(Health(status: "ok")) },
      Route(
        .get, "/readyz", .showReadiness,
        .init(
          "See whether rooms can be joined.", in: .operation, answer: .json(.health),
          refusals: [503])
      ) { _ in
        let status = await directory.status()
        guard !status.isDraining else {
          throw HTTPFailure(
            .serviceUnavailable, "SERVER_DRAINING", "The server is being stopped.")
        }
        guard status.liveShards > 0 else {
          throw HTTPFailure(
            .serviceUnavailable, "MEDIA_UNAVAILABLE", "No media process is running.")
        }
        return .json(Health(status: "ready"))
      },
      Route(
        .get, "/signal", .openSignalling,
        .init(
          "Open the WebSocket of a participant (docs/signalling.md).", in: .operation,
          answer: .none, refusals: [403, 426])
      ) { request in
        guard request.isFromAllowedOrigin else { throw HTTPFailure.originNotAllowed }
        throw HTTPFailure(
          .upgradeRequired, "UPGRADE_REQUIRED", "This is a WebSocket; see docs/signalling.md.",
          headers: [.upgrade: "websocket"])
      },
    ]
  }

  private struct Health: Encodable {
    let status: String
  }
}
