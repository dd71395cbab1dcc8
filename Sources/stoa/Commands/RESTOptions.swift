import ArgumentParser
import Control
import Server
import Signal
import StoaClient

/// Which server a command talks to, with which key, and how it prints what comes back.
struct RESTOptions: ParsableArguments {
  @Option(help: "Where the server is.") var url = "http://localhost:8080"
  @Flag(help: "Print the answer of the REST API as it is.") var json = false
  @OptionGroup(visibility: .hidden) var settings: SettingOptions

  /// Calls a route with a token for REST that lives a minute.
  func call(
    _ method: RESTClient.Method, _ path: String, _ body: JSONValue? = nil
  ) async throws -> JSONValue {
    guard let server = ServerURL(url) else {
      throw ConfigurationError("--url \(url)", "is not http:// or https:// with a host")
    }
    let credential = try Configuration.Credential(settings)
    let signer = try await TokenSigner(
      APIKey(key: credential.key, secret: credential.secret.value))
    let token = try signer.token(
      permissions: [.allowJoin, .allowMod], roles: [.crawler], validFor: 60,
      at: SystemTime.source().wall)
    do {
      return try await RESTClient(server: server, token: token).call(method, path, body)
    } catch {
      throw RESTFailure(error, at: server)
    }
  }

  /// Prints an answer: as it is, or as `forPeople` does.
  func show(_ answer: JSONValue, _ forPeople: (JSONValue) -> Void) {
    if json { Output.json(answer) } else { forPeople(answer) }
  }
}

/// Which page of a list is shown.
struct PageOptions: ParsableArguments {
  @Option(help: "Which page, from 1.") var page = 1
  @Option(help: "Lines of a page, at most 100.") var perPage = 20

  var query: String { "page=\(page)&perPage=\(perPage)" }

  /// Says that there is more, if there is.
  static func foot(_ answer: JSONValue) {
    guard case .integer(let page)? = answer["pageInfo"]?["currentPage"],
      case .integer(let last)? = answer["pageInfo"]?["lastPage"], last > 1
    else { return }
    Output.text("page \(page) of \(last)\n")
  }
}

/// Why a request over REST did not do what it was to.
struct RESTFailure: Error, CustomStringConvertible {
  let description: String

  init(_ error: SignallingError, at server: ServerURL) {
    description =
      switch error {
      case .http(let status, let body):
        if let answer = try? SignalJSON.decode(ErrorBody.self, from: body.utf8) {
          "\(answer.message) (\(status) \(answer.code))"
        } else {
          "\(server) answered with status \(status); is it a Stoa server?"
        }
      default: "\(server): \(error); is `stoa serve` running there?"
      }
  }
}

extension JSONValue {
  subscript(_ key: String) -> JSONValue? { object?[key] }

  /// The elements, if this is a list.
  var elements: [JSONValue] { if case .array(let elements) = self { elements } else { [] } }

  /// As it stands in a table: `–` for what is not there.
  var cell: String {
    switch self {
    case .string(let text): text
    case .integer(let number): String(number)
    case .number(let number): String(number)
    case .bool(let value): value ? "yes" : "no"
    case .null: "–"
    case .array(let elements): String(elements.count)
    case .object: "…"
    }
  }

  /// A member as it stands in a table.
  func cell(_ key: String) -> String { self[key]?.cell ?? "–" }
}
