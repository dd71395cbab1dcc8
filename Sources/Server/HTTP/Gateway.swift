import Control
import HTTPTypes
package import Hummingbird
import Logging
import NIOCore

/// Answers every HTTP request: the API, the page, and whatever is wrong with the rest.
package struct Gateway: HTTPResponder {
  package typealias Context = BasicRequestContext

  package let routes: RouteTable
  let directory: RoomDirectory
  let origins: OriginPolicy
  /// `nil` if the web folder does not exist.
  let files: StaticFiles?
  package let metrics = HTTPMetrics()

  package func respond(to request: Request, context: Context) async throws -> Response {
    let origin = request.headers[.origin]
    let isAllowed = origins.permits(origin, host: request.head.authority)
    var response: Response
    if request.method == .options, request.headers[.accessControlRequestMethod] != nil {
      response = preflight(isAllowed: isAllowed)
    } else {
      response = await counted(request, isAllowed: isAllowed, logger: context.logger)
    }
    // Tokens travel in a header, never in a cookie, so credentials are never allowed.
    if let origin, response.headers[.accessControlAllowOrigin] == nil {
      response.headers.append(HTTPField(name: .vary, value: "Origin"))
      if isAllowed { response.headers[.accessControlAllowOrigin] = origin }
    }
    if request.method == .head { return response.createHeadResponse() }
    return response
  }

  private func preflight(isAllowed: Bool) -> Response {
    guard isAllowed else { return HTTPFailure.originNotAllowed.response }
    return Response(
      status: .noContent,
      headers: [
        .accessControlAllowMethods: "GET, POST, DELETE",
        .accessControlAllowHeaders: "Authorization, Content-Type",
        .accessControlMaxAge: "600",
      ])
  }

  /// Answers, and notes for the metrics how fast and how.
  private func counted(_ request: Request, isAllowed: Bool, logger: Logger) async -> Response {
    let clock = ContinuousClock()
    let start = clock.now
    var route: Route?
    let response = await answer(request, isAllowed: isAllowed, logger: logger, &route)
    let isFile = route == nil && response.status.code < 400
    metrics.record(
      HTTPMetrics.Request(
        method: route?.method.rawValue ?? (isFile ? "GET" : "other"),
        route: route?.path ?? (isFile ? "page" : "none"), status: response.status.code),
      took: clock.now - start)
    return response
  }

  private func answer(
    _ request: Request, isAllowed: Bool, logger: Logger, _ matched: inout Route?
  ) async -> Response {
    do {
      guard let target = RequestTarget(request.head.path ?? "/") else {
        throw HTTPFailure(.badRequest, "INVALID_URL", "The address is not a valid URL.")
      }
      switch routes.match(request.method, target.segments) {
      case .route(let route, let parameters):
        matched = route
        return try await route.handler(
          APIRequest(
            request: request, target: target, parameters: parameters,
            bearer: try bearer(of: request, for: route.operation),
            isFromAllowedOrigin: isAllowed, logger: logger))
      case .otherMethods(let methods):
        if request.method == .options { return options(methods) }
        throw HTTPFailure.methodNotAllowed(methods)
      case .none:
        return try await file(at: target, request)
      }
    } catch let failure as HTTPFailure {
      return failure.response
    } catch let error as ControlError {
      var response = Response.json(error.body, status: .init(code: error.statusCode))
      if let seconds = error.retryAfterSeconds { response.headers[.retryAfter] = "\(seconds)" }
      return response
    } catch {
      logger.error(
        "a request failed",
        metadata: ["path": "\(request.uri.path)", "error": "\(String(reflecting: error))"])
      return HTTPFailure.internalError.response
    }
  }

  /// Whose request it is, if the operation asks for a token; refused here if that is not enough.
  private func bearer(
    of request: Request, for operation: Operation
  ) throws(ControlError) -> AccessToken? {
    guard operation.requirement.entrance != .everybody else { return nil }
    return try directory.authorize(header: request.headers[.authorization], for: operation)
  }

  private func options(_ methods: [HTTPRequest.Method]) -> Response {
    let names = (methods + [.options]).map(\.rawValue).joined(separator: ", ")
    return Response(status: .noContent, headers: [.allow: names])
  }

  private func file(at target: RequestTarget, _ request: Request) async throws -> Response {
    let known = request.headers[.ifNoneMatch]
    guard let response = try await files?.response(to: target.segments, known: known) else {
      if target.segments.isEmpty {
        throw HTTPFailure(
          .notFound, "PAGE_NOT_FOUND", "The page is not built; ./run builds it, --web names it.")
      }
      throw HTTPFailure.unknownRoute
    }
    guard request.method == .get || request.method == .head else {
      throw HTTPFailure.methodNotAllowed([.get])
    }
    return response
  }
}
