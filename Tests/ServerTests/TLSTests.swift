import NIOSSL
import Server
import Testing

@Suite(.timeLimit(.minutes(1))) struct TLSTests {
  private func files() throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    try folder.write(TestCertificate.certificate, to: "cert.pem")
    try folder.write(TestCertificate.key, to: "key.pem")
    try folder.write(TestCertificate.otherKey, to: "other.pem")
    return folder
  }

  @Test func `with a certificate the same port speaks https and wss`() async throws {
    let folder = try files()
    defer { folder.remove() }
    let settings: [Setting: String] = [
      .tlsCert: folder.path + "/cert.pem", .tlsKey: folder.path + "/key.pem",
    ]
    let certificate = try NIOSSLCertificate(
      bytes: Array(TestCertificate.certificate.utf8), format: .pem)
    try await TestServer.run(settings) { server in
      func ask(_ path: String, _ headers: [(String, String)] = []) async throws -> HTTPReply {
        try await HTTPClient.request(
          port: server.port, "GET", path,
          headers: [("Host", "localhost:\(server.port)")] + headers, body: nil,
          trusting: certificate)
      }
      #expect(try await ask("/healthz").status == 200)
      #expect(try await ask("/v2/rooms", [("Authorization", server.token)]).status == 200)
      #expect(try await ask("/signal").status == 426)

      // Plain HTTP on that port is answered by nothing at all.
      let plain = try await RawConnection.exchange(
        port: server.port, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
      #expect(!plain.contains("HTTP/1.1 200"))
    }
  }

  @Test(arguments: [
    ("none.pem", "key.pem", "--tls-cert"), ("key.pem", "key.pem", "--tls-cert"),
    ("cert.pem", "none.pem", "--tls-key"), ("cert.pem", "cert.pem", "--tls-key"),
    ("cert.pem", "other.pem", "does not belong"),
  ])
  func `files that cannot be used are named at start`(
    certificate: String, key: String, expected: String
  ) async throws {
    let folder = try files()
    defer { folder.remove() }
    let settings: [Setting: String] = [
      .tlsCert: folder.path + "/" + certificate, .tlsKey: folder.path + "/" + key,
    ]
    let error = await #expect(throws: ConfigurationError.self) {
      try await TestServer.run(settings) { _ in }
    }
    #expect(error?.description.contains(expected) == true, "\(error?.description ?? "")")
  }

  @Test func `a port in use is named at start`() async throws {
    try await TestServer.run { server in
      let error = await #expect(throws: ConfigurationError.self) {
        try await TestServer.run([.port: "\(server.port)"]) { _ in }
      }
      #expect(error?.description.contains("in use") == true)
    }
  }
}
