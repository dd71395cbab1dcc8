import NIOHTTP1
package import Signal

/// Calls the REST API of a server, one connection for each request.
package struct RESTClient: Sendable {
  package enum Method: Sendable { case get, post }

  private let server: ServerURL
  private let token: String

  package init(server: ServerURL, token: String) {
    self.server = server
    self.token = token
  }

  /// Calls a route, whose path may have a query; returns the answer.
  ///
  /// - Throws: `http` when the server refuses, `unreachable`, `timeout` or `unexpectedReply`.
  package func call(
    _ method: Method, _ path: String, _ body: JSONValue? = nil
  ) async throws(SignallingError) -> JSONValue {
    let response = try await HTTPExchange.perform(
      method == .get ? .GET : .POST, path, at: server, token: token,
      body: body.map { SignalJSON.encode($0) } ?? [])
    guard (200..<300).contains(response.status) else {
      throw .http(status: response.status, body: String(decoding: response.body, as: UTF8.self))
    }
    guard let value = try? SignalJSON.decode(JSONValue.self, from: response.body) else {
      throw .unexpectedReply
    }
    return value
  }

  /// A text as it stands in a path or a query (RFC 3986 §2.1).
  package static func encoded(_ text: String) -> String {
    var encoded = ""
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
        UInt8(ascii: "_"), UInt8(ascii: "~"):
        encoded.unicodeScalars.append(Unicode.Scalar(byte))
      default:
        let digits = String(byte, radix: 16, uppercase: true)
        encoded += "%" + (digits.count < 2 ? "0" : "") + digits
      }
    }
    return encoded
  }
}
