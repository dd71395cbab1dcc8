package import Signal

/// One text frame for one socket: its own short head before a body that many frames share.
package struct OutboundFrame: Sendable, Equatable {
  /// `{"seq":12,` and the like; ASCII.
  package var head: String
  /// The rest of the JSON object, from its first key to its `}`.
  package var body: SharedBody

  package init(head: String, body: SharedBody) {
    self.head = head
    self.body = body
  }

  /// A message as it stands.
  package init(_ message: ServerMessage) {
    self.init(head: "{", body: SharedBody(message))
  }

  package var byteCount: Int { head.utf8.count + body.bytes.count }

  /// The whole frame; the socket side writes `head` and `body` one after the other instead.
  package var bytes: [UInt8] { Array(head.utf8) + body.bytes }
}

/// A JSON object without its opening brace, encoded once for all who get it.
package struct SharedBody: Sendable, Equatable {
  package let bytes: [UInt8]

  /// - Parameter bytes: from the first key of an object to its closing brace.
  package init(bytes: [UInt8]) { self.bytes = bytes }

  /// Encodes an object that has at least one member.
  package init(_ object: some Encodable) {
    bytes = Array(SignalJSON.encode(object).dropFirst())
  }
}
