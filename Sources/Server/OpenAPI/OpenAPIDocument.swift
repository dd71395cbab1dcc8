import Control
import HTTPTypes
package import Signal

/// The description of the REST API (OpenAPI 3.1), made from the routes.
package struct OpenAPIDocument: Sendable {
  package let json: JSONValue

  package init(_ routes: [Route]) {
    var paths: [String: JSONValue] = [:]
    var schemas: [String: JSONValue] = [:]
    Schema.error.collect(into: &schemas)
    for route in routes {
      var item = paths[route.path]?.object ?? [:]
      item[route.method.rawValue.lowercased()] = Self.operation(route, &schemas)
      paths[route.path] = .object(item)
    }
    json = [
      "openapi": "3.1.0",
      "info": [
        "title": "Stoa REST API", "version": "2.0.0",
        "summary": "Rooms for voice, video and messages.",
        "description": .string(Self.introduction),
        "license": ["name": "Apache-2.0", "identifier": "Apache-2.0"],
      ],
      "servers": [["url": "/"]],
      "tags": .array(RouteDocument.Group.allCases.map { ["name": .string($0.rawValue)] }),
      "paths": .object(paths),
      "components": [
        "schemas": .object(schemas),
        "responses": .object(Self.responses),
        "securitySchemes": [
          "token": [
            "type": "apiKey", "in": "header", "name": "Authorization",
            "description": "A JWT signed with HS256 and the API secret, with or without `Bearer `.",
          ]
        ],
      ],
    ]
  }

  private static let introduction = """
    Every request carries a token in `Authorization`: a JWT that is signed with HS256 and the secret of \
    an API key, and has `apikey` and `exp` among its claims. A token sees the rooms of its key's tenant \
    only, and with a `roomId` that room only; what it may not see is absent (404). Times are ISO 8601 in \
    UTC. Members may be added to answers; ignore those you do not know.
    """

  private static func operation(
    _ route: Route, _ schemas: inout [String: JSONValue]
  ) -> JSONValue {
    let document = route.document
    let requirement = route.operation.requirement
    var operation: [String: JSONValue] = [
      "operationId": .string(route.operationID), "summary": .string(document.summary),
      "tags": [.string(document.group.rawValue)],
      "security": requirement.entrance == .everybody ? [] : [["token": []]],
    ]
    operation["description"] = requirement.explanation.map { .string($0) }
    let parameters =
      route.parameterNames.map(pathParameter)
      + document.allQuery.map { parameter -> JSONValue in
        parameter.schema.collect(into: &schemas)
        return [
          "name": .string(parameter.name), "in": "query", "required": false,
          "schema": parameter.schema.reference, "description": .string(parameter.description),
        ]
      }
    if !parameters.isEmpty { operation["parameters"] = .array(parameters) }
    if let body = document.body {
      body.collect(into: &schemas)
      var content: [String: JSONValue] = ["schema": body.reference]
      content["example"] = body.example
      operation["requestBody"] = [
        "required": .bool(body.hasRequiredMembers),
        "content": ["application/json": .object(content)],
      ]
    }
    var responses: [String: JSONValue] = [:]
    responses["200"] = success(document.answer, &schemas)
    for status in route.refusals {
      responses[String(status)] = ["$ref": .string("#/components/responses/\(status)")]
    }
    operation["responses"] = .object(responses)
    return .object(operation)
  }

  private static func success(
    _ answer: RouteDocument.Answer, _ schemas: inout [String: JSONValue]
  ) -> JSONValue? {
    switch answer {
    case .json(let schema), .page(let schema):
      var schema = schema
      if case .page = answer { schema = .page(schema) }
      schema.collect(into: &schemas)
      return [
        "description": "It is done; this is what came of it.",
        "content": ["application/json": ["schema": schema.reference]],
      ]
    case .jsonOrTable(let schema):
      schema.collect(into: &schemas)
      return [
        "description": "It is done; this is what came of it.",
        "content": [
          "application/json": ["schema": schema.reference], "text/csv": ["schema": [:]],
        ],
      ]
    case .content(let types):
      return [
        "description": "The bytes.",
        "content": .object(
          Dictionary(types.map { ($0, ["schema": [:]]) }, uniquingKeysWith: { first, _ in first })),
      ]
    case .none: return nil
    }
  }

  private static func pathParameter(_ name: String) -> JSONValue {
    var parameter: [String: JSONValue] = [
      "name": .string(name), "in": "path", "required": true,
      "schema": ["type": "string", "minLength": 1],
    ]
    if let known = PathParameter(rawValue: name) {
      parameter["description"] = .string(known.description)
      parameter["example"] = .string(known.example)
    }
    return .object(parameter)
  }

  private static let responses: [String: JSONValue] = {
    var responses: [String: JSONValue] = [:]
    for (status, description) in refusalDescriptions {
      responses[String(status)] = [
        "description": .string(description),
        "content": ["application/json": ["schema": Schema.error.reference]],
      ]
    }
    responses["429"] = [
      "description": .string(refusalDescriptions[429] ?? ""),
      "headers": ["Retry-After": ["schema": ["type": "integer"], "description": "Seconds."]],
      "content": ["application/json": ["schema": Schema.error.reference]],
    ]
    return responses
  }()

  /// Every refusal that a route may have.
  package static let refusalDescriptions: [Int: String] = [
    400: "A parameter or the body is not what it should be; `message` says which.",
    401: "The token is absent, malformed, expired, or its key is unknown or revoked.",
    403: "The token does not permit this.",
    404: "There is no such thing, or the token may not see it.",
    409: "It cannot be done as things are.",
    410: "It was there and is gone.",
    413: "The body is too large.",
    415: "Files of this kind are not taken.",
    416: "There are no such bytes in the file.",
    426: "This is a WebSocket.",
    429: "Too many, or too often; `Retry-After` says when to come back.",
    502: "Another server did not do its part.",
    503: "The server cannot do this now.",
    507: "There is no room left for this.",
  ]
}

/// What stands in paths, and what it is for example.
package enum PathParameter: String, CaseIterable, Sendable {
  case roomId, sessionId, participantId, key, id, fileId, outputId, rendition, file

  package var example: String {
    switch self {
    case .roomId: "abcd-efgh-ijkl"
    case .sessionId: "67412345aaaaaaaaaaaaaaaa"
    case .participantId: "ann"
    case .key: "0123456789abcdef01234567"
    case .id: "1"
    case .fileId: "89abcdef0123456789abcdef"
    case .outputId: "67b12345aaaaaaaaaaaaaaaa"
    case .rendition: "720p"
    case .file: "index.m3u8"
    }
  }

  package var description: String {
    switch self {
    case .roomId: "A room's id, or its custom id."
    case .sessionId: "A session's id."
    case .participantId: "A participant's id."
    case .key: "An API key."
    case .id: "The id of an element of the list."
    case .fileId: "A file's id."
    case .outputId: "The id of a recording or broadcast."
    case .rendition: "A quality."
    case .file: "A playlist, or what it lists."
    }
  }
}

extension Requirement {
  /// What a token needs, for people; `nil` if none is needed.
  package var explanation: String? {
    guard entrance == .rest || entrance == .both else { return nil }
    var needs: [String] = []
    if !permissions.isEmpty {
      let names = permissions.map { "`\($0.rawValue)`" }.sorted().joined(separator: " or ")
      needs.append("\(names), or the role `crawler`")
    }
    if isAdminOnly { needs.append("an admin key") }
    if binding == .unbound { needs.append("to be for no room or participant alone") }
    return needs.isEmpty
      ? "Any token for REST will do." : "The token needs " + needs.joined(separator: ", and ") + "."
  }
}
