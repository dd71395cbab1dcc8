import Signal

/// What the documentation says of a route beyond its path and its operation.
package struct RouteDocument: Sendable {
  /// What belongs together on the page.
  package enum Group: String, CaseIterable, Sendable {
    case rooms = "Rooms"
    case sessions = "Sessions"
    case quality = "Quality and usage"
    case outputs = "Recordings and broadcasts"
    case files = "Files"
    case webhooks = "Webhooks"
    case keys = "Keys"
    case operation = "Operation"
  }

  /// A `?name=` that the route reads.
  package struct QueryParameter: Sendable {
    let name: String
    let schema: Schema
    let description: String

    package init(_ name: String, _ schema: Schema, _ description: String) {
      self.name = name
      self.schema = schema
      self.description = description
    }
  }

  /// The body of a 200.
  package enum Answer: Sendable {
    case json(Schema)
    /// One page of a list of these.
    case page(Schema)
    /// JSON, or a table if `format=csv` asks for it.
    case jsonOrTable(Schema)
    /// Something else, by its content types.
    case content([String])
    /// There is no 200: the route refuses always, with what is among `refusals`.
    case none
  }

  package let summary: String
  package let group: Group
  package let query: [QueryParameter]
  /// `nil` if no body is read.
  package let body: Schema?
  package let answer: Answer
  /// Statuses of refusals that do not follow from the operation and the path.
  package let refusals: [Int]

  /// Documents a route.
  ///
  /// - Parameters:
  ///   - summary: one sentence, as a person would ask for it.
  ///   - group: what it belongs to.
  ///   - query: what is read after `?`; `page` and `perPage` of pages are known.
  ///   - body: of the request; its `example` is what the tests send.
  ///   - answer: of success.
  ///   - refusals: those besides 400, 401, 403, 404, 413, 429 and 503, which follow.
  package init(
    _ summary: String, in group: Group, query: [QueryParameter] = [], body: Schema? = nil,
    answer: Answer, refusals: [Int] = []
  ) {
    self.summary = summary
    self.group = group
    self.query = query
    self.body = body
    self.answer = answer
    self.refusals = refusals
  }

  /// All query parameters, those of pages too.
  var allQuery: [QueryParameter] {
    guard case .page = answer else { return query }
    return query + Self.pageQuery
  }

  /// What says which page of a list is asked for.
  static let pageQuery = [
    QueryParameter("page", .integer(1...PageRequest.maximumPage), "Which page, from 1."),
    QueryParameter(
      "perPage", .integer(1...PageRequest.maximumPage),
      "Elements of a page: 20 if it is not said, \(PageRequest.maximumPerPage) at most."),
  ]
}
