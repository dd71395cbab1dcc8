public import Wire

extension AgreedSession {
  /// What our side puts into an answer.
  public struct LocalIdentity: Sendable {
    public var credentials: ICECredentials
    public var fingerprint: DTLSFingerprint
    /// Best first.
    public var candidates: [TransportAddress]

    public init(
      credentials: ICECredentials, fingerprint: DTLSFingerprint, candidates: [TransportAddress]
    ) {
      self.credentials = credentials
      self.fingerprint = fingerprint
      self.candidates = candidates
    }
  }

  /// Answers an offer (RFC 8829 §5.3): takes what is known of it and rejects the rest line by line.
  ///
  /// - Parameters:
  ///   - previous: the agreement that the offer changes; its SSRCs are kept.
  ///   - random: makes SSRCs.
  public static func answer(
    to offer: SessionDescription, continuing previous: AgreedSession?, as identity: LocalIdentity,
    using random: inout some RandomNumberGenerator
  ) throws(NegotiationError) -> AgreedSession {
    let bundled = Set(offer.bundle)
    let accepted = offer.media.map { media in
      (media.kind == .audio || media.kind == .video) && !media.isRejected
        && media.mid.map(bundled.contains) ?? false
    }
    guard let first = accepted.firstIndex(of: true) else {
      throw offer.media.isEmpty || !bundled.isEmpty ? .noMedia : .notBundled
    }
    let transport = offer.transport(of: offer.media[first])
    guard let fragment = transport.iceUfrag, transport.icePassword != nil else {
      throw .noCredentials
    }
    let fingerprints = transport.fingerprints.compactMap(DTLSFingerprint.init)
    guard !fingerprints.isEmpty else { throw .noFingerprint }
    if let previous {
      guard previous.lines.count <= offer.media.count else { throw .changedLines }
      for (line, media) in zip(previous.lines, offer.media) where line.mid.string != media.mid {
        throw .changedLines
      }
    }

    var session = AgreedSession(
      answer: SessionDescription(
        sessionID: previous?.answer.sessionID ?? String(random.next() >> 2),
        sessionVersion: (previous?.answer.sessionVersion ?? 0) &+ 1))
    session.fingerprints = fingerprints
    session.isDTLSServer = transport.setup != .passive
    session.remoteFragment = fragment
    session.reporterSSRC =
      previous?.reporterSSRC ?? UInt32.random(in: 1...UInt32.max, using: &random)
    session.answer.isICELite = true
    session.answer.allowsMixedExtensions = offer.allowsMixedExtensions
    session.answer.groups = [
      MediaGroup(mids: zip(offer.media, accepted).compactMap { $1 ? $0.mid : nil })
    ]

    var seats = SeatNumbers()
    for (index, media) in offer.media.enumerated() {
      guard let mid = media.mid.flatMap({ ShortToken($0) }) else { throw .badMid }
      guard accepted[index] else {
        session.reject(media, mid: mid)
        continue
      }
      guard media.hasRTCPMux else { throw .noMultiplexing(mid: mid.string) }
      var line = AgreedLine(offered: media, mid: mid)
      if line.isSending {
        let known = previous.flatMap { $0.lines.indices.contains(index) ? $0.lines[index] : nil }
        line.takeSources(of: known, using: &random)
      }
      session.append(line, of: media, seat: seats.next(for: line))
      let last = session.answer.media.count - 1
      session.answer.media[last].transport = identity.attributes(
        isDTLSServer: session.isDTLSServer)
      if index == first { session.answer.media[last].addCandidates(identity.candidates) }
    }
    return session
  }

  /// Whether an offer asks for new ICE credentials (RFC 8445 §9).
  public func isICERestart(_ offer: SessionDescription) -> Bool {
    let bundled = offer.media.first { !$0.isRejected && ($0.kind == .audio || $0.kind == .video) }
    guard let fragment = bundled.flatMap({ offer.transport(of: $0).iceUfrag }) else { return false }
    return fragment != remoteFragment
  }

  private init(answer: SessionDescription) {
    self.answer = answer
  }

  private mutating func reject(_ media: MediaDescription, mid: ShortToken) {
    lines.append(
      AgreedLine(mid: mid, isAudio: media.kind == .audio, isReceiving: false, isSending: false))
    var rejected = MediaDescription(
      kind: media.kind, port: 0, transportProtocol: media.transportProtocol)
    rejected.mid = media.mid
    rejected.direction = .inactive
    rejected.codecs = Array(media.codecs.prefix(1))
    rejected.otherFormats = media.otherFormats
    answer.media.append(rejected)
  }

  private mutating func append(_ line: AgreedLine, of offered: MediaDescription, seat: Int) {
    let usesFeedback = line.isReceiving && line.extensions[.transportSequenceNumber] != nil
    lines.append(line)
    answer.media.append(line.answer(to: offered, seat: seat, usesTransportFeedback: usesFeedback))
    if line.isReceiving {
      for kind in HeaderExtensionKind.allCases {
        if let id = line.extensions[kind] { extensions[kind] = id }
      }
      usesTransportFeedback = usesTransportFeedback || usesFeedback
    }
  }
}

/// Counts receiving lines of each kind, so that the n-th audio and video share a stream id.
private struct SeatNumbers {
  private var audio = 0
  private var video = 0

  mutating func next(for line: AgreedLine) -> Int {
    guard line.isSending else { return 0 }
    if line.isAudio {
      audio += 1
      return audio
    }
    video += 1
    return video
  }
}

extension AgreedSession.LocalIdentity {
  fileprivate func attributes(isDTLSServer: Bool) -> TransportAttributes {
    var attributes = TransportAttributes()
    attributes.iceUfrag = credentials.fragment.string
    attributes.icePassword = credentials.password
    attributes.fingerprints = [fingerprint.attribute]
    // The DTLS server chooses the SRTP profile by its own order; Chrome's would be the slow one.
    attributes.setup = isDTLSServer ? .passive : .active
    return attributes
  }
}

extension MediaDescription {
  /// Host candidates with the priorities of RFC 8445 §5.1.2 and RFC 6544 §4.2: UDP before TCP.
  fileprivate mutating func addCandidates(_ addresses: [TransportAddress]) {
    for (index, address) in addresses.enumerated() {
      let typePreference: UInt32 = address.transport == .udp ? 126 : 90
      let localPreference = UInt32(max(0, 65_535 - index))
      candidates.append(
        CandidateAttribute(
          foundation: String(index + 1),
          priority: typePreference << 24 | localPreference << 8 | 255,
          address: address, tcpType: address.transport == .tcp ? .passive : nil))
    }
    hasEndOfCandidates = true
  }
}
