package import HTTPTypes
package import Hummingbird
import NIOCore
import Signal

/// A refused HTTP request; answered as JSON `{statusCode, code, error, message}`.
package struct HTTPFailure: Error, Sendable {
  package let status: HTTPResponse.Status
  /// Stable, for programs.
  package let code: String
  /// For people; may change.
  package let message: String
  package let headers: HTTPFields

  package init(
    _ status: HTTPResponse.Status, _ code: String, _ message: String, headers: HTTPFields = [:]
  ) {
    self.status = status
    self.code = code
    self.message = message
    self.headers = headers
  }

  package var response: Response {
    var response = Response.json(
      ErrorBody(statusCode: status.code, code: code, message: message), status: status)
    response.headers.append(contentsOf: headers)
    return response
  }
}

extension HTTPFailure {
  static let unknownRoute = HTTPFailure(
    .notFound, "ROUTE_NOT_FOUND", "There is nothing at this address.")
  static let originNotAllowed = HTTPFailure(
    .forbidden, "ORIGIN_NOT_ALLOWED",
    "Pages of this origin may not use this server; its setting corsOrigins says which may.")
  static let internalError = HTTPFailure(
    .internalServerError, "INTERNAL_ERROR", "Something went wrong in the server; it is logged.")

  static func bodyTooLarge(_ limit: Int) -> HTTPFailure {
    bodyTooLarge("A body may have at most \(limit / 1_024) KiB here.")
  }

  static func bodyTooLarge(_ message: String) -> HTTPFailure {
    HTTPFailure(
      .contentTooLarge, "BODY_TOO_LARGE", message, headers: [.connection: "close"])
  }

  static func methodNotAllowed(_ allowed: [HTTPRequest.Method]) -> HTTPFailure {
    let names = allowed.map(\.rawValue).joined(separator: ", ")
    return HTTPFailure(
      .methodNotAllowed, "METHOD_NOT_ALLOWED", "Only \(names) is possible here.",
      headers: [.allow: names])
  }

  static func invalidParameter(_ message: String) -> HTTPFailure {
    HTTPFailure(.badRequest, "INVALID_PARAMETER", message)
  }
}

extension Response {
  /// A value as a JSON body.
  static func json(_ value: some Encodable, status: HTTPResponse.Status = .ok) -> Response {
    Response(
      status: status,
      headers: [
        .contentType: "application/json; charset=utf-8", .cacheControl: "no-store",
        .xContentTypeOptions: "nosniff",
      ],
      body: ResponseBody(byteBuffer: ByteBuffer(bytes: SignalJSON.encode(value))))
  }
}
