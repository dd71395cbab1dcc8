import Wire

extension AgreedLine {
  /// Takes from an offered line what we can do.
  init(offered media: MediaDescription, mid: ShortToken) {
    self.mid = mid
    isAudio = media.kind == .audio
    isReceiving = media.direction.sends
    isSending = media.direction.receives
    codecs = media.codecs.compactMap { codec in
      CodecFormat(codec).map {
        NegotiatedCodec(
          format: $0, payloadType: codec.payloadType,
          repairPayloadType: media.retransmission(of: codec.payloadType)?.payloadType)
      }
    }
    let offeredExtensions = media.extensionMap
    for kind in HeaderExtensionKind.allCases where wants(kind, beside: offeredExtensions) {
      if let id = offeredExtensions[kind] { extensions[kind] = id }
    }
    guard isReceiving else { return }
    let encodings = (media.simulcast?.send ?? []).compactMap { $0.first?.rid }
    rids = encodings.prefix(3).compactMap { ShortToken($0) }
    declaredSources = Self.declaredSources(media)
  }

  private func wants(_ kind: HeaderExtensionKind, beside offered: ExtensionMap) -> Bool {
    switch kind {
    case .mid, .rid, .repairedRid, .transportSequenceNumber: isReceiving
    // Receivers estimate by it; a publisher that numbers its packets need not send it as well.
    case .absSendTime: isSending || offered[.transportSequenceNumber] == nil
    case .audioLevel: isAudio
    case .playoutDelay, .dependencyDescriptor: !isAudio
    }
  }

  private static func declaredSources(_ media: MediaDescription) -> [DeclaredSource] {
    let pairs = media.sourceGroups.filter { $0.semantics == "FID" && $0.ssrcs.count == 2 }
    let repairs = Set(pairs.map { $0.ssrcs[1] })
    var result: [DeclaredSource] = []
    for source in media.sources where !repairs.contains(source.ssrc) && result.count < 6 {
      let layer = result.count { !$0.isRepair }
      result.append(DeclaredSource(ssrc: source.ssrc, layer: min(layer, 2), isRepair: false))
      if let pair = pairs.first(where: { $0.ssrcs[0] == source.ssrc }) {
        result.append(
          DeclaredSource(ssrc: pair.ssrcs[1], layer: min(layer, 2), isRepair: true))
      }
    }
    return result
  }

  /// Keeps the SSRCs of the same line before, or makes new ones.
  mutating func takeSources(of known: AgreedLine?, using random: inout some RandomNumberGenerator) {
    if let known, known.ssrc != 0 {
      ssrc = known.ssrc
      repairSSRC = known.repairSSRC
    } else {
      ssrc = UInt32.random(in: 1...UInt32.max, using: &random)
      repairSSRC = ssrc &+ 1 == 0 ? 1 : ssrc &+ 1
    }
  }

  /// The line's section of the answer.
  ///
  /// - Parameter seat: names the media stream of a sending line.
  func answer(
    to offered: MediaDescription, seat: Int, usesTransportFeedback: Bool
  ) -> MediaDescription {
    var media = MediaDescription(kind: offered.kind, transportProtocol: offered.transportProtocol)
    media.mid = mid.string
    media.direction = MediaDirection(sends: isSending, receives: isReceiving)
    media.hasRTCPMux = true
    media.hasReducedSizeRTCP = offered.hasReducedSizeRTCP
    for codec in offered.codecs {
      guard
        codecs.contains(where: {
          codec.payloadType == $0.payloadType || codec.payloadType == $0.repairPayloadType
        })
      else { continue }
      var accepted = codec
      accepted.feedback = feedback(
        for: codec, offered: codec.feedback, usesTransportFeedback: usesTransportFeedback)
      media.codecs.append(accepted)
    }
    for mapping in offered.extensions {
      if let kind = HeaderExtensionKind(uri: mapping.uri), extensions[kind] == mapping.id {
        media.extensions.append(HeaderExtensionMapping(id: mapping.id, uri: mapping.uri))
      }
    }
    if isReceiving, !rids.isEmpty {
      media.rids = rids.map { RestrictionIdentifier(id: $0.string, direction: .receive) }
      media.simulcast = Simulcast(receive: rids.map { [Simulcast.Encoding(rid: $0.string)] })
    }
    if isSending { addSources(to: &media, seat: seat) }
    return media
  }

  private func feedback(
    for codec: RTPCodec, offered: [RTCPFeedbackCapability], usesTransportFeedback: Bool
  ) -> [RTCPFeedbackCapability] {
    offered.filter { capability in
      switch (capability.type, capability.parameter) {
      case ("nack", nil), ("nack", "pli"), ("ccm", "fir"): !isAudio
      case ("transport-cc", nil): usesTransportFeedback
      case ("goog-remb", nil): isSending || !usesTransportFeedback
      default: false
      }
    }
  }

  private func addSources(to media: inout MediaDescription, seat: Int) {
    let id = MediaStreamID(stream: "seat-\(seat)", track: "\(isAudio ? "audio" : "video")-\(seat)")
    media.streamIDs = [id]
    media.sources = [
      SourceAttributes(ssrc: ssrc, cname: AgreedSession.canonicalName, streamID: id)
    ]
    guard codecs.contains(where: { $0.repairPayloadType != nil }) else { return }
    media.sources.append(
      SourceAttributes(ssrc: repairSSRC, cname: AgreedSession.canonicalName, streamID: id))
    media.sourceGroups = [SourceGroup(semantics: "FID", ssrcs: [ssrc, repairSSRC])]
  }
}

extension CodecFormat {
  /// `nil` for codecs that are not forwarded.
  init?(_ codec: RTPCodec) {
    guard let kind = codec.kind else { return nil }
    switch kind {
    case .opus, .red:
      self.init(kind: kind, clockRate: codec.clockRate, channels: codec.channels ?? 1)
    case .vp8: self.init(kind: kind, clockRate: codec.clockRate)
    case .vp9:
      let profile = codec.parameters["profile-id"].flatMap { UInt32($0) } ?? 0
      self.init(kind: kind, clockRate: codec.clockRate, profile: profile)
    case .av1:
      let profile = codec.parameters["profile"].flatMap { UInt32($0) } ?? 0
      self.init(kind: kind, clockRate: codec.clockRate, profile: profile)
    case .h264:
      let mode = codec.parameters["packetization-mode"].flatMap { UInt32($0) } ?? 0
      self.init(
        kind: kind, clockRate: codec.clockRate,
        profile: Self.h264Profile(
          profileLevelID: codec.parameters["profile-level-id"],
          packetizationMode: min(mode, 1)))
    default: return nil
    }
    guard clockRate > 0 else { return nil }
  }
}
