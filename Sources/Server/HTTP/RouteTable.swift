package import Control
package import HTTPTypes
package import Hummingbird

/// One method of one path: what it is, what it needs, and what answers it.
package struct Route: Sendable {
  package typealias Handler = @Sendable (APIRequest) async throws -> Response

  package let method: HTTPRequest.Method
  /// Segments; `{name}` matches any one.
  package let path: String
  /// Decides which tokens may (Control's `Authorization.swift`); checked before the handler runs.
  package let operation: Operation
  package let document: RouteDocument
  /// Its name in the documentation, which no other has.
  package let operationID: String
  package let handler: Handler
  private let segments: [Substring]

  /// Makes a route; of several with the same operation all but one need a name of their own.
  package init(
    _ method: HTTPRequest.Method, _ path: String, _ operation: Operation,
    _ document: RouteDocument, named name: String? = nil, _ handler: @escaping Handler
  ) {
    self.method = method
    self.path = path
    self.operation = operation
    self.document = document
    operationID = name ?? operation.rawValue
    self.handler = handler
    segments = path.split(separator: "/")
  }

  /// The names in braces of the path.
  package var parameterNames: [String] {
    segments.filter { $0.first == "{" }.map { String($0.dropFirst().dropLast()) }
  }

  /// The statuses with which it may refuse.
  package var refusals: [Int] {
    var statuses = Set(document.refusals)
    if !parameterNames.isEmpty || !document.allQuery.isEmpty { statuses.insert(400) }
    if !parameterNames.isEmpty { statuses.insert(404) }
    if document.body != nil { statuses.formUnion([400, 413]) }
    if operation.requirement.entrance != .everybody {
      statuses.formUnion([400, 401, 403, 429, 503])
    }
    return statuses.sorted()
  }

  /// The values of the path's `{name}`s; `nil` if the path is another.
  func parameters(of target: [String]) -> [String: String]? {
    guard target.count == segments.count else { return nil }
    var parameters: [String: String] = [:]
    for (pattern, segment) in zip(segments, target) {
      if pattern.first == "{" {
        parameters[String(pattern.dropFirst().dropLast())] = segment
      } else if pattern != segment {
        return nil
      }
    }
    return parameters
  }
}

/// All routes of the API.
///
/// The first that matches answers, so literal paths come before patterns.
package struct RouteTable: Sendable {
  package enum Match: Sendable {
    case route(Route, parameters: [String: String])
    /// The path exists, for these methods only.
    case otherMethods([HTTPRequest.Method])
    case none
  }

  package let routes: [Route]
  package init(_ routes: [Route]) { self.routes = routes }

  /// Finds the route of a request; HEAD is answered by GET's.
  ///
  /// The first path that fits decides which methods there are: what is said literally is no `{name}`.
  package func match(_ method: HTTPRequest.Method, _ segments: [String]) -> Match {
    var others: [HTTPRequest.Method] = []
    var path: String?
    for route in routes where path == nil || route.path == path {
      guard let parameters = route.parameters(of: segments) else { continue }
      path = route.path
      if route.method == method || (method == .head && route.method == .get) {
        return .route(route, parameters: parameters)
      }
      if !others.contains(route.method) { others.append(route.method) }
    }
    return others.isEmpty ? .none : .otherMethods(others)
  }
}
