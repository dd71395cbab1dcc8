import RTC
import Wire

/// What of a server's answer matters to this client.
struct RemoteAnswer: Sendable {
  struct Line: Sendable {
    var mid: ShortToken
    var isAudio: Bool
    var isRejected: Bool
    var codecs: [RTPCodec]
    var extensions: ExtensionMap
    /// The server's, while it sends.
    var ssrc: UInt32?
    var repairSSRC: UInt32?

    /// The payload type agreed for retransmissions of `payloadType`.
    func repair(of payloadType: UInt8) -> UInt8? {
      codecs.first { $0.kind == .rtx && $0.parameters["apt"] == String(payloadType) }?.payloadType
    }
  }

  var credentials: ICECredentials
  var fingerprints: [DTLSFingerprint]
  /// The server starts the handshake.
  var isDTLSClient: Bool
  /// UDP, best first.
  var candidates: [TransportAddress]
  var lines: [Line]

  /// Reads the answer to an offer with `lines`.
  init(parsing text: String, to offered: [LocalSession.Line]) throws(AnswerError) {
    let session: SessionDescription
    do { session = try SessionDescription(parsing: text) } catch { throw .malformed("\(error)") }
    guard session.media.count == offered.count,
      zip(session.media, offered).allSatisfy({ $0.mid == $1.mid.string || $0.isRejected })
    else { throw .otherLines }
    // The first line that was taken owns the bundle's transport (RFC 9143 §7.3.1).
    guard let owner = session.media.first(where: { !$0.isRejected }) else {
      throw .missing("accepted m-line")
    }
    let transport = session.transport(of: owner)
    guard let fragment = transport.iceUfrag, let password = transport.icePassword,
      let credentials = ICECredentials(fragment: fragment, password: password)
    else { throw .missing("ICE user fragment") }
    self.credentials = credentials
    fingerprints = transport.fingerprints.compactMap { fingerprint in
      DTLSFingerprint.Algorithm(rawValue: fingerprint.algorithm).flatMap {
        DTLSFingerprint(algorithm: $0, bytes: fingerprint.digest)
      }
    }
    if fingerprints.isEmpty { throw .missing("fingerprint") }
    isDTLSClient = transport.setup == .active
    candidates = owner.candidates
      .filter { $0.component == 1 && $0.address.transport == .udp }
      .sorted { $0.priority > $1.priority }
      .map(\.address)
    if candidates.isEmpty { throw .missing("UDP candidate") }
    lines = zip(session.media, offered).map { media, offered in Self.line(media, offered.mid) }
  }

  private static func line(_ media: MediaDescription, _ mid: ShortToken) -> Line {
    var line = Line(
      mid: mid, isAudio: media.kind == .audio, isRejected: media.isRejected,
      codecs: media.codecs, extensions: media.extensionMap)
    guard media.direction.sends, !media.isRejected else { return line }
    if let pair = media.sourceGroups.first(where: { $0.semantics == "FID" }),
      pair.ssrcs.count == 2
    {
      line.ssrc = pair.ssrcs[0]
      line.repairSSRC = pair.ssrcs[1]
    } else {
      line.ssrc = media.sources.first?.ssrc
    }
    return line
  }
}
