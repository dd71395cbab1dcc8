/// A web origin (RFC 6454): scheme, host and port of the page that makes a request.
package struct WebOrigin: Hashable, Sendable {
  package let scheme: String
  /// In lower case; IPv6 in brackets.
  package let host: String
  package let port: Int

  /// Reads the serialized form, `https://app.example.com:8443`; anything more or less is refused.
  package init?(_ text: String) {
    guard let mark = text.firstRange(of: "://") else { return nil }
    let scheme = text[..<mark.lowerBound].lowercased()
    guard let standardPort = ["http": 80, "https": 443][scheme],
      let authority = Authority(String(text[mark.upperBound...]))
    else { return nil }
    self.scheme = scheme
    host = authority.host
    port = authority.port ?? standardPort
  }
}

/// What a `Host` header names (RFC 9110 §7.2).
package struct Authority: Hashable, Sendable {
  /// In lower case; IPv6 in brackets.
  package let host: String
  package let port: Int?

  /// Reads `example.com`, `example.com:8080` or `[::1]:8080`.
  package init?(_ text: String) {
    let host: Substring
    let rest: Substring
    if text.first == "[" {
      guard let end = text.firstIndex(of: "]") else { return nil }
      host = text[...end]
      rest = text[text.index(after: end)...]
    } else {
      let end = text.firstIndex(of: ":") ?? text.endIndex
      host = text[..<end]
      rest = text[end...]
    }
    let isName = host.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
        UInt8(ascii: "_"), UInt8(ascii: ":"), UInt8(ascii: "["), UInt8(ascii: "]"):
        true
      default: false
      }
    }
    guard !host.isEmpty, isName else { return nil }
    if rest.isEmpty {
      port = nil
    } else {
      guard rest.first == ":", let number = UInt16(rest.dropFirst()) else { return nil }
      port = Int(number)
    }
    self.host = host.lowercased()
  }

  /// Whether it names this machine, whatever resolves names.
  package var isLoopback: Bool {
    host == "localhost" || host == "[::1]" || host.hasSuffix(".localhost")
      || NetworkAddress(host)?.isLoopback == true
  }
}

/// Which web pages may call the server from a browser.
package struct OriginPolicy: Sendable {
  package var allowed: Set<WebOrigin>
  package var allowsEvery: Bool
  /// Pages served from this machine, by any port: for development.
  package var allowsLoopback: Bool

  package init(
    allowed: Set<WebOrigin> = [], allowsEvery: Bool = false, allowsLoopback: Bool = false
  ) {
    self.allowed = allowed
    self.allowsEvery = allowsEvery
    self.allowsLoopback = allowsLoopback
  }

  /// Whether a request from a page of `origin` may be answered.
  ///
  /// `origin` is the `Origin` header: programs send none and may, `null` never may. `host` is the
  /// `Host` header: a page always may call the server it came from.
  package func permits(_ origin: String?, host: String?) -> Bool {
    guard let origin else { return true }
    guard let origin = WebOrigin(origin) else { return allowsEvery }
    if allowsEvery || allowed.contains(origin) { return true }
    if let host, let authority = Authority(host), authority.host == origin.host,
      // Behind a proxy that ends TLS the scheme is not known: a port left out fits both.
      authority.port ?? origin.port == origin.port
    {
      return true
    }
    return allowsLoopback && Authority(origin.host)?.isLoopback == true
  }
}
