import ArgumentParser
import Control
import FoundationEssentials
import Signal
import StoaClient

/// What every kind of load has to know: which server, and with which token.
struct LoadTarget: ParsableArguments {
  @Option(help: "The server to put under load.") var server = "http://127.0.0.1:8080"
  @Flag(help: "Allow a server that is not on this machine.") var iOwnThisServer = false
  @Option(help: "A token for making rooms and joining.") var token: String?
  @Option(help: "The API key to sign tokens with.") var apiKey = "devkey"
  @Option(help: "The API secret.") var apiSecret = "stoa-development-secret-not-for-deployment"
  @Flag(help: "Print nothing but the result, as JSON.") var json = false

  func validate() throws {
    let url = try url
    guard url.isLoopback || iOwnThisServer else {
      throw ValidationError(
        "\(url) is not on this machine: say --i-own-this-server if you may do this to it.")
    }
  }

  var url: ServerURL {
    get throws {
      guard let url = ServerURL(server) else {
        throw ValidationError("--server must be http://HOST[:PORT] or https://HOST[:PORT].")
      }
      return url
    }
  }

  /// The token given, or one that outlives the load by an hour.
  func token(validFor seconds: Double) async throws -> String {
    if let token { return token }
    let signer = try await TokenSigner(APIKey(key: apiKey, secret: apiSecret))
    return try signer.token(
      validFor: Int64(seconds) + 3_600,
      at: Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1_000)))
  }

  static func require(_ condition: Bool, _ message: String) throws {
    if !condition { throw ValidationError(message) }
  }

  /// Prints a result: as it is in JSON, or as `text` says it.
  func show(_ report: some Encodable, text: () -> String) {
    print(json ? LoadDisplay.json(report) : text())
  }
}
