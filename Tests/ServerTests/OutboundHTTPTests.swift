import Control
import NIOCore
import NIOSSL
import Server
import Signal
import Testing
import Wire

@Suite(.timeLimit(.minutes(1))) struct OutboundHTTPTests {
  private func post(
    _ url: String, timeout: TimeAmount = .seconds(10), allowsLoopback: Bool = true,
    trusting roots: [NIOSSLCertificate] = []
  ) async throws -> OutboundReply {
    try await OutboundHTTP(
      policy: OutboundTargetPolicy(allowsLoopback: allowsLoopback), timeout: timeout,
      trusting: roots
    ).post(url, headers: [("x-test", "yes")], body: Array(#"{"a":1}"#.utf8))
  }

  private func problem(_ body: () async throws -> OutboundReply) async -> String {
    do {
      return "answered \(try await body().status)"
    } catch {
      return (error as? OutboundFailure)?.problem ?? "\(error)"
    }
  }

  private func context() throws -> NIOSSLContext {
    let certificate = try NIOSSLCertificate(
      bytes: Array(TestCertificate.certificate.utf8), format: .pem)
    let key = try NIOSSLPrivateKey(bytes: Array(TestCertificate.key.utf8), format: .pem)
    return try NIOSSLContext(
      configuration: .makeServerConfiguration(
        certificateChain: [.certificate(certificate)], privateKey: .privateKey(key)))
  }

  @Test func `a request goes out whole and its reply comes back`() async throws {
    let receiver = try await ScriptedReceiver([
      ScriptedReceiver.answer("202 Accepted", "retry-after: 7\r\n", body: "fine")
    ])
    let reply = try await post("http://localhost:\(receiver.port)/hook?room=1")
    #expect(reply.status == 202 && reply.body == Array("fine".utf8))
    #expect(reply.retryAfter(at: Timestamp(milliseconds: 0)) == .seconds(7))

    let request = try #require(receiver.received.first)
    #expect(request.hasPrefix("POST /hook?room=1 HTTP/1.1\r\n"))
    let lines = request.lowercased().split(separator: "\r\n")
    #expect(lines.contains("host: localhost:\(receiver.port)"))
    #expect(lines.contains("content-length: 7") && lines.contains("connection: close"))
    #expect(lines.contains("x-test: yes"))
    #expect(request.hasSuffix("\r\n\r\n{\"a\":1}"))
    try await receiver.close()
  }

  @Test func `a redirect is an answer and is not followed`() async throws {
    let receiver = try await ScriptedReceiver([
      ScriptedReceiver.answer("302 Found", "location: http://169.254.169.254/\r\n")
    ])
    #expect(try await post("http://127.0.0.1:\(receiver.port)/").status == 302)
    #expect(receiver.received.count == 1)
    try await receiver.close()
  }

  @Test func `a receiver that says nothing, or endlessly much, ends in time`() async throws {
    let silent = try await ScriptedReceiver([nil])
    let start = ContinuousClock.now
    #expect(
      await problem {
        try await post("http://127.0.0.1:\(silent.port)/", timeout: .milliseconds(300))
      } == "no answer in time")
    // Headers came, the body does not end: it is answered.
    let slow = try await ScriptedReceiver(["HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nabc"])
    let reply = try await post("http://127.0.0.1:\(slow.port)/", timeout: .milliseconds(300))
    #expect(reply.status == 200 && reply.body == Array("abc".utf8))
    #expect(ContinuousClock.now - start < .seconds(20))

    let long = try await ScriptedReceiver([
      ScriptedReceiver.answer("200 OK", body: String(repeating: "x", count: 1_000_000))
    ])
    #expect(
      try await post("http://127.0.0.1:\(long.port)/").body.count == OutboundHTTP.maximumReply)
    for each in [silent, slow, long] { try await each.close() }
  }

  @Test func `what is no HTTP, and nobody at all, is said in words`() async throws {
    let receiver = try await ScriptedReceiver(["hello\r\n\r\n"])
    #expect(
      await problem { try await post("http://127.0.0.1:\(receiver.port)/") }
        == "the answer is not HTTP")
    let port = receiver.port
    try await receiver.close()
    #expect(
      await problem { try await post("http://127.0.0.1:\(port)/") }
        == "the connection was refused")
    #expect(
      await problem { try await post("https://does-not-exist.invalid/") }
        == "the host's name leads to no address")
  }

  @Test func `a name that leads to this machine is refused outside of development`() async throws {
    let receiver = try await ScriptedReceiver([ScriptedReceiver.answer("200 OK")])
    let names = ["localhost", "127.0.0.1", "ip6-localhost", "[::1]", "[::ffff:127.0.0.1]"]
    for name in names {
      let problem = await problem {
        try await post("https://\(name):\(receiver.port)/", allowsLoopback: false)
      }
      // Not every machine knows the name.
      #expect(
        problem.hasPrefix("the URL") || (name == "ip6-localhost" && problem.contains("no address")),
        "\(name): \(problem)")
    }
    #expect(receiver.received.isEmpty)
    try await receiver.close()
  }

  @Test func `a secure connection needs a certificate that is trusted and for this host`()
    async throws
  {
    let receiver = try await ScriptedReceiver(
      [ScriptedReceiver.answer("200 OK")], tls: try context())
    let root = try NIOSSLCertificate(bytes: Array(TestCertificate.certificate.utf8), format: .pem)
    let bad = "the secure connection failed: is the certificate valid for the host?"
    #expect(
      try await post("https://localhost:\(receiver.port)/", trusting: [root]).status == 200)
    #expect(
      try await post("https://127.0.0.1:\(receiver.port)/", trusting: [root]).status == 200)
    #expect(await problem { try await post("https://localhost:\(receiver.port)/") } == bad)
    // The certificate is for localhost and 127.0.0.1, not for any other name of the machine.
    #expect(
      await problem {
        try await post("https://other.localhost:\(receiver.port)/", trusting: [root])
      } != "answered 200")
    #expect(receiver.received.count == 2)
    try await receiver.close()
  }

  @Test(
    arguments: [
      ("120", 120_000), ("0", 0), ("-5", 0), ("Thu, 01 Jan 1970 00:01:40 GMT", 100_000),
      ("Thu, 01 Jan 1970 00:00:00 GMT", 0), ("soon", nil), ("99999999999", 31_536_000_000),
    ] as [(String, Int64?)])
  func `Retry-After is seconds or a date`(text: String, milliseconds: Int64?) {
    let reply = OutboundReply(status: 503, headers: [("Retry-After", text)], body: [])
    #expect(reply.retryAfter(at: Timestamp(milliseconds: 0))?.milliseconds == milliseconds)
  }
}
