import Foundation
import Signal
import Testing

/// The messages of `Tests/Fixtures/signal/`, which the clients' tests read as well.
@Suite struct GoldenMessageTests {
  private static let folder = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Fixtures/signal")

  static let names: [String] =
    ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []).sorted()

  private func bytes(_ name: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: Self.folder.appending(path: name)))
  }

  private func value(_ bytes: [UInt8]) throws -> JSONValue {
    try SignalJSON.decode(JSONValue.self, from: bytes)
  }

  @Test(arguments: names)
  func `a golden message comes back as it was`(name: String) throws {
    let golden = try bytes(name)
    let encoded =
      if name.hasPrefix("client-") {
        SignalJSON.encode(try SignalJSON.decode(ClientMessage.self, from: golden))
      } else {
        SignalJSON.encode(try SignalJSON.decode(ServerMessage.self, from: golden))
      }

    #expect(try value(encoded) == value(golden))
  }

  @Test func `every message type has a file`() throws {
    let types = Set(
      try Self.names.map { name in
        let side = name.hasPrefix("client-") ? "client" : "server"
        return "\(side) \(try value(bytes(name)).object?["type"]?.string ?? "none")"
      })

    #expect(
      types == [
        "client ping", "client join", "client resume", "client offer", "client stream-enable",
        "client stream-disable", "client set-quality", "client pause-stream",
        "client resume-stream", "client publish", "client subscribe", "client unsubscribe",
        "client remove", "client report", "client leave", "client end", "server pong",
        "server joined", "server resumed", "server answer", "server stream", "server ok",
        "server published",
        "server history", "server participant-joined", "server participant-left",
        "server stream-enabled", "server stream-disabled", "server stream-seated",
        "server stream-unseated", "server seats-needed", "server media-reset",
        "server speaker-changed", "server presenter-changed", "server pubsub",
        "server media-state", "server meeting-left", "server error",
        "client respond-entry", "client request-media", "client disable-media", "client pin",
        "client unpin", "client change-mode", "client switch", "client relay-request",
        "client relay-respond", "client relay-stop", "client store-set", "client store-get",
        "client store-observe", "client store-unobserve", "server waiting",
        "server entry-requested", "server entry-responded", "server entry-withdrawn",
        "server media-requested", "server media-disabled", "server pin-changed",
        "server participant-mode-changed", "server relay-requested", "server relay-responded",
        "server relay-started", "server relay-stopped", "server store-value",
        "server store-changed", "client recording-start", "client recording-stop",
        "client livestream-start", "client livestream-stop", "client hls-start",
        "client hls-stop", "server output", "server recording-state-changed",
        "server livestream-state-changed", "server hls-state-changed",
      ])
  }

  @Test(arguments: names)
  func `any truncation of a message is refused without a trap`(name: String) throws {
    let golden = try bytes(name)
    for length in 0..<golden.count - 2 {  // the last two are the brace and the line end
      let part = Array(golden.prefix(length))
      if name.hasPrefix("client-") {
        #expect(throws: (any Error).self) { try SignalJSON.decode(ClientMessage.self, from: part) }
      } else {
        #expect(throws: (any Error).self) { try SignalJSON.decode(ServerMessage.self, from: part) }
      }
    }
  }

  @Test(arguments: names)
  func `no flipped bit of a message makes a trap`(name: String) throws {
    let golden = try bytes(name)
    for index in golden.indices {
      for bit in 0..<8 {
        var damaged = golden
        damaged[index] ^= 1 << UInt8(bit)
        _ = try? SignalJSON.decode(ClientMessage.self, from: damaged)
        if !name.hasPrefix("client-") {
          _ = try? SignalJSON.decode(ServerMessage.self, from: damaged)
        }
      }
    }
  }
}
