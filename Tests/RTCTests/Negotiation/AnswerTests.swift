import Foundation
import RTC
import TestSupport
import Testing
import Wire

@Suite struct AnswerTests {
  /// What a browser offers, as WireTests has it.
  private func offer(_ name: String) throws -> SessionDescription {
    let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    return try SessionDescription(
      parsing: String(
        contentsOf: tests.appending(path: "WireTests/Fixtures/\(name)"), encoding: .utf8))
  }

  private func answer(to offer: SessionDescription) throws -> SessionDescription {
    var random = SplitMix64(seed: 5)
    let identity = AgreedSession.LocalIdentity(
      credentials: .random(using: &random),
      fingerprint: try DTLSIdentity(unixSeconds: 1_700_000_000).fingerprint, candidates: [])
    return try AgreedSession.answer(
      to: offer, continuing: nil, as: identity, using: &random
    ).answer
  }

  @Test(arguments: ["chromium-simulcast-offer.sdp", "chromium-viewer-offer.sdp"])
  func `rotation is not agreed on, so that phones send pictures upright`(name: String) throws {
    let uri = "urn:3gpp:video-orientation"
    let offer = try offer(name)
    #expect(offer.text.contains(uri))

    let answer = try answer(to: offer)

    #expect(!answer.text.contains(uri))
    #expect(answer.text.contains(HeaderExtensionKind.absSendTime.uri))
  }
}
