import Foundation
import Server
import Signal
import Testing

@Suite(.timeLimit(.minutes(2))) struct TemporaryFileTests {
  private func join(_ server: TestServer, _ room: String) async throws -> TestSocket {
    let socket = try await TestSocket.connect(port: server.port)
    try await socket.send(
      .join(
        id: 1,
        JoinRequest(
          token: server.token, meetingID: room, participantID: "ann", mode: .signallingOnly)))
    guard case .reply(1, .joined) = await socket.message() else {
      throw TestSocket.Refused(status: 0)
    }
    return socket
  }

  private func upload(
    _ server: TestServer, _ room: String, _ name: String, _ bytes: [UInt8]
  ) async throws -> HTTPReply {
    try await server.api(
      "POST", "/v2/files",
      #"{"roomId":"\#(room)","fileName":"\#(name)","base64Data":"\#(Data(bytes).base64EncodedString())"}"#
    )
  }

  @Test func `a file is there as long as its session`() async throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    try folder.write("of a session long ago", to: "files/old")
    try await TestServer.run([.data: folder.path]) { server in
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path + "/files") == [])
      let room = try #require(try await server.api("POST", "/v2/rooms").json["roomId"]?.string)
      #expect(try await upload(server, room, "a.png", [1]).status == 404)

      let socket = try await join(server, room)
      let bytes = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
      let made = try await upload(server, room, "Grüße 1.PNG", bytes)
      #expect(made.status == 200)
      #expect(made.json["size"] == 3_000_000 && made.json["expires"] == "session end")
      #expect(made.json["fileName"] == "Grüße 1.PNG")
      let id = try #require(made.json["fileId"]?.string)
      #expect(made.json["url"] == .string("http://stoa.test/v2/files/\(id)"))

      let plain = try await server.api("GET", "/v2/files/\(id)")
      #expect(plain.status == 200 && plain.body == bytes)
      #expect(plain["content-type"] == "image/png" && plain["x-content-type-options"] == "nosniff")
      #expect(plain["content-disposition"] == "inline; filename*=UTF-8''Gr%C3%BC%C3%9Fe%201.PNG")
      let text = try await server.api("GET", "/v2/files/\(id)?base64=true")
      #expect(text.json == ["base64Data": .string(Data(bytes).base64EncodedString())])
      #expect(try await server.http("GET", "/v2/files/\(id)").status == 401)

      try await socket.send(.request(id: 2, .leave))
      _ = await socket.closing()
      #expect(try await server.api("GET", "/v2/files/\(id)").status == 404)
      while try !FileManager.default.contentsOfDirectory(atPath: folder.path + "/files").isEmpty {
        try await Task.sleep(for: .milliseconds(50))
      }
    }
  }

  @Test func `what a browser could run is for download only`() async throws {
    try await TestServer.run { server in
      let room = try #require(try await server.api("POST", "/v2/rooms").json["roomId"]?.string)
      let socket = try await join(server, room)
      for (name, type) in [
        ("a.pdf", "application/pdf"), ("a.json", "application/json"), ("a.zip", "application/zip"),
        ("a.csv", "text/csv; charset=utf-8"),
      ] {
        let made = try await upload(server, room, name, Array("x".utf8))
        let id = made.json["fileId"]?.string ?? ""
        let reply = try await server.api("GET", "/v2/files/\(id)")
        #expect(reply["content-type"] == type)
        #expect(reply["content-disposition"]?.hasPrefix("attachment;") == true)
        #expect(reply["content-security-policy"] == "default-src 'none'; sandbox")
      }
      for name in ["a.html", "a.svg", "a.js", "a", ".png", "a.png/b", "", "x.exe"] {
        #expect(try await upload(server, room, name, [1]).status == 400, "\(name)")
      }
      let garbage = try await server.api(
        "POST", "/v2/files", #"{"roomId":"\#(room)","fileName":"a.png","base64Data":"!"}"#)
      #expect(garbage.status == 400)
      #expect(try await upload(server, "none-such-room", "a.png", [1]).status == 404)
      try await socket.send(.request(id: 2, .leave))
    }
  }

  @Test func `a file, and the files of a session, have a bound`() async throws {
    try await TestServer.run { server in
      let room = try #require(try await server.api("POST", "/v2/rooms").json["roomId"]?.string)
      let socket = try await join(server, room)
      let ten = [UInt8](repeating: 7, count: 10 * 1_024 * 1_024)
      #expect(try await upload(server, room, "a.zip", ten + [1]).status == 413)
      for _ in 0..<10 { #expect(try await upload(server, room, "a.zip", ten).status == 200) }
      let more = try await upload(server, room, "a.zip", [1])
      #expect(more.status == 413 && more.json["code"] == "QUOTA_EXCEEDED")
      try await socket.send(.request(id: 2, .leave))
    }
  }
}
