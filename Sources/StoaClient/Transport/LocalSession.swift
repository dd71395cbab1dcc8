import RTC
import Wire

/// What this client offers: its m-lines, in the order they were added, and its transport.
///
/// Lines are never taken back; their payload types and extension ids are the same in every offer.
struct LocalSession: Sendable {
  struct Line: Sendable {
    enum Role: Sendable, Equatable {
      case sends(MediaCodec, ssrc: UInt32, repairSSRC: UInt32)
      case receives(isAudio: Bool)
    }
    var mid: ShortToken
    var role: Role
  }

  /// RTP header extensions and the ids we give them (one-byte form).
  static let absoluteSendTimeID: UInt8 = 2
  static let transportSequenceNumberID: UInt8 = 3

  let credentials: ICECredentials
  let fingerprint: DTLSFingerprint
  private let sessionID: String
  private(set) var version: UInt64 = 0
  private(set) var lines: [Line] = []
  private(set) var seatCount = 0

  init(
    fingerprint: DTLSFingerprint, using random: inout some RandomNumberGenerator
  ) {
    credentials = .random(using: &random)
    self.fingerprint = fingerprint
    sessionID = String(random.next() >> 2)  // fits a signed 64-bit number (RFC 8829 §5.2.1)
  }

  /// Adds a line that we send on; returns its index.
  mutating func addSender(_ codec: MediaCodec, ssrc: UInt32, repairSSRC: UInt32) -> Int {
    add(.sends(codec, ssrc: ssrc, repairSSRC: repairSSRC))
    return lines.count - 1
  }

  /// Adds pairs of receiving lines until there are `count`.
  mutating func addSeats(upTo count: Int) {
    while seatCount < count {
      add(.receives(isAudio: true))
      add(.receives(isAudio: false))
      seatCount += 1
    }
  }

  private mutating func add(_ role: Line.Role) {
    guard let mid = ShortToken(String(lines.count)) else { return }
    lines.append(Line(mid: mid, role: role))
  }

  /// The next offer as SDP.
  mutating func offer() -> String {
    var session = SessionDescription(sessionID: sessionID, sessionVersion: version)
    version += 1
    session.groups = [MediaGroup(mids: lines.map(\.mid.string))]
    session.media = lines.map(description)
    return session.text
  }

  private func description(_ line: Line) -> MediaDescription {
    let isAudio =
      switch line.role {
      case .sends(let codec, _, _): codec.isAudio
      case .receives(let isAudio): isAudio
      }
    var media = MediaDescription(
      kind: isAudio ? .audio : .video, transportProtocol: "UDP/TLS/RTP/SAVPF")
    media.mid = line.mid.string
    media.hasRTCPMux = true
    media.hasReducedSizeRTCP = true
    media.transport.iceUfrag = credentials.fragment.string
    media.transport.icePassword = credentials.password
    media.transport.fingerprints = [
      CertificateFingerprint(
        algorithm: fingerprint.algorithm.rawValue, digest: fingerprint.bytes)
    ]
    media.transport.setup = .actpass  // RFC 8842 §5.2; the server takes the passive part
    media.extensions = [
      HeaderExtensionMapping(
        id: Self.absoluteSendTimeID, uri: HeaderExtensionKind.absSendTime.uri),
      HeaderExtensionMapping(
        id: Self.transportSequenceNumberID, uri: HeaderExtensionKind.transportSequenceNumber.uri),
    ]
    switch line.role {
    case .receives(let isAudio):
      media.direction = .receiveOnly
      media.codecs = MediaCodec.allCases.filter { $0.isAudio == isAudio }.flatMap(Self.codecs)
    case .sends(let codec, let ssrc, let repairSSRC):
      media.direction = .sendOnly
      media.codecs = Self.codecs(of: codec)
      media.streamIDs = [MediaStreamID(stream: "-", track: line.mid.string)]
      media.sources = [SourceAttributes(ssrc: ssrc, cname: credentials.fragment.string)]
      if !codec.isAudio {
        media.sources.append(
          SourceAttributes(ssrc: repairSSRC, cname: credentials.fragment.string))
        media.sourceGroups = [SourceGroup(semantics: "FID", ssrcs: [ssrc, repairSSRC])]
      }
    }
    return media
  }

  /// The codec of a payload type, or of a retransmission's.
  static func codec(ofPayloadType payloadType: UInt8, isRepair: Bool) -> MediaCodec? {
    switch isRepair ? payloadType &- 1 : payloadType {
    case 111: .opus
    case 96: .vp8
    case 98: .vp9
    case 102: .h264
    case 45: .av1
    default: nil
    }
  }

  /// A codec's payload type and that of its retransmissions.
  static func codecs(of codec: MediaCodec) -> [RTPCodec] {
    let transport = RTCPFeedbackCapability("transport-cc")
    let video = [
      RTCPFeedbackCapability("nack"), RTCPFeedbackCapability("nack", "pli"),
      RTCPFeedbackCapability("ccm", "fir"), transport,
    ]
    let parameters: FormatParameters
    let payloadType: UInt8
    let name: CodecKind
    switch codec {
    case .opus:
      return [
        RTPCodec(
          payloadType: 111, name: "opus", clockRate: 48_000, channels: 2,
          parameters: FormatParameters(["minptime": "10", "useinbandfec": "1"]),
          feedback: [transport])
      ]
    case .vp8: (payloadType, name, parameters) = (96, .vp8, FormatParameters())
    case .vp9: (payloadType, name, parameters) = (98, .vp9, FormatParameters(["profile-id": "0"]))
    case .h264:
      payloadType = 102
      name = .h264
      // Constrained Baseline 3.1, which every receiver takes.
      parameters = FormatParameters([
        "level-asymmetry-allowed": "1", "packetization-mode": "1", "profile-level-id": "42e01f",
      ])
    case .av1: (payloadType, name, parameters) = (45, .av1, FormatParameters(["profile": "0"]))
    }
    return [
      RTPCodec(
        payloadType: payloadType, name: name.encodingName, clockRate: 90_000,
        parameters: parameters, feedback: video),
      RTPCodec(
        payloadType: payloadType + 1, name: "rtx", clockRate: 90_000,
        parameters: FormatParameters(["apt": String(payloadType)])),
    ]
  }
}
