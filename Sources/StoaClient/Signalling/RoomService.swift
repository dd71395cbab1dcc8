import NIOHTTP1
import Signal

/// The REST requests that bots make.
package struct RoomService: Sendable {
  private let server: ServerURL
  private let token: String

  package init(server: ServerURL, token: String) {
    self.server = server
    self.token = token
  }

  /// Makes a room; returns its id.
  ///
  /// - Throws: `http` when the server refuses, `unreachable`, `timeout` or `unexpectedReply`.
  package func createRoom() async throws(SignallingError) -> String {
    let response = try await HTTPExchange.perform(
      .POST, "/v2/rooms", at: server, token: token, body: Array("{}".utf8))
    guard (200..<300).contains(response.status) else {
      throw .http(status: response.status, body: String(decoding: response.body, as: UTF8.self))
    }
    guard let value = try? SignalJSON.decode(JSONValue.self, from: response.body),
      let id = value.object?["roomId"]?.string
    else { throw .unexpectedReply }
    return id
  }
}
