import Control
import HTTPTypes
import Hummingbird
import Signal

extension RouteTable {
  /// Seconds; a day of trying out.
  private static let tokenLifetime: Int64 = 86_400

  /// Tokens for whoever sits at this machine: `POST /dev/token`, in development only.
  ///
  /// With `isPublic` other machines get tokens too.
  static func development(
    _ signer: TokenSigner, isPublic: Bool, time: @escaping TimeSource
  ) -> [Route] {
    [
      Route(
        .post, "/dev/token", .makeDevelopmentToken,
        .init(
          "Get a token, on this machine and in development only.", in: .operation,
          body: .tokenWish, answer: .json(.tokenReply), refusals: [403])
      ) { request in
        // A name that an attacker's page made point here (DNS rebinding) is not this machine's.
        let host = request.request.head.authority.flatMap { Authority($0) }
        guard isPublic || host?.isLoopback == true else {
          throw HTTPFailure(
            .forbidden, "NOT_PERMITTED", "Development tokens are for http://localhost only.")
        }
        guard request.isFromAllowedOrigin else { throw HTTPFailure.originNotAllowed }
        let wish = try await request.decode(TokenWish.self)
        let token = try signer.token(
          permissions: wish.permissions, roomID: wish.roomId, participantID: wish.participantId,
          validFor: tokenLifetime, at: time().wall)
        return .json(TokenReply(token: token))
      }
    ]
  }

  private struct TokenWish: Decodable {
    var roomId: String?
    var participantId: String?
    var permissions: [Permission]?
  }

  private struct TokenReply: Encodable {
    let token: String
  }
}
