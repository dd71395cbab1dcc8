package import Wire

/// One POST of a webhook.
package struct WebhookRequest: Sendable, Equatable {
  package struct Header: Sendable, Equatable {
    package var name: String
    package var value: String
  }

  package var endPoint: String
  package var headers: [Header]
  package var body: [UInt8]
}

/// What came of a POST.
package enum WebhookReply: Sendable, Equatable {
  case answered(status: Int, retryAfter: Nanoseconds?)
  /// There was no answer; why, in words for the owner of the endpoint.
  case failed(String)
}

/// Carries webhooks over the network.
package protocol WebhookSender: Sendable {
  /// Makes one attempt, within a time of its own.
  func send(_ request: WebhookRequest) async -> WebhookReply
}
