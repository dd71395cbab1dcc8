import FoundationEssentials
import Server
import Signal
import Testing

@Suite(.timeLimit(.minutes(1))) struct StaticFilesTests {
  private func serving(
    _ body: @Sendable (TestServer, TemporaryFolder) async throws -> Void
  ) async throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    try folder.write("<!doctype html>", to: "web/index.html")
    try folder.write("export {}", to: "web/assets/app.js")
    try folder.write("body {}", to: "web/assets/app.css")
    try folder.write("<!doctype html><p>inner", to: "web/dashboard/index.html")
    try folder.write("esm", to: "web/sdk/js-sdk.mjs")
    try folder.write("global", to: "web/sdk/videosdk.js")
    try folder.write("<!doctype html>docs", to: "web/docs/index.html")
    try folder.write("hidden", to: "web/.git/config")
    try folder.write("", to: "web/empty.txt")
    try folder.write("outside", to: "secret.txt")
    try FileManager.default.createSymbolicLink(
      atPath: folder.path + "/web/link.txt", withDestinationPath: folder.path + "/secret.txt")
    try await TestServer.run([.web: folder.path + "/web"]) { try await body($0, folder) }
  }

  @Test func `the page comes with a policy that allows no inline code`() async throws {
    try await serving { server, _ in
      let page = try await server.http("GET", "/?room=abc")
      #expect(page.status == 200)
      #expect(page.body == Array("<!doctype html>".utf8))
      #expect(page["content-type"] == "text/html; charset=utf-8")
      let policy = try #require(page["content-security-policy"])
      #expect(policy.contains("script-src 'self'"))
      #expect(policy.contains("connect-src 'self' ws: wss: https:;"))
      // Recordings in a store of a key's own, and HLS through a CDN; what is run is ours alone.
      #expect(policy.contains("media-src 'self' blob: mediastream: https:;"))
      #expect(policy.contains("img-src 'self' data: blob: https:;"))
      #expect(policy.contains("script-src 'self';"))
      #expect(!policy.contains("unsafe"))
      #expect(page["x-content-type-options"] == "nosniff")
      #expect(page["referrer-policy"] == "no-referrer")
      #expect(page["permissions-policy"]?.contains("camera=(self)") == true)
      #expect(page["access-control-allow-origin"] == nil)
    }
  }

  @Test(arguments: ["/dashboard", "/dashboard/", "/dashboard/index.html"])
  func `a folder's page comes with or without a slash, under the same policy`(
    path: String
  ) async throws {
    try await serving { server, _ in
      let page = try await server.http("GET", path)
      #expect(page.status == 200)
      #expect(page.body == Array("<!doctype html><p>inner".utf8))
      #expect(page["content-type"] == "text/html; charset=utf-8")
      #expect(page["content-security-policy"]?.contains("script-src 'self'") == true)
    }
  }

  @Test func `assets have their types`() async throws {
    try await serving { server, _ in
      let script = try await server.http("GET", "/assets/app.js")
      #expect(script["content-type"] == "text/javascript; charset=utf-8")
      let style = try await server.http("GET", "/assets/app.css")
      #expect(style["content-type"] == "text/css; charset=utf-8")
      let empty = try await server.http("GET", "/empty.txt")
      #expect(empty.status == 200)
      #expect(empty.body.isEmpty)
    }
  }

  @Test func `the page of the REST API is at docs`() async throws {
    try await serving { server, _ in
      for path in ["/docs", "/docs/"] {
        let page = try await server.http("GET", path)
        #expect(page.status == 200)
        #expect(page.body == Array("<!doctype html>docs".utf8))
        #expect(page["content-security-policy"]?.contains("default-src 'none'") == true)
      }
    }
  }

  @Test func `the SDK is public, under every version's address`() async throws {
    try await serving { server, _ in
      for (path, content) in [
        ("/sdk/js-sdk.mjs", "esm"), ("/sdk/videosdk.js", "global"),
        ("/js-sdk/0.0.82/videosdk.js", "global"), ("/js-sdk/0.1.4/videosdk.js", "global"),
      ] {
        let reply = try await server.http(
          "GET", path, headers: [("Origin", "https://anywhere.example")])
        #expect(reply.status == 200, "\(path)")
        #expect(reply.body == Array(content.utf8), "\(path)")
        #expect(reply["access-control-allow-origin"] == "*", "\(path)")
        #expect(reply["access-control-allow-credentials"] == nil)
      }
    }
  }

  @Test func `what the browser has is not sent again until it changes`() async throws {
    try await serving { server, folder in
      let first = try await server.http("GET", "/assets/app.js")
      let tag = try #require(first["etag"])
      let again = try await server.http(
        "GET", "/assets/app.js", headers: [("If-None-Match", "W/\"x\", \(tag)")])
      #expect(again.status == 304)
      #expect(again.body.isEmpty)
      #expect(again["etag"] == tag)

      try folder.write("export { changed }", to: "web/assets/app.js")
      let changed = try await server.http(
        "GET", "/assets/app.js", headers: [("If-None-Match", tag)])
      #expect(changed.status == 200)
      #expect(changed.body == Array("export { changed }".utf8))
    }
  }

  @Test func `HEAD answers as GET does, without the body`() async throws {
    try await serving { server, _ in
      let reply = try await server.http("HEAD", "/assets/app.js")
      #expect(reply.status == 200)
      #expect(reply["content-length"] == "9")
      #expect(reply.body.isEmpty)
    }
  }

  @Test(arguments: [
    "/../secret.txt", "/assets/../../secret.txt", "/%2e%2e/secret.txt", "/..%2fsecret.txt",
    "/assets/%2e%2e/%2e%2e/secret.txt", "/link.txt", "/.git/config", "/%2egit/config",
    "/..%5Csecret.txt", "/assets", "/assets/", "/index.html/x", "/sdk/%00", "//etc/passwd",
    "/js-sdk/../videosdk.js/x", "/nothing.html",
  ])
  func `nothing outside of the folder, and no hidden file, is served`(path: String) async throws {
    try await serving { server, _ in
      let reply = try await server.http("GET", path)
      #expect([400, 404].contains(reply.status), "\(reply.status)")
      #expect(reply.json["statusCode"] == .integer(Int64(reply.status)))
    }
  }

  @Test func `without a web folder the page says so`() async throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    try await TestServer.run([.web: folder.path]) { server in
      let reply = try await server.http("GET", "/")
      #expect(reply.status == 404)
      #expect(reply.json["code"] == "PAGE_NOT_FOUND")
    }
  }

  @Test func `a web folder that does not exist is refused at start`() async throws {
    await #expect(throws: ConfigurationError.self) {
      try await TestServer.run([.web: "/nonexistent"]) { _ in }
    }
  }
}
