import Signal
import Testing

@Suite struct UserAgentTests {
  struct Case: Sendable {
    var text: String
    var browser: String?
    var version: String?
    var system: String?
    var platform: UserAgent.Platform?
  }

  private static let webKit = "AppleWebKit/537.36 (KHTML, like Gecko)"
  private static let safari = "AppleWebKit/605.1.15 (KHTML, like Gecko)"

  static let cases = [
    Case(
      text: "Mozilla/5.0 (X11; Linux x86_64) \(webKit) Chrome/126.0.0.0 Safari/537.36",
      browser: "Chrome", version: "126.0.0.0", system: "Linux", platform: .desktop),
    Case(
      text: "Mozilla/5.0 (X11; Linux x86_64) \(webKit) HeadlessChrome/140.0.1.2 Safari/537.36",
      browser: "Chrome", version: "140.0.1.2", system: "Linux", platform: .desktop),
    Case(
      text:
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) \(webKit) Chrome/126.0.0.0 Safari/537.36 Edg/126.0.2592.68",
      browser: "Microsoft Edge", version: "126.0.2592.68", system: "Windows", platform: .desktop),
    Case(
      text:
        "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) \(webKit) Chrome/126.0.0.0 Safari/537.36 OPR/112.0.0.0",
      browser: "Opera", version: "112.0.0.0", system: "macOS", platform: .desktop),
    Case(
      text:
        "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) \(safari) Version/17.5 Safari/605.1.15",
      browser: "Safari", version: "17.5", system: "macOS", platform: .desktop),
    Case(
      text:
        "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) \(safari) Version/17.5 Mobile/15E148 Safari/604.1",
      browser: "Safari", version: "17.5", system: "iOS", platform: .mobile),
    Case(
      text:
        "Mozilla/5.0 (iPad; CPU OS 17_5 like Mac OS X) \(safari) CriOS/126.0.6478.54 Mobile/15E148 Safari/604.1",
      browser: "Chrome", version: "126.0.6478.54", system: "iOS", platform: .tablet),
    Case(
      text:
        "Mozilla/5.0 (Linux; Android 14; Pixel 8) \(webKit) Chrome/126.0.0.0 Mobile Safari/537.36",
      browser: "Chrome", version: "126.0.0.0", system: "Android", platform: .mobile),
    Case(
      text:
        "Mozilla/5.0 (Linux; Android 13; SM-X906C) \(webKit) SamsungBrowser/25.0 Chrome/121.0.0.0 Safari/537.36",
      browser: "Samsung Internet", version: "25.0", system: "Android", platform: .tablet),
    Case(
      text: "Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
      browser: "Firefox", version: "128.0", system: "Linux", platform: .desktop),
    Case(
      text: "Mozilla/5.0 (Android 14; Mobile; rv:128.0) Gecko/128.0 Firefox/128.0",
      browser: "Firefox", version: "128.0", system: "Android", platform: .mobile),
    Case(
      text: "Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) \(webKit) Chrome/126.0.0.0 Safari/537.36",
      browser: "Chrome", version: "126.0.0.0", system: "Chrome OS", platform: .desktop),
    Case(
      text: "okhttp/4.12.0 (Linux)", browser: nil, version: nil, system: "Linux",
      platform: .desktop),
    Case(text: "my robot", browser: nil, version: nil, system: nil, platform: nil),
    Case(text: "", browser: nil, version: nil, system: nil, platform: nil),
    Case(text: "Firefox/", browser: "Firefox", version: nil, system: nil, platform: .desktop),
    Case(
      text: "Firefox/<script>", browser: "Firefox", version: nil, system: nil, platform: .desktop),
  ]

  @Test(arguments: cases.indices)
  func `browser, system and kind of machine are told apart`(index: Int) {
    let expected = Self.cases[index]

    let agent = UserAgent(expected.text)

    #expect(agent.browser?.name == expected.browser, "\(expected.text)")
    #expect(agent.browser?.version == expected.version, "\(expected.text)")
    #expect(agent.system == expected.system, "\(expected.text)")
    #expect(agent.platform == expected.platform, "\(expected.text)")
  }

  @Test func `a text of any length is read no further than browsers write`() {
    let long = String(repeating: "x", count: 100_000) + "Firefox/1"
    #expect(UserAgent(long).browser == nil)
    let digits = "Firefox/" + String(repeating: "1", count: 500)
    #expect(UserAgent(digits).browser?.version?.count == 32)
  }
}
