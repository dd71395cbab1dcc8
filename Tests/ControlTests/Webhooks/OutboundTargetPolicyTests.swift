import Control
import Testing

/// Where a URL that a stranger wrote may lead.
@Suite struct OutboundTargetPolicyTests {
  /// URLs that are refused by their text alone.
  static let refused = [
    // Loopback, in every spelling.
    "https://127.0.0.1/", "https://127.0.0.1:8443/hook", "https://127.255.255.254/",
    "https://127.1/", "https://127.0.1/", "https://2130706433/", "https://017700000001/",
    "https://0x7f000001/", "https://0x7f.0.0.1/", "https://0177.0.0.1/", "https://127.0.0.01/",
    "https://127.0.0.1./", "https://[::1]/", "https://[0:0:0:0:0:0:0:1]/",
    "https://[::ffff:127.0.0.1]/", "https://[::ffff:7f00:1]/", "https://[::127.0.0.1]/",
    "https://[64:ff9b::127.0.0.1]/", "https://[64:ff9b::7f00:1]/", "https://localhost/",
    "https://LOCALHOST/", "https://localhost./", "https://app.localhost/",
    // The network around the server, and the metadata of clouds.
    "https://10.0.0.1/", "https://10.255.255.255/", "https://172.16.0.1/",
    "https://172.31.255.255/", "https://192.168.1.1/", "https://169.254.169.254/latest/meta-data/",
    "https://[::ffff:169.254.169.254]/", "https://[64:ff9b::a9fe:a9fe]/", "https://100.64.0.1/",
    "https://100.127.255.255/", "https://[fc00::1]/", "https://[fd12:3456::1]/",
    "https://[fe80::1]/", "https://[fe80::1%25eth0]/", "https://[fec0::1]/",
    "https://[::ffff:10.0.0.1]/", "https://[::ffff:0:10.0.0.1]/",
    // This host, multicast, broadcast, documentation, tunnels, nothing.
    "https://0.0.0.0/", "https://0/", "https://0.1.2.3/", "https://224.0.0.1/",
    "https://239.255.255.255/", "https://240.0.0.1/", "https://255.255.255.255/",
    "https://192.0.0.8/", "https://192.0.2.1/", "https://198.51.100.7/", "https://203.0.113.9/",
    "https://198.18.0.1/", "https://198.19.255.255/", "https://192.88.99.1/", "https://[::]/",
    "https://[2001:db8::1]/", "https://[3fff::1]/", "https://[2001::1]/",
    "https://[2002:7f00:1::]/", "https://[2002:a00:1::1]/", "https://[64:ff9b:1::1]/",
    "https://[100::1]/", "https://[ff02::1]/", "https://[5f00::1]/", "https://[4000::1]/",
    // What two parsers might read in two ways.
    "https://user@example.com/", "https://user:pw@example.com/", "https://example.com@10.0.0.1/",
    "https://example.com\\@10.0.0.1/", "https:\\\\example.com/", "https://exa mple.com/",
    "https://example.com\t/", "https://example.com\r\nx: y/", "https://bücher.example/",
    "https://%31%32%37.0.0.1/", "https://1.2.3.4.5/", "https://1.2.3/", "https://256.1.1.1/",
    "https://a..b/", "https:///path", "https://", "https://:443/", "https://[::1/",
    "https://[example.com]/", "https://[1.2.3.4]/", "https://[::1]x/", "https://example.com:444/",
    "//example.com/", "example.com", "", "https:example.com",
    // Other services, other schemes, other ports.
    "http://example.com/", "ftp://example.com/", "file:///etc/passwd", "gopher://example.com/",
    "javascript:alert(1)", "rtmp://example.com/live", "https://example.com:22/",
    "https://example.com:25/", "https://example.com:0/", "https://example.com:65536/",
    "https://example.com:443x/", "https://example.com:+443/", "https://example.com:/",
    "https://example.com:6379/", "https://example.com:5432/", "https://example.com:11211/",
    "https://example.com:]/",
  ]

  @Test(arguments: refused) func `a target outside of the internet is refused`(url: String) {
    #expect(throws: OutboundTargetPolicy.Refusal.self) {
      try OutboundTargetPolicy().url(url)
    }
  }

  @Test(arguments: [
    ("https://example.com", "example.com", 443, "/"),
    ("https://EXAMPLE.com./a?b=c#d", "example.com", 443, "/a?b=c"),
    ("HTTPS://hooks.example.com:8443?x", "hooks.example.com", 8_443, "/?x"),
    ("https://8.8.8.8/", "8.8.8.8", 443, "/"),
    ("https://[2606:4700::1111]:8444/x", "2606:4700::1111", 8_444, "/x"),
    ("https://[64:ff9b::8.8.8.8]/", "64:ff9b::8.8.8.8", 443, "/"),
    ("https://[::ffff:8.8.8.8]/", "::ffff:8.8.8.8", 443, "/"),
    ("https://a_b-c.example/%0d%0a", "a_b-c.example", 443, "/%0d%0a"),
    ("https://172.15.0.1/", "172.15.0.1", 443, "/"),
    ("https://172.32.0.1/", "172.32.0.1", 443, "/"),
    ("https://100.63.0.1/", "100.63.0.1", 443, "/"),
    ("https://198.20.0.1/", "198.20.0.1", 443, "/"),
  ])
  func `a target on the internet is read`(
    text: String, host: String, port: Int, target: String
  ) throws {
    let url = try OutboundTargetPolicy().url(text)
    #expect(url.host == host && url.port == port && url.target == target)
  }

  @Test(arguments: [
    "10.0.0.1", "127.0.0.1", "169.254.169.254", "::1", "fd00::1", "::ffff:192.168.0.1",
    "64:ff9b::c0a8:1", "fe80::1", "0.0.0.0", "255.255.255.255",
  ])
  func `an address that a name resolves to is judged by itself`(text: String) throws {
    let address = try #require(NetworkNumber(text))
    #expect(OutboundTargetPolicy().refusal(of: address) != nil)
  }

  @Test func `development adds loopback and http, and nothing else`() throws {
    let policy = OutboundTargetPolicy(allowsLoopback: true)
    for url in ["http://localhost:3000/hook", "http://127.0.0.1:3000", "http://[::1]:3000"] {
      #expect(try policy.url(url).port == 3_000)
    }
    for url in [
      "http://10.0.0.1:3000", "http://169.254.169.254/", "http://0.0.0.0:3000",
      "http://localhost:22", "http://[64:ff9b::7f00:1]:3000",
    ] {
      #expect(throws: OutboundTargetPolicy.Refusal.self) { try policy.url(url) }
    }
  }

  @Test func `other purposes bring schemes of their own`() throws {
    let policy = OutboundTargetPolicy(schemes: ["rtmp", "rtmps"])
    #expect(try policy.url("rtmp://live.example.com/app/key").port == 1_935)
    #expect(throws: OutboundTargetPolicy.Refusal.self) { try policy.url("https://example.com") }
    #expect(throws: OutboundTargetPolicy.Refusal.self) { try policy.url("rtmp://10.1.1.1/a") }
  }
}
