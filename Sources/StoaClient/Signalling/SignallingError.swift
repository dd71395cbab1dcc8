/// Why a request to the server came to nothing.
public enum SignallingError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The server cannot be reached, or speaks something else; the reason in words.
  case unreachable(String)
  /// The server refused, with a code of the table in docs/signalling.md.
  case refused(code: Int, name: String, message: String)
  /// A REST request was answered with another status than success.
  case http(status: Int, body: String)
  /// The connection is gone and could not be resumed.
  case disconnected
  /// The server did not answer in time.
  case timeout
  /// The answer was of another kind than the request asks for.
  case unexpectedReply

  public var description: String {
    switch self {
    case .unreachable(let reason): "the server cannot be reached: \(reason)"
    case .refused(let code, let name, let message):
      "the server refused: \(code) \(name): \(message)"
    case .http(let status, let body): "the server answered \(status): \(body.prefix(200))"
    case .disconnected: "the connection to the server is gone"
    case .timeout: "the server did not answer in time"
    case .unexpectedReply: "the server's answer is not one to the request"
    }
  }
}
