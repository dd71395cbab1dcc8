/// What a browser says of itself in its `User-Agent`, as far as it can be believed.
///
/// Browsers name those they descend from, so the order of the tables decides.
package struct UserAgent: Equatable, Sendable {
  /// A browser and its version, `Firefox` `128.0`.
  package struct Product: Codable, Equatable, Sendable {
    package var name: String
    package var version: String?

    package init(name: String, version: String?) {
      self.name = name
      self.version = version
    }
  }

  package enum Platform: String, Codable, Sendable { case desktop, mobile, tablet }

  /// `nil` if it is none that is known.
  package var browser: Product?
  package var system: String?
  /// `nil` unless browser or system is known.
  package var platform: Platform?

  /// The word before the version, and whose it is; the first that occurs.
  private static let browsers: [(token: String, name: String)] = [
    ("EdgiOS/", "Microsoft Edge"), ("EdgA/", "Microsoft Edge"), ("Edg/", "Microsoft Edge"),
    ("Edge/", "Microsoft Edge"), ("OPR/", "Opera"), ("OPT/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"), ("Vivaldi/", "Vivaldi"),
    ("YaBrowser/", "Yandex Browser"), ("DuckDuckGo/", "DuckDuckGo"), ("FxiOS/", "Firefox"),
    ("Firefox/", "Firefox"), ("CriOS/", "Chrome"), ("HeadlessChrome/", "Chrome"),
    ("Chromium/", "Chromium"), ("Chrome/", "Chrome"), ("Version/", "Safari"),
  ]

  private static let systems: [(token: String, name: String)] = [
    ("iPhone", "iOS"), ("iPad", "iOS"), ("iPod", "iOS"), ("Android", "Android"),
    ("Windows", "Windows"), ("CrOS", "Chrome OS"), ("Mac OS X", "macOS"), ("Macintosh", "macOS"),
    ("FreeBSD", "FreeBSD"), ("Linux", "Linux"),
  ]

  private static let platforms: [(token: String, platform: Platform)] = [
    ("iPad", .tablet), ("Tablet", .tablet), ("iPhone", .mobile), ("iPod", .mobile),
    ("Mobile", .mobile), ("Android", .tablet),
  ]

  /// Reads a header's text; anything may be in it.
  package init(_ text: String) {
    // Far more than any browser says.
    let text = String(text.prefix(1_024))
    if let found = Self.browsers.first(where: { text.contains($0.token) }),
      // Every browser of Apple's engine has a Version; only Safari names nobody else.
      found.token != "Version/" || text.contains("Safari/")
    {
      browser = Product(name: found.name, version: Self.version(after: found.token, in: text))
    }
    system = Self.systems.first { text.contains($0.token) }?.name
    if browser != nil || system != nil {
      platform = Self.platforms.first { text.contains($0.token) }?.platform ?? .desktop
    }
  }

  private static func version(after token: String, in text: String) -> String? {
    guard let start = text.firstRange(of: token)?.upperBound else { return nil }
    let version = text[start...].prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
    return version.isEmpty ? nil : String(version.prefix(32))
  }
}
