import Control
import Hummingbird
import Signal

extension RouteTable {
  /// Event logs, webhooks and what their signatures are checked with.
  static func webhooks(_ directory: RoomDirectory, _ keyring: any WebhookKeyring) -> [Route] {
    [
      Route(
        .get, "/v2/public/rsa-public-key", .showPublicKey,
        .init(
          "Show what `videosdk-signature` is checked with.", in: .webhooks,
          answer: .json(.publicKey))
      ) { _ in
        .json(PublicKeyResource(publicKey: try await keyring.signingKey().publicPEM))
      },
      Route(
        .get, "/v2/sessions/{sessionId}/events", .listEvents,
        .init(
          "List what happened in a session, oldest first.", in: .sessions,
          answer: .page(.sessionEvent))
      ) { request in
        let id = request.parameter("sessionId")
        return .json(
          try await directory.events(session: id, try request.page(), try request.access))
      },
      Route(
        .get, "/v2/webhooks/deliveries", .listDeliveries,
        .init(
          "List deliveries of webhooks, newest first.", in: .webhooks,
          query: [
            .init("state", .deliveryState, "Only those in this state."),
            .init("roomId", .string, "Only those of this room, by its id or custom id."),
            .init("sessionId", .string, "Only those of this session."),
          ], answer: .page(.delivery), refusals: [404])
      ) { request in
        let query = request.target.query
        return .json(
          try await directory.deliveries(
            state: query["state"], room: query["roomId"], session: query["sessionId"],
            try request.page(), try request.access))
      },
      Route(
        .get, "/v2/webhooks/deliveries/{id}", .showDelivery,
        .init("Show a delivery with its body.", in: .webhooks, answer: .json(.delivery))
      ) { request in
        .json(try await directory.delivery(request.parameter("id"), try request.access))
      },
      Route(
        .post, "/v2/webhooks/deliveries/{id}/redeliver", .redeliver,
        .init(
          "Deliver an event once more, with the same `webhook-id`.", in: .webhooks,
          answer: .json(.delivery))
      ) { request in
        .json(try await directory.redeliver(request.parameter("id"), try request.access))
      },
      Route(
        .post, "/v2/webhooks/redeliver", .redeliverAll,
        .init(
          "Deliver all events once more whose deliveries are in a state.", in: .webhooks,
          body: .redeliver, answer: .json(.redelivered), refusals: [404])
      ) { request in
        let body = try await request.decode(RedeliverRequest.self)
        return .json(try await directory.redeliver(body, try request.access))
      },
      Route(
        .get, "/v2/webhooks/secret", .showWebhookSecret,
        .init(
          "Show what `webhook-signature` is made with.", in: .webhooks,
          answer: .json(.webhookSecret))
      ) { request in
        .json(try await directory.webhookSecret(try request.access))
      },
    ]
  }
}
