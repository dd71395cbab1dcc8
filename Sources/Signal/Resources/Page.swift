/// One page of a list, as every list of the REST API answers.
package struct Page<Element: Encodable & Sendable>: Encodable, Sendable {
  package var pageInfo: PageInfo
  package var data: [Element]

  package init(_ data: [Element], pageInfo: PageInfo) {
    self.data = data
    self.pageInfo = pageInfo
  }
}

/// A page whose elements lie inside one object: the participants of a session.
package struct ObjectPage<Object: Encodable & Sendable>: Encodable, Sendable {
  package var pageInfo: PageInfo
  package var data: Object

  package init(_ data: Object, pageInfo: PageInfo) {
    self.data = data
    self.pageInfo = pageInfo
  }
}

/// Where in its list a page is.
package struct PageInfo: Codable, Equatable, Sendable {
  package var currentPage: Int
  package var perPage: Int
  /// At least 1, also for an empty list.
  package var lastPage: Int
  package var total: Int

  package init(_ request: PageRequest, total: Int) {
    currentPage = request.page
    perPage = request.perPage
    lastPage = max(1, (total + request.perPage - 1) / request.perPage)
    self.total = total
  }
}

/// Which page a client asks for; valid by construction.
package struct PageRequest: Equatable, Sendable {
  /// Pages are counted from 1.
  package let page: Int
  package let perPage: Int

  /// Most elements a page may have; a larger wish is cut to it, so that one request stays cheap.
  package static let maximumPerPage = 100
  /// Beyond this no list reaches, and offsets cannot overflow; the bound of both numbers.
  package static let maximumPage = 10_000_000

  package static let first = PageRequest(page: 1, perPage: 20)
  package static let largest = PageRequest(page: 1, perPage: maximumPerPage)

  private init(page: Int, perPage: Int) {
    self.page = page
    self.perPage = perPage
  }

  /// Reads the query parameters `page` (default 1) and `perPage` (default 20, at most 100).
  ///
  /// `nil` if one is there and is not a whole number of 1 to `maximumPage`.
  package init?(page: String?, perPage: String?) {
    guard let number = Self.number(page, default: 1),
      let count = Self.number(perPage, default: 20)
    else { return nil }
    self.init(page: number, perPage: min(count, Self.maximumPerPage))
  }

  /// How many elements come before the page.
  package var offset: Int { (page - 1) * perPage }

  private static func number(_ text: String?, default value: Int) -> Int? {
    guard let text else { return value }
    guard let number = Int(text), (1...maximumPage).contains(number) else { return nil }
    return number
  }
}
