import StoaClient
import Testing

@Suite struct ServerURLTests {
  @Test func `takes host and port from http and https addresses`() {
    #expect(ServerURL("http://localhost:8080")?.port == 8_080)
    #expect(ServerURL("https://meet.example.org/path?x")?.description == "https://meet.example.org")
    #expect(ServerURL("http://[::1]:8080")?.host == "::1")
    #expect(ServerURL("http://[::1]:8080")?.description == "http://[::1]:8080")
  }

  @Test(arguments: [
    "", "localhost", "ws://localhost", "http://", "http://:80", "http://a:0", "http://a:65536",
    "http://a:b", "http://[::1", "http://[::1]x", "http://user@host", "http://a b",
  ])
  func `refuses everything else`(text: String) {
    #expect(ServerURL(text) == nil)
  }

  @Test func `knows which addresses stay on this machine`() {
    for text in ["http://localhost", "http://127.0.0.1:80", "http://127.9.9.9", "http://[::1]"] {
      #expect(ServerURL(text)?.isLoopback == true, "\(text)")
    }
    for text in [
      "http://127.evil.example", "http://127.0.0.1.example.org", "http://10.0.0.1",
      "http://localhost.example.org", "http://128.0.0.1", "http://127.0.0.1.",
    ] {
      #expect(ServerURL(text)?.isLoopback == false, "\(text)")
    }
  }
}
