import Control
import FoundationEssentials
import Server
import Signal
import Testing

/// Recordings, livestreams and HLS over HTTP, with composers that do as they are told.
@Suite(.timeLimit(.minutes(1))) struct OutputRESTTests {
  private static func scene(
    _ server: TestServer
  ) async throws -> (room: String, session: String, socket: TestSocket) {
    let room = try await SignallingSocketTests.room(server)
    let (socket, joined) = try await SignallingSocketTests.join(server, room, "ann")
    return (room, joined.sessionID, socket)
  }

  @Test func `a recording is started, stopped, listed, fetched in part and deleted`() async throws {
    try await TestServer.run(composers: EchoComposers(finishesAtOnce: true)) { server in
      let (room, session, _) = try await Self.scene(server)
      let start = try await server.api(
        "POST", "/v2/recordings/start",
        #"{"roomId":"\#(room)","config":{"layout":{"type":"GRID"}},"transcription":{"enabled":true}}"#
      )
      #expect(start.status == 200)
      #expect(start.text == "Recording started successfully")
      let again = try await server.api(
        "POST", "/v2/recordings/start", #"{"roomId":"\#(room)"}"#)
      #expect(again.status == 409)
      #expect(again.json["code"] == "PREV_RECORDING_PROCESSING")

      let stop = try await server.api("POST", "/v2/recordings/end", #"{"roomId":"\#(room)"}"#)
      #expect(stop.text == "Recording ended successfully")
      try await server.until {
        try await server.api("GET", "/v2/recordings?roomId=\(room)").json["data"]?.first?["status"]
          == "stopped"
      }
      let list = try await server.api("GET", "/v2/recordings?sessionId=\(session)").json
      #expect(list["pageInfo"]?["total"] == 1)
      let id = try #require(list["data"]?.first?["id"]?.string)
      #expect(start["location"] == id)
      let recording = try await server.api("GET", "/v2/recordings/\(id)").json
      #expect(recording["file"]?["size"] == 10)

      let url = try #require(recording["file"]?["fileUrl"]?.string)
      let path = String(url.dropFirst("http://stoa.test".count))
      let whole = try await server.http("GET", path)
      #expect(whole.status == 200)
      #expect(whole["content-type"] == "video/mp4")
      #expect(whole.text == "0123456789")
      let part = try await server.http("GET", path, headers: [("Range", "bytes=2-4")])
      #expect(part.status == 206)
      #expect(part.text == "234")
      #expect(part["content-range"] == "bytes 2-4/10")
      #expect(try await server.http("GET", path + "0").status == 404)
      #expect(
        try await server.http("GET", path, headers: [("Range", "bytes=99-")]).status == 416)

      let deleted = try await server.api("DELETE", "/v2/recordings/\(id)")
      #expect(deleted.text == "Room recording deleted successfully")
      #expect(try await server.http("GET", path).status == 404)
      #expect(try await server.api("GET", "/v2/recordings/\(id)").status == 404)
    }
  }

  @Test func `HLS answers with its addresses and is found while it goes on`() async throws {
    try await TestServer.run(composers: EchoComposers(finishesAtOnce: true)) { server in
      let (room, _, _) = try await Self.scene(server)
      let reply = try await server.api(
        "POST", "/v2/hls/start", #"{"roomId":"\#(room)","config":{"quality":"high"}}"#)
      #expect(reply.status == 200)
      let id = try #require(reply.json["id"]?.string)
      #expect(reply.json["playbackHlsUrl"] == .string("http://stoa.test/hls/\(id)/index.m3u8"))
      #expect(reply.json["livestreamUrl"] == .string("http://stoa.test/hls/\(id)/live.m3u8"))

      let active = try await server.api("GET", "/v2/hls/\(room)/active")
      #expect(active.json["code"] == 200)
      #expect(active.json["data"]?["id"]?.string == id)
      #expect(active.json["data"]?["end"] == .null)
      let stop = try await server.api("POST", "/v2/hls/stop", #"{"roomId":"\#(room)"}"#)
      #expect(stop.text == "HLS ended successfully")
      try await server.until {
        try await server.api("GET", "/v2/hls/\(room)/active").status == 404
      }
      let deleted = try await server.api("DELETE", "/v2/hls/\(id)")
      #expect(deleted.text == "Room Hls Recording deleted successfully !")
    }
  }

  @Test func `a picture of the broadcast is taken, or words say why not`() async throws {
    try await TestServer.run(composers: EchoComposers(finishesAtOnce: true)) { server in
      let (room, _, _) = try await Self.scene(server)
      let body = #"{"roomId":"\#(room)","format":"png","width":640}"#
      let early = try await server.api("POST", "/v2/hls/capture", body)
      #expect(early.status == 404)
      #expect(early.text.contains("/v2/hls/start"))
      let reply = try await server.api("POST", "/v2/hls/start", #"{"roomId":"\#(room)"}"#)
      let id = try #require(reply.json["id"]?.string)
      try await server.until {
        try await server.api("GET", "/v2/hls/\(id)").json["status"] == "playable"
      }
      let taken = try await server.api("POST", "/v2/hls/capture", body)
      #expect(taken.status == 200)
      #expect(taken.json["message"] == "captured thumbnail successfully")
      #expect(taken.json["meta"]?["width"] == 640)
      #expect(taken.json["fileSize"] == 10)
      let name = try #require(taken.json["fileName"]?.string)
      #expect(name.hasSuffix(".png"))
      #expect(
        taken.json["filePath"] == .string("http://stoa.test/hls/\(id)/captures/\(name)"))
      for wrong in [#""width":1"#, #""time":-1"#, #""time":"soon""#, #""format":"gif""#] {
        let refused = try await server.api(
          "POST", "/v2/hls/capture", "{\"roomId\":\"\(room)\",\(wrong)}")
        #expect(refused.status == 400, "\(wrong)")
      }
    }
  }

  @Test func `recordings of two participants are merged, once they are over`() async throws {
    try await TestServer.run(composers: EchoComposers(finishesAtOnce: true)) { server in
      let (room, session, _) = try await Self.scene(server)
      let who = #"{"roomId":"\#(room)","participantId":"ann"}"#
      let start = try await server.api("POST", "/v2/recordings/participant/start", who)
      let recording = try #require(start["location"])
      let body =
        #"{"sessionId":"\#(session)","channel1":[{"participantId":"ann"}],"#
        + #""channel2":[{"participantId":"ann","recordingId":"\#(recording)"}]}"#
      let path = "/v2/recordings/participant/merge"
      #expect(try await server.api("POST", path, body).status == 409)
      _ = try await server.api("POST", "/v2/recordings/participant/stop", who)
      try await server.until {
        try await server.api("GET", "/v2/recordings/participant/\(recording)").json["status"]
          == "stopped"
      }
      let merge = try await server.api("POST", path, body).json
      let id = try #require(merge["recording"]?["id"]?.string)
      #expect(merge["message"]?.string?.isEmpty == false)
      #expect(merge["recording"]?["sessionId"] == .string(session))
      let side: JSONValue = [
        "participantId": "ann", "recordingId": .string(recording), "type": "participant",
      ]
      #expect(merge["recording"]?["channel1"] == .array([side]))
      try await server.until {
        try await server.api("GET", "\(path)/\(id)").json["status"] == "stopped"
      }
      let list = try await server.api("GET", "\(path)?sessionId=\(session)").json
      #expect(list["data"]?.first?["file"]?["size"] == 10)
      #expect(list["pageInfo"]?["total"] == 1)
      for wrong in [
        body.replacing("\"ann\"", with: "\"bob\""),
        #"{"sessionId":"\#(session)","channel1":[],"channel2":[]}"#,
      ] {
        let refused = try await server.api("POST", path, wrong)
        #expect(refused.status == (wrong.contains("bob") ? 404 : 400))
      }
      #expect(try await server.api("DELETE", "\(path)/\(id)").status == 200)
    }
  }

  @Test func `a logo that is not there refuses the start in words`() async throws {
    try await TestServer.run(composers: EchoComposers(finishesAtOnce: true)) { server in
      let (room, _, _) = try await Self.scene(server)
      for (logo, word) in [
        ("http://127.0.0.1:65535/logo.png", "cannot be fetched"),
        ("ftp://a/logo.png", "config.logo.url"),
        ("http://127.0.0.1:\(server.port)/healthz", "PNG, JPEG or WebP"),
      ] {
        let refused = try await server.api(
          "POST", "/v2/recordings/start",
          #"{"roomId":"\#(room)","config":{"logo":{"url":"\#(logo)"}}}"#)
        #expect(refused.status == 400, "\(logo)")
        #expect(refused.text.contains(word), "\(refused.text)")
      }
      let plain = try await server.api(
        "POST", "/v2/recordings/start",
        ##"{"roomId":"\##(room)","config":{"background":{"color":"#102030"}}}"##)
      #expect(plain.status == 200)
    }
  }

  @Test func `a livestream shows where it goes, but no key`() async throws {
    try await TestServer.run(composers: EchoComposers(finishesAtOnce: true)) { server in
      let (room, _, _) = try await Self.scene(server)
      let start = try await server.api(
        "POST", "/v2/livestreams/start",
        #"{"roomId":"\#(room)","outputs":[{"url":"rtmp://127.0.0.1/live","streamKey":"s3cret"}]}"#
      )
      #expect(start.text == "Livestream started successfully")
      let list = try await server.api("GET", "/v2/livestreams?roomId=\(room)")
      #expect(list.json["data"]?.first?["outputs"]?.first?["url"] == "rtmp://127.0.0.1/live")
      #expect(!list.text.contains("s3cret"))
      let events = try await server.api(
        "GET", "/v2/sessions/\(list.json["data"]?.first?["sessionId"]?.string ?? "")/events")
      #expect(events.text.contains("livestream-starting"))
      #expect(!events.text.contains("s3cret"))
      let bad = try await server.api(
        "POST", "/v2/livestreams/start", #"{"roomId":"\#(room)","outputs":[]}"#)
      #expect(bad.status == 400)
      #expect(bad.json["code"] == "INVALID_LIVESTREAM_CONFIG")
    }
  }

  @Test func `a participant's tracks are recorded one by one`() async throws {
    try await TestServer.run(composers: EchoComposers(finishesAtOnce: true)) { server in
      let (room, _, _) = try await Self.scene(server)
      let body = #"{"roomId":"\#(room)","participantId":"ann","kind":"audio"}"#
      let start = try await server.api("POST", "/v2/recordings/participant/track/start", body)
      #expect(start.text == "track recording started successfully.")
      let other = try await server.api(
        "POST", "/v2/recordings/participant/track/stop",
        #"{"roomId":"\#(room)","participantId":"ann","kind":"video"}"#)
      #expect(other.status == 409)
      let stop = try await server.api("POST", "/v2/recordings/participant/track/stop", body)
      #expect(stop.status == 200)
      let list = try await server.api("GET", "/v2/recordings/participant/track?roomId=\(room)")
      #expect(list.json["data"]?.first?["kind"] == "audio")
      #expect(
        try await server.api("GET", "/v2/recordings/participant").json["pageInfo"]?["total"] == 0)
    }
  }

  @Test func `without composers a start is refused with 503`() async throws {
    try await TestServer.run(
      [.maxOutputsPerKey: "1"], composers: EchoComposers(finishesAtOnce: false)
    ) { server in
      let (room, _, _) = try await Self.scene(server)
      #expect(
        try await server.api("POST", "/v2/hls/start", #"{"roomId":"\#(room)"}"#).status == 200)
      let more = try await server.api("POST", "/v2/recordings/start", #"{"roomId":"\#(room)"}"#)
      #expect(more.status == 429)
      #expect(more["retry-after"] != nil)
    }
  }
}

/// What players get of HLS outputs.
@Suite(.timeLimit(.minutes(1))) struct HLSOriginTests {
  private let id = "67b10c2f0a1b2c3d4e5f6073"

  private func playlist(_ segments: Int, parts: Int = 0) -> String {
    var text = "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXT-X-MEDIA-SEQUENCE:0\n"
    for segment in 0..<segments { text += "#EXTINF:1.0,\ns\(segment).m4s\n" }
    for part in 0..<parts { text += "#EXT-X-PART:DURATION=0.2,URI=\"s\(segments).\(part).m4s\"\n" }
    return text
  }

  private func run(
    _ body: @escaping @Sendable (TestServer, _ folder: String) async throws -> Void
  ) async throws {
    let data = try TemporaryFolder()
    defer { data.remove() }
    let folder = data.path + "/hls/" + id
    try data.write(playlist(2), to: "hls/\(id)/index.m3u8")
    try data.write("segment", to: "hls/\(id)/720p/s0.m4s")
    try data.write("secret", to: "hls/\(id)/journal.jsonl")
    try data.write("secret", to: "stoa.txt")
    try await TestServer.run([.data: data.path]) { server in try await body(server, folder) }
  }

  @Test func `playlists are short-lived, segments for ever, and both for every page`()
    async throws
  {
    try await run { server, _ in
      let playlist = try await server.http("GET", "/hls/\(id)/index.m3u8")
      #expect(playlist.status == 200)
      #expect(playlist["content-type"] == "application/vnd.apple.mpegurl")
      #expect(playlist["cache-control"] == "public, max-age=1")
      #expect(playlist["access-control-allow-origin"] == "*")
      let segment = try await server.http("GET", "/hls/\(id)/720p/s0.m4s")
      #expect(segment.text == "segment")
      #expect(segment["cache-control"]?.contains("immutable") == true)
      #expect(segment["access-control-allow-origin"] == "*")
    }
  }

  @Test(arguments: [
    "journal.jsonl", "..%2Fstoa.txt", "x.m3u8", "720p/..%2Findex.m3u8", ".index.m3u8",
  ])
  func `nothing else of the folder is served`(path: String) async throws {
    try await run { server, _ in
      let status = try await server.http("GET", "/hls/\(id)/\(path)").status
      #expect([400, 404].contains(status))
    }
  }

  @Test func `a playlist is waited for until it has the segment`() async throws {
    try await run { server, folder in
      async let waiting = server.http("GET", "/hls/\(id)/index.m3u8?_HLS_msn=2&_HLS_part=1")
      try await Task.sleep(for: .milliseconds(100))
      try Data(playlist(2, parts: 1).utf8).write(
        to: URL(filePath: folder + "/index.m3u8"), options: .atomic)
      try await Task.sleep(for: .milliseconds(100))
      try Data(playlist(2, parts: 2).utf8).write(
        to: URL(filePath: folder + "/index.m3u8"), options: .atomic)

      let reply = try await waiting
      #expect(reply.status == 200)
      #expect(reply.text.contains("s2.1.m4s"))
    }
  }

  @Test func `what does not come is a 503, what is far ahead a 400`() async throws {
    try await run { server, _ in
      #expect(
        try await server.http("GET", "/hls/\(id)/index.m3u8?_HLS_msn=9").status == 400)
      let clock = ContinuousClock()
      let start = clock.now
      let late = try await server.http("GET", "/hls/\(id)/index.m3u8?_HLS_msn=2")
      #expect(late.status == 503)
      #expect(late["retry-after"] == "1")
      #expect(clock.now - start >= .seconds(2.9))
    }
  }
}

extension HTTPReply {
  fileprivate var text: String { String(decoding: body, as: UTF8.self) }
}

extension TestServer {
  /// Asks until it is so; a test's time limit ends it.
  fileprivate func until(_ condition: () async throws -> Bool) async throws {
    while try await !condition() { try await Task.sleep(for: .milliseconds(5)) }
  }
}

extension JSONValue {
  fileprivate var first: JSONValue? {
    if case .array(let elements) = self { elements.first } else { nil }
  }
}
