package import Control
import HTTPTypes
package import Hummingbird
package import Logging
import NIOCore
import Signal

/// One request of the REST API, as its route's handler sees it.
package struct APIRequest: Sendable {
  /// Bytes; the largest body of ours is far smaller, and JSON of this size decodes in milliseconds.
  package static let maximumBodySize = 256 * 1_024

  package let request: Request
  package let target: RequestTarget
  package let parameters: [String: String]
  /// The token's, which may do what the route's operation needs; `nil` where none is asked for.
  package let bearer: AccessToken?
  /// Whether the page that sent it, if it was one, may use this server.
  package let isFromAllowedOrigin: Bool
  package let logger: Logger

  /// What the token says of its bearer, on routes that ask for one.
  var access: AccessToken {
    get throws(ControlError) {
      guard let bearer else { throw .unauthorized(.invalidToken, "The token is missing.") }
      return bearer
    }
  }

  /// The value of a `{name}` in the route's path.
  func parameter(_ name: String) -> String { parameters[name] ?? "" }

  /// Which page of a list is asked for.
  ///
  /// - Throws: `HTTPFailure` 400 naming the parameter that is no positive whole number.
  func page() throws(HTTPFailure) -> PageRequest {
    guard let page = PageRequest(page: target.query["page"], perPage: target.query["perPage"])
    else {
      throw .invalidParameter(
        "page and perPage must be whole numbers of 1 to \(PageRequest.maximumPage).")
    }
    return page
  }

  /// The body as a value; no body at all counts as `{}`, and `limit` is its bytes.
  ///
  /// - Throws: `HTTPFailure` 413 for a long body, 400 for one that is not JSON or of other types.
  func decode<Value: Decodable>(
    _ type: Value.Type, upTo limit: Int = maximumBodySize
  ) async throws -> Value {
    let length = request.headers[.contentLength].flatMap { Int($0) } ?? 0
    guard length <= limit else { throw HTTPFailure.bodyTooLarge(limit) }
    let body: ByteBuffer
    do {
      body = try await request.body.collect(upTo: limit)
    } catch is NIOTooManyBytesError {
      throw HTTPFailure.bodyTooLarge(limit)
    }
    let bytes = body.readableBytes == 0 ? Array("{}".utf8) : Array(body.readableBytesView)
    do {
      return try SignalJSON.decode(type, from: bytes)
    } catch {
      let isMalformed =
        switch error as? JSONParser.Violation {
        case .malformed, .notUTF8: true
        case .tooDeep, nil: false
        }
      throw HTTPFailure(
        .badRequest, isMalformed ? "INVALID_JSON" : "INVALID_PARAMETER",
        "The body is refused: \(SignalJSON.explanation(of: error)).")
    }
  }
}
