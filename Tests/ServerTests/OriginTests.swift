import Server
import Testing

@Suite struct OriginTests {
  @Test(arguments: [
    "https://a.example", "http://A.example:81", "http://localhost:3000", "http://[::1]:8080",
    "https://xn--bcher-kva.example",
  ])
  func `origins are read`(text: String) {
    #expect(WebOrigin(text) != nil)
  }

  @Test(arguments: [
    "", "null", "a.example", "https://", "https://a.example/", "https://a.example/x",
    "https://a.example:0x1", "https://a.example:70000", "https://user@a.example", "ws://a.example",
    "https://a b.example", "https://[::1", "https://*.example",
  ])
  func `what is no origin is none`(text: String) {
    #expect(WebOrigin(text) == nil)
  }

  @Test func `the default port is the scheme's`() {
    #expect(WebOrigin("https://a.example") == WebOrigin("https://A.example:443"))
    #expect(WebOrigin("http://a.example") != WebOrigin("https://a.example"))
  }

  @Test func `a page may call the server it came from, and those that are listed`() throws {
    let listed = OriginPolicy(allowed: [try #require(WebOrigin("https://app.example"))])
    #expect(listed.permits(nil, host: "stoa.example"))
    #expect(listed.permits("https://stoa.example", host: "stoa.example"))
    #expect(listed.permits("http://stoa.example:8080", host: "STOA.example:8080"))
    #expect(listed.permits("https://app.example", host: "stoa.example"))
    #expect(!listed.permits("http://app.example", host: "stoa.example"))
    #expect(!listed.permits("https://evil.example", host: "stoa.example"))
    #expect(!listed.permits("https://stoa.example.evil.example", host: "stoa.example"))
    #expect(!listed.permits("http://stoa.example:9999", host: "stoa.example:8080"))
    #expect(!listed.permits("null", host: "stoa.example"))
    #expect(!listed.permits("http://localhost:3000", host: "stoa.example"))
  }

  @Test func `development lets pages of this machine in, and no others`() {
    let policy = OriginPolicy(allowsLoopback: true)
    #expect(policy.permits("http://localhost:3000", host: "localhost:8080"))
    #expect(policy.permits("http://127.0.0.1:5173", host: "localhost:8080"))
    #expect(policy.permits("http://[::1]:5173", host: "localhost:8080"))
    #expect(policy.permits("http://app.localhost", host: "localhost:8080"))
    #expect(!policy.permits("http://localhost.evil.example", host: "localhost:8080"))
    #expect(!policy.permits("http://192.168.1.2", host: "localhost:8080"))
  }

  @Test func `a star lets every page in`() {
    let policy = OriginPolicy(allowsEvery: true)
    #expect(policy.permits("https://evil.example", host: "stoa.example"))
    #expect(policy.permits("null", host: "stoa.example"))
  }
}
