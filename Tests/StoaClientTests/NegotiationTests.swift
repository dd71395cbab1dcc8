import RTC
import StoaClient
import TestSupport
import Testing
import Wire

@Suite struct NegotiationTests {
  private func connection(
    sending: [MediaCodec] = [.opus, .vp8], seats: Int = 2
  ) throws -> PeerConnection {
    let identity = try DTLSIdentity(unixSeconds: 1_700_000_000)
    return PeerConnection(
      .init(sending: sending, seats: seats), fingerprint: identity.fingerprint,
      at: MonotonicTime(nanoseconds: 0), wallClock: NTPTime(rawValue: 0),
      using: SplitMix64(seed: 3))
  }

  @Test func `offers its sending lines, then its seats`() throws {
    var connection = try connection()

    let offer = try SessionDescription(parsing: connection.offer())

    #expect(offer.bundle == ["0", "1", "2", "3", "4", "5"])
    #expect(offer.media.map(\.kind) == [.audio, .video, .audio, .video, .audio, .video])
    #expect(
      offer.media.map(\.direction) == [.sendOnly, .sendOnly]
        + Array(repeating: .receiveOnly, count: 4))
    #expect(offer.media.allSatisfy { $0.hasRTCPMux && $0.transport.setup == .actpass })
    #expect(offer.media[1].codecs.map(\.name) == ["VP8", "rtx"])
    #expect(offer.media[1].sourceGroups.first?.ssrcs == offer.media[1].sources.map(\.ssrc))
    #expect(offer.media[0].sources.count == 1)
    #expect(Set(offer.media.map { $0.transport.iceUfrag }).count == 1)
  }

  @Test func `a further offer has a higher version and the same lines before the new ones`() throws
  {
    var connection = try connection()
    let first = try SessionDescription(parsing: connection.offer())

    connection.addSeats(upTo: 3)
    let second = try SessionDescription(parsing: connection.offer())

    #expect(second.sessionID == first.sessionID)
    #expect(second.sessionVersion == first.sessionVersion + 1)
    #expect(Array(second.media.prefix(6)) == first.media)
    #expect(second.media.count == 8)
  }

  private static let answer = """
    v=0
    o=- 1 1 IN IP4 127.0.0.1
    s=-
    t=0 0
    a=group:BUNDLE 0 1
    a=ice-lite
    m=audio 9 UDP/TLS/RTP/SAVPF 111
    c=IN IP4 0.0.0.0
    a=mid:0
    a=recvonly
    a=rtcp-mux
    a=ice-ufrag:serverfr
    a=ice-pwd:serverpasswordserverpass
    a=fingerprint:sha-256 00:01:02:03:04:05:06:07:08:09:0A:0B:0C:0D:0E:0F:10:11:12:13:14:15:16:17:18:19:1A:1B:1C:1D:1E:1F
    a=setup:passive
    a=candidate:2 1 udp 100 10.0.0.2 40000 typ host
    a=candidate:1 1 udp 200 10.0.0.1 40000 typ host
    a=candidate:3 1 tcp 300 10.0.0.1 40000 typ host tcptype passive
    a=rtpmap:111 opus/48000/2
    m=video 9 UDP/TLS/RTP/SAVPF 96 97
    c=IN IP4 0.0.0.0
    a=mid:1
    a=recvonly
    a=rtcp-mux
    a=ice-ufrag:serverfr
    a=ice-pwd:serverpasswordserverpass
    a=fingerprint:sha-256 00:01:02:03:04:05:06:07:08:09:0A:0B:0C:0D:0E:0F:10:11:12:13:14:15:16:17:18:19:1A:1B:1C:1D:1E:1F
    a=setup:passive
    a=extmap:3 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01
    a=rtpmap:96 VP8/90000
    a=rtpmap:97 rtx/90000
    a=fmtp:97 apt=96

    """.split(separator: "\n", omittingEmptySubsequences: false).joined(separator: "\r\n")

  private func accept(_ answer: String) throws -> PeerConnection {
    var connection = try connection(seats: 0)
    _ = connection.offer()
    let identity = try DTLSIdentity(unixSeconds: 1_700_000_000)
    let context = try DTLSContext(identity: identity)
    try connection.accept(answer: answer, context: context, at: MonotonicTime(nanoseconds: 0))
    return connection
  }

  @Test func `takes the candidates over UDP, best first`() throws {
    let connection = try accept(Self.answer)

    let state = connection.state
    #expect(state == .connecting)
    let candidates = connection.candidates
    #expect(
      candidates == [
        TransportAddress(ipv4: 0x0A00_0001, port: 40_000),
        TransportAddress(ipv4: 0x0A00_0002, port: 40_000),
      ])
    // One extension of three bytes, its header, and a byte of padding.
    let lengths = (0..<2).map { connection.headerLength(ofSender: $0) }
    #expect(lengths == [12, 20])
  }

  @Test func `refuses answers that lack what a connection needs`() throws {
    for part in ["ice-ufrag", "fingerprint", "candidate"] {
      let lines = Self.answer.split(separator: "\r\n", omittingEmptySubsequences: false)
      let without = lines.filter { !$0.hasPrefix("a=\(part)") }.joined(separator: "\r\n")
      #expect(throws: AnswerError.self, "\(part)") { _ = try accept(without).state }
    }
    #expect(throws: AnswerError.self) { _ = try accept("hello").state }
    let short = Self.answer.components(before: "m=video")
    #expect(throws: AnswerError.otherLines) { _ = try accept(short).state }
  }

  @Test func `survives answers that are cut off or damaged`() throws {
    let bytes = Array(Self.answer.utf8)
    for length in stride(from: 0, to: bytes.count, by: 7) {
      _ = try? accept(String(decoding: bytes[..<length], as: UTF8.self)).state
    }
    var random = SplitMix64(seed: 4)
    for _ in 0..<300 {
      var damaged = bytes
      for _ in 0..<4 {
        damaged[Int.random(in: damaged.indices, using: &random)] = UInt8.random(
          in: 0...255, using: &random)
      }
      _ = try? accept(String(decoding: damaged, as: UTF8.self)).state
    }
  }
}

extension String {
  /// The text before the first occurrence of `part`.
  fileprivate func components(before part: String) -> String {
    let needle = Array(part.utf8)
    let bytes = Array(utf8)
    for start in bytes.indices where bytes[start...].starts(with: needle) {
      return String(decoding: bytes[..<start], as: UTF8.self)
    }
    return self
  }
}
