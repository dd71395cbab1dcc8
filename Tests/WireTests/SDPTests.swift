import Foundation
import Testing
import Wire

/// The text of a file in `Fixtures`.
func fixture(_ name: String) throws -> String {
  let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
  return try String(contentsOf: folder.appending(path: "Fixtures/\(name)"), encoding: .utf8)
}

let sdpFixtures = [
  "chromium-simulcast-offer.sdp", "chromium-viewer-offer.sdp", "chromium-answer.sdp",
  "firefox-simulcast-offer.sdp", "firefox-viewer-offer.sdp", "aiortc-offer.sdp",
  "gstreamer-offer.sdp",
]

@Suite struct SDPTests {
  @Test(arguments: sdpFixtures) func `what is read is written and read back`(name: String) throws {
    let session = try SessionDescription(parsing: fixture(name))

    #expect(try SessionDescription(parsing: session.text) == session)
  }

  @Test(arguments: sdpFixtures) func `no attribute is lost`(name: String) throws {
    let original = try attributes(of: fixture(name))
    let written = try attributes(of: SessionDescription(parsing: fixture(name)).text)
    // What is passed over on purpose: names instead of addresses, and what `msid` repeats.
    let kept = original.filter {
      !($0.hasPrefix("a=candidate:") && $0.contains(".local "))
        && !($0.hasPrefix("a=ssrc:") && ($0.contains(" mslabel:") || $0.contains(" label:")))
    }

    #expect(kept.subtracting(written) == [])
  }

  /// All `a=` lines, candidates cut down to what we keep of them.
  private func attributes(of text: String) throws -> Set<String> {
    let all = text.split(whereSeparator: \.isNewline)
    // A session-level direction is handed down to the sections.
    let lines =
      all.drop { !$0.hasPrefix("m=") }.filter { $0.hasPrefix("a=") }
      + all.prefix { !$0.hasPrefix("m=") }.filter { $0.hasPrefix("a=") && $0 != "a=sendrecv" }
    return Set(
      lines.map { line in
        guard line.hasPrefix("a=candidate:") else {
          // The group's place and a session-level direction differ, no more.
          return line == "a=msid-semantic: WMS" ? "a=msid-semantic:WMS" : String(line)
        }
        let candidate = CandidateAttribute(parsing: String(line))
        return candidate.map { "a=\($0.text)" } ?? String(line)
      })
  }

  @Test func `reads a Chromium simulcast offer`() throws {
    let session = try SessionDescription(parsing: fixture("chromium-simulcast-offer.sdp"))
    try #require(session.media.count == 6)
    let audio = session.media[0]
    let video = session.media[1]
    let data = session.media[5]

    #expect(session.bundle == ["0", "1", "2", "3", "4", "5"])
    #expect(session.allowsMixedExtensions)
    #expect(session.sessionVersion == 2)
    #expect(audio.kind == .audio)
    #expect(audio.direction == .sendOnly)
    #expect(audio.codecs.first?.kind == .opus)
    #expect(audio.codecs.first?.channels == 2)
    #expect(audio.codecs.first?.parameters["useinbandfec"] == "1")
    #expect(audio.codecs.first?.feedback == [RTCPFeedbackCapability("transport-cc")])
    #expect(audio.candidates.count == 4)
    #expect(audio.candidates.first?.address.ipv4 == 0xC000_0202)
    #expect(audio.candidates.first?.kind == .host)
    #expect(audio.candidates.last?.tcpType == .active)
    let vp8 = try #require(video.codecs.first { $0.kind == .vp8 })
    #expect(vp8.clockRate == 90_000)
    #expect(vp8.feedback.contains(RTCPFeedbackCapability("nack", "pli")))
    #expect(vp8.feedback.contains(RTCPFeedbackCapability("ccm", "fir")))
    #expect(video.retransmission(of: vp8.payloadType)?.payloadType == 97)
    let h264 = video.codecs.filter { $0.kind == .h264 }
    #expect(h264.count == 6)
    #expect(h264.first?.parameters["packetization-mode"] == "1")
    #expect(h264.first?.parameters["profile-level-id"] == "42001f")
    #expect(video.rids.map(\.id) == ["q", "h", "f"])
    #expect(video.rids.allSatisfy { $0.direction == .send })
    #expect(video.simulcast?.send.map { $0.map(\.rid) } == [["q"], ["h"], ["f"]])
    #expect(video.extensionMap[.rid] == 10)
    #expect(video.extensionMap[.dependencyDescriptor] == 12)
    #expect(video.hasRTCPMux && video.hasReducedSizeRTCP)
    #expect(video.transport.setup == .actpass)
    #expect(video.transport.fingerprints.first?.algorithm == "sha-256")
    #expect(video.transport.fingerprints.first?.digest.count == 32)
    #expect(session.media[3].direction == .receiveOnly)
    #expect(data.isDataChannel)
    #expect(data.sctpPort == 5_000)
    #expect(data.maximumMessageSize == 262_144)
  }

  @Test func `candidates that hide behind a name are left out`() throws {
    let text = try fixture("chromium-viewer-offer.sdp")
    let session = try SessionDescription(parsing: text)

    #expect(text.contains(".local "))
    #expect(session.media.allSatisfy { $0.candidates.isEmpty })
  }

  @Test func `reads a Firefox simulcast offer`() throws {
    let session = try SessionDescription(parsing: fixture("firefox-simulcast-offer.sdp"))
    let video = session.media[1]
    let transport = session.transport(of: video)

    #expect(video.transport.fingerprints.isEmpty)
    #expect(transport.fingerprints.count == 1)
    #expect(transport.iceOptions == ["trickle"])
    #expect(transport.iceUfrag == video.transport.iceUfrag)
    #expect(video.port == 0)
    #expect(video.isBundleOnly && !video.isRejected)
    #expect(video.sourceGroups.count == 3)
    #expect(video.sourceGroups.first?.semantics == "FID")
    #expect(video.sources.count == 6)
    #expect(video.simulcast?.send.count == 3)
    #expect(video.streamIDs.first?.stream.hasPrefix("{") == true)
    #expect(session.media[0].candidates.contains { $0.component == 2 })
    #expect(session.media[0].hasEndOfCandidates)
    #expect(session.media.last?.maximumMessageSize == 1_073_741_823)
  }

  @Test func `reads the offers of aiortc and GStreamer`() throws {
    let aiortc = try SessionDescription(parsing: fixture("aiortc-offer.sdp"))
    #expect(aiortc.media[0].transport.fingerprints.map(\.digest.count) == [32, 48, 64])
    #expect(aiortc.media[0].codecs.map(\.kind) == [.opus, .g722, .pcmu, .pcma])

    let gstreamer = try SessionDescription(parsing: fixture("gstreamer-offer.sdp"))
    #expect(gstreamer.bundle == ["video0", "audio1", "application2"])
    #expect(gstreamer.media[1].codecs.first?.kind == .opus)
    #expect(gstreamer.media[1].codecs.first?.name == "OPUS")
    #expect(gstreamer.media[1].isBundleOnly)
    #expect(gstreamer.media[0].transport.iceUfrag?.utf8.count == 32)
    #expect(gstreamer.media[0].sources.first?.streamID?.track == "webrtctransceiver0")
  }

  private func section(_ lines: String...) throws -> MediaDescription {
    let text = (["v=0", "m=video 9 UDP/TLS/RTP/SAVPF 96 97 0"] + lines).joined(separator: "\r\n")
    return try #require(try SessionDescription(parsing: text).media.first)
  }

  @Test func `reads the less common forms`() throws {
    let media = try section(
      "a=rtpmap:96 vp8/90000", "a=rtcp-fb:* nack", "a=rtcp-fb:96 transport-cc",
      "a=fmtp:96  X-Google-Start-Bitrate=800; apt=3 ;flag", "a=extmap:4/recvonly urn:x attributes",
      "a=extmap:4096 urn:y", "a=simulcast:recv a,~b;c send d", "a=rid:d send pt=96;max-width=640",
      "a=ssrc:5", "a=inactive")

    #expect(media.codecs.map(\.payloadType) == [96, 0])
    #expect(media.otherFormats == ["97"])
    #expect(media.codecs[0].kind == .vp8)
    #expect(media.codecs[0].feedback.map(\.type) == ["nack", "transport-cc"])
    #expect(media.codecs[1].feedback.map(\.type) == ["nack"])
    #expect(media.codecs[1].kind == .pcmu)
    #expect(media.codecs[0].parameters["x-google-start-bitrate"] == "800")
    #expect(media.codecs[0].parameters["apt"] == "3")
    #expect(media.codecs[0].parameters["flag"] == nil)
    #expect(
      media.extensions == [HeaderExtensionMapping(id: 4, uri: "urn:x", direction: .receiveOnly)])
    #expect(
      media.simulcast?.receive == [
        [.init(rid: "a"), .init(rid: "b", isPaused: true)], [.init(rid: "c")],
      ])
    #expect(media.simulcast?.send == [[.init(rid: "d")]])
    #expect(media.rids.first?.restrictions["max-width"] == "640")
    #expect(media.sources == [SourceAttributes(ssrc: 5)])
    #expect(media.direction == .inactive)
  }

  @Test func `a second line of parameters goes on where the first ended`() throws {
    let media = try section("a=rtpmap:96 VP8/90000", "a=fmtp:96 a=1", "a=fmtp:96 b=2")

    #expect(media.codecs[0].parameters.raw == "a=1;b=2")
  }

  @Test(arguments: [
    "m=video", "m=video x UDP/TLS/RTP/SAVPF 96", "a=rtpmap:96", "a=rtpmap:128 VP8/90000",
    "a=rtpmap:96 VP8", "a=rtpmap:96 VP8/x", "a=extmap:0 urn:x", "a=extmap:x urn:x", "a=extmap:1",
    "a=fingerprint:sha-256 AB:C", "a=fingerprint:sha-256 +1", "a=setup:maybe", "a=ice-ufrag:abc",
    "a=ice-pwd:short", "a=mid:", "a=ssrc:x cname:y", "a=ssrc:4294967296 cname:y",
    "a=ssrc-group:FID 1 x", "a=rid:a both", "a=simulcast:send", "a=simulcast:up a", "a=msid:",
    "a=sctp-port:65536", "a=max-message-size:-1", "novalue", "a=mid:a\u{1}b", "a=mid:a\rb",
  ])
  func `a malformed line is refused by its number`(line: String) {
    let text = "v=0\no=- 1 1 IN IP4 0.0.0.0\nm=audio 9 UDP/TLS/RTP/SAVPF 96\n\(line)\n"
    #expect(throws: SDPParseError.badLine(4)) { try SessionDescription(parsing: text) }
  }

  @Test func `what is too large is refused`() {
    let media = String(repeating: "m=audio 9 RTP/AVP 0\n", count: 257)
    #expect(throws: SDPParseError.tooManyMedia) { try SessionDescription(parsing: "v=0\n" + media) }
    let lines = String(repeating: "a=x\n", count: 20_000)
    #expect(throws: SDPParseError.tooManyLines) { try SessionDescription(parsing: "v=0\n" + lines) }
    let bytes = "v=0\na=" + String(repeating: "x", count: 512 << 10)
    #expect(throws: SDPParseError.tooLong) { try SessionDescription(parsing: bytes) }
    for text in ["", "\n\n", "v=1\n", "\nm=audio 9 RTP/AVP 0\n", "{}"] {
      #expect(throws: SDPParseError.badVersion, "\(text)") { try SessionDescription(parsing: text) }
    }
  }

  @Test(arguments: [
    "candidate:1 1 udp 2122194687 7c1e.local 60944 typ host",
    "candidate:1 1 sctp 2122194687 192.0.2.2 60944 typ host",
    "candidate:1 1 udp 2122194687 192.0.2.2 60944 typ relayed",
    "candidate:1 1 udp 2122194687 192.0.2.2 65536 typ host", "candidate:1 1 udp", "", "candidate:",
  ])
  func `a candidate we cannot use is none`(text: String) {
    #expect(CandidateAttribute(parsing: text) == nil)
  }

  @Test func `candidates keep what we use of them`() throws {
    let text =
      "a=candidate:a+/1 1 TCP 1015022335 fe80::1 9 typ srflx raddr 10.0.0.1 rport 5 tcptype passive generation 0"
    let candidate = try #require(CandidateAttribute(parsing: text))

    #expect(
      candidate.address == TransportAddress(high: 0xFE80 << 48, low: 1, port: 9, transport: .tcp))
    #expect(candidate.tcpType == .passive)
    #expect(CandidateAttribute(parsing: candidate.text) == candidate)
  }

  @Test func `a value cannot start a line of its own`() throws {
    var session = SessionDescription()
    session.media = [MediaDescription(kind: .audio, transportProtocol: "UDP/TLS/RTP/SAVPF")]
    session.media[0].streamIDs = [MediaStreamID(stream: "x\r\na=setup:active")]

    #expect(try SessionDescription(parsing: session.text).media[0].transport.setup == nil)
  }

  @Test(arguments: sdpFixtures) func `no malformed description traps`(name: String) throws {
    let bytes = try Array(fixture(name).utf8)
    var random = SplitMix64(seed: 3)
    for _ in 0..<200 {
      var copy = bytes
      copy.removeLast(Int.random(in: 0..<copy.count, using: &random))
      for _ in 0..<Int.random(in: 0...8, using: &random) where !copy.isEmpty {
        let index = Int.random(in: 0..<copy.count, using: &random)
        copy[index] = UInt8.random(in: 0...255, using: &random)
      }
      guard let session = try? SessionDescription(parsing: String(decoding: copy, as: UTF8.self))
      else { continue }
      let again = try SessionDescription(parsing: session.text)
      #expect(again == session)
    }
  }
}

@Suite struct IPAddressTextTests {
  @Test(arguments: [
    "127.0.0.1", "255.255.255.255", "0.0.0.0", "::1", "1::", "2001:db8::1",
    "2001:db8:0:1:1:1:1:1", "2001:0:0:1::1", "fe80::fc:ff:fe00:1", "1:2:3:4:5:6:7:8",
  ])
  func `usual text comes back`(text: String) throws {
    let address = try #require(TransportAddress(address: text, port: 9))
    #expect(address.addressText == text)
  }

  @Test func `other spellings name the same address`() {
    let mapped = TransportAddress(address: "::ffff:192.0.2.1", port: 1)
    #expect(mapped == TransportAddress(address: "192.0.2.1", port: 1))
    #expect(
      TransportAddress(address: "2001:DB8:0:0:0:0:0:1", port: 1)?.addressText == "2001:db8::1")
    #expect(TransportAddress(address: "64:ff9b::192.0.2.1", port: 1)?.low == 0xC000_0201)
    #expect(TransportAddress(address: "::", port: 1)?.addressText == "::")
  }

  @Test(arguments: [
    "", "1.2.3", "1.2.3.4.5", "1.2.3.256", "1.2.3.x", "01.2.3.4", "1.2.3.4 ", "a.local", ":", ":::",
    "1::2::3", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7::8", "g::", "12345::",
    "fe80::1%1",
    "::1.2.3", "+1::", "1:2:3:4:5:6:7:1.2.3.4",
  ])
  func `what is no address is none`(text: String) {
    #expect(TransportAddress(address: text, port: 9) == nil)
  }
}
