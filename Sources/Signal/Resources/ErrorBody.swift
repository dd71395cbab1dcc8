/// The body of every refused HTTP request.
package struct ErrorBody: Codable, Equatable, Sendable {
  /// The HTTP status.
  package var statusCode: Int
  /// Stable, for programs: `ROOM_NOT_FOUND`.
  package var code: String
  /// The same as `message`: what older clients read.
  package var error: String
  /// For people; may change.
  package var message: String

  package init(statusCode: Int, code: String, message: String) {
    self.statusCode = statusCode
    self.code = code
    error = message
    self.message = message
  }
}
