import FoundationEssentials
import NIOCore
import NIOPosix
import Server
import Signal
import Testing

@Suite struct MetricsTests {
  /// A port that nobody has at the moment.
  private static func freePort() async throws -> Int {
    let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .bind(host: "127.0.0.1", port: 0).get()
    defer { channel.close(promise: nil) }
    return channel.localAddress?.port ?? 0
  }

  private func page(
    _ port: Int, _ method: String = "GET", _ path: String = "/metrics"
  ) async throws
    -> HTTPReply
  {
    // The listener comes up with the server, in no order.
    for _ in 0..<200 {
      do {
        return try await HTTPClient.request(
          port: port, method, path, headers: [("Host", "localhost")], body: nil)
      } catch {
        try await Task.sleep(for: .milliseconds(20))
      }
    }
    return try await HTTPClient.request(
      port: port, method, path, headers: [("Host", "localhost")], body: nil)
  }

  /// Values by series, after a look at the form of every line.
  private func series(_ body: [UInt8]) throws -> [String: Double] {
    let text = String(decoding: body, as: UTF8.self)
    #expect(text.hasSuffix("\n"))
    let sample = /([a-z_]+)(\{[a-z]+="(\\.|[^"\\\n])*"(,[a-z]+="(\\.|[^"\\\n])*")*\})? (\S+)/
    var series: [String: Double] = [:]
    var families: Set<Substring> = []
    var current: Substring = ""
    for line in text.split(separator: "\n") {
      let words = line.split(separator: " ", maxSplits: 3)
      if line.hasPrefix("# HELP ") { continue }
      if line.hasPrefix("# TYPE ") {
        current = words[2]
        #expect(families.insert(current).inserted, "\(current) twice")
        #expect(["counter", "gauge", "histogram"].contains(words[3]))
        continue
      }
      guard let match = line.wholeMatch(of: sample) else {
        Issue.record("no sample: \(line)")
        continue
      }
      #expect(match.1.hasPrefix(current), "\(line) stands in \(current)")
      let key = line.prefix(upTo: line.lastIndex(of: " ") ?? line.endIndex)
      let value = try #require(Double(match.6.replacing("+Inf", with: "inf")))
      #expect(series.updateValue(value, forKey: String(key)) == nil, "\(key) twice")
    }
    return series
  }

  @Test func `requests are counted by route and status, never by path`() async throws {
    let port = try await Self.freePort()
    try await TestServer.run([.metricsPort: "\(port)"]) { server in
      _ = try await server.api("POST", "/v2/rooms", "{}")
      for room in ["aaaa", "bbbb", "cccc"] { _ = try await server.api("GET", "/v2/rooms/\(room)") }
      _ = try await server.http("GET", "/v2/rooms")
      _ = try await server.http("GET", "/secret-path-of-somebody")
      _ = try await server.http("PUT", "/v2/rooms")
      let reply = try await page(port)

      #expect(reply.status == 200)
      #expect(reply["content-type"] == "text/plain; version=0.0.4; charset=utf-8")
      let series = try series(reply.body)
      func requests(_ method: String, _ route: String, _ status: Int) -> Double? {
        series[
          #"stoa_http_requests_total{method="\#(method)",route="\#(route)",status="\#(status)"}"#]
      }
      #expect(requests("POST", "/v2/rooms", 200) == 1)
      #expect(requests("GET", "/v2/rooms/{roomId}", 404) == 3)
      #expect(requests("GET", "/v2/rooms", 401) == 1)
      #expect(requests("other", "none", 404) == 1)
      #expect(requests("other", "none", 405) == 1)
      #expect(
        series[#"stoa_http_request_duration_seconds_count{route="/v2/rooms/{roomId}"}"#] == 3)
      #expect(!String(decoding: reply.body, as: UTF8.self).contains("secret-path"))
      #expect(!String(decoding: reply.body, as: UTF8.self).contains("aaaa"))
    }
  }

  @Test func `what lives, what was said and what the process uses is there`() async throws {
    let port = try await Self.freePort()
    try await TestServer.run([.metricsPort: "\(port)"]) { server in
      let series = try series(try await page(port).body)
      #expect(series["stoa_rooms"] == 0)
      #expect(series["stoa_draining"] == 0)
      #expect(series["stoa_shards"] == 1)
      for kind in ["room", "participant", "connection", "outbox", "timer", "endpoint"] {
        #expect(series[#"stoa_live_objects{kind="\#(kind)"}"#] == 0, "\(kind)")
      }
      #expect(series[#"stoa_signalling_messages_total{type="join"}"#] == 0)
      #expect(series["stoa_store_commit_duration_seconds_count"] != nil)
      #expect((series[#"stoa_store_bytes{file="database"}"#] ?? 0) > 1_000)
      #expect(series[#"stoa_webhook_attempts_total{outcome="dead"}"#] == 0)
      #expect(series["stoa_webhooks_waiting"] == 0)
      #expect(series["stoa_webhooks_oldest_waiting_seconds"] == 0)
      let resident = series[#"stoa_process_resident_bytes{process="serve"}"#] ?? 0
      #expect((1e6...1e11).contains(resident))
      #expect((series[#"stoa_process_open_fds{process="serve"}"#] ?? 0) > 3)
      #expect((series[#"stoa_process_threads{process="serve"}"#] ?? 0) >= 1)
      #expect((series[#"stoa_process_cpu_seconds_total{process="serve"}"#] ?? 0) > 0)
    }
  }

  @Test func `the listener has nothing else, and the API has no metrics`() async throws {
    let port = try await Self.freePort()
    try await TestServer.run([.metricsPort: "\(port)"]) { server in
      let found = try await page(port)
      let others = [
        try await page(port, "GET", "/v2/rooms").status, try await page(port, "GET", "/").status,
        try await page(port, "POST").status, try await server.http("GET", "/metrics").status,
      ]
      let head = try await page(port, "HEAD")
      #expect(found.status == 200)
      #expect(others == [404, 404, 405, 404])
      #expect(head.status == 200 && head.body.isEmpty)
    }
  }

  @Test func `a port in use is named, with its setting`() async throws {
    let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .bind(host: "127.0.0.1", port: 0).get()
    defer { channel.close(promise: nil) }
    let port = channel.localAddress?.port ?? 0
    let error = await #expect(throws: ConfigurationError.self) {
      // Longer than the listener needs to find out; what it throws is told when the body is through.
      try await TestServer.run([.metricsPort: "\(port)"]) { _ in
        try await Task.sleep(for: .seconds(2))
      }
    }
    #expect(error?.name == "--metrics-port \(port)")
  }
}
