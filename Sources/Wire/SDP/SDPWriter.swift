/// Writes a session description, lines ending in CR LF.
struct SDPWriter {
  private(set) var text = ""

  /// Control characters but the tab are left out, so no value can start a line of its own.
  private mutating func line(_ content: String) {
    if content.utf8.contains(where: { $0 < 0x20 && $0 != 0x09 }) {
      text.unicodeScalars.append(
        contentsOf: content.unicodeScalars.filter { $0.value >= 0x20 || $0.value == 0x09 })
    } else {
      text += content
    }
    text += "\r\n"
  }

  private mutating func attribute(_ name: String, _ value: String? = nil) {
    line(value.map { "a=\(name):\($0)" } ?? "a=\(name)")
  }

  mutating func write(_ session: SessionDescription) {
    line("v=0")
    line("o=- \(session.sessionID) \(session.sessionVersion) IN IP4 127.0.0.1")
    line("s=-")
    line("t=0 0")
    for group in session.groups {
      attribute("group", ([group.semantics] + group.mids).joined(separator: " "))
    }
    if session.allowsMixedExtensions { attribute("extmap-allow-mixed") }
    if session.isICELite { attribute("ice-lite") }
    write(session.transport)
    for other in session.otherAttributes { attribute(other.name, other.value) }
    for media in session.media { write(media) }
  }

  private mutating func write(_ transport: TransportAttributes) {
    if let ufrag = transport.iceUfrag { attribute("ice-ufrag", ufrag) }
    if let password = transport.icePassword { attribute("ice-pwd", password) }
    if !transport.iceOptions.isEmpty {
      attribute("ice-options", transport.iceOptions.joined(separator: " "))
    }
    for fingerprint in transport.fingerprints { attribute("fingerprint", fingerprint.text) }
    if let setup = transport.setup { attribute("setup", setup.rawValue) }
  }

  private mutating func write(_ media: MediaDescription) {
    var formats = media.codecs.map { String($0.payloadType) } + media.otherFormats
    if formats.isEmpty { formats = ["0"] }  // the grammar wants one, even in a rejected section
    line(
      "m=\(media.kind.name) \(media.port) \(media.transportProtocol) "
        + formats.joined(separator: " "))
    line("c=IN IP4 0.0.0.0")
    for candidate in media.candidates { line("a=\(candidate.text)") }
    if media.hasEndOfCandidates { attribute("end-of-candidates") }
    write(media.transport)
    if let mid = media.mid { attribute("mid", mid) }
    if media.isBundleOnly { attribute("bundle-only") }
    for mapping in media.extensions {
      let direction = mapping.direction.map { "/\($0.rawValue)" } ?? ""
      attribute("extmap", "\(mapping.id)\(direction) \(mapping.uri)")
    }
    attribute(media.direction.rawValue)
    for id in media.streamIDs { attribute("msid", id.text) }
    if media.hasRTCPMux { attribute("rtcp-mux") }
    if media.hasReducedSizeRTCP { attribute("rtcp-rsize") }
    for codec in media.codecs { write(codec) }
    writeStreams(of: media)
    if let port = media.sctpPort { attribute("sctp-port", String(port)) }
    if let size = media.maximumMessageSize { attribute("max-message-size", String(size)) }
    for other in media.otherAttributes { attribute(other.name, other.value) }
  }

  private mutating func write(_ codec: RTPCodec) {
    let channels = codec.channels.map { "/\($0)" } ?? ""
    attribute("rtpmap", "\(codec.payloadType) \(codec.name)/\(codec.clockRate)\(channels)")
    for feedback in codec.feedback {
      let parameter = feedback.parameter.map { " \($0)" } ?? ""
      attribute("rtcp-fb", "\(codec.payloadType) \(feedback.type)\(parameter)")
    }
    if !codec.parameters.raw.isEmpty {
      attribute("fmtp", "\(codec.payloadType) \(codec.parameters.raw)")
    }
  }

  private mutating func writeStreams(of media: MediaDescription) {
    for rid in media.rids {
      let restrictions = rid.restrictions.raw.isEmpty ? "" : " \(rid.restrictions.raw)"
      attribute("rid", "\(rid.id) \(rid.direction.rawValue)\(restrictions)")
    }
    if let simulcast = media.simulcast { attribute("simulcast", simulcast.text) }
    for group in media.sourceGroups {
      let members = group.ssrcs.map { String($0) }
      attribute("ssrc-group", ([group.semantics] + members).joined(separator: " "))
    }
    for source in media.sources {
      if let cname = source.cname { attribute("ssrc", "\(source.ssrc) cname:\(cname)") }
      if let id = source.streamID { attribute("ssrc", "\(source.ssrc) msid:\(id.text)") }
      if source.cname == nil, source.streamID == nil { attribute("ssrc", String(source.ssrc)) }
    }
  }
}

extension SessionDescription {
  /// The description as text; reading it gives an equal value.
  public var text: String {
    var writer = SDPWriter()
    writer.write(self)
    return writer.text
  }
}

extension MediaStreamID {
  var text: String { track.map { "\(stream) \($0)" } ?? stream }
}

extension Simulcast {
  /// The value of the `simulcast` attribute.
  public var text: String {
    func list(_ streams: [[Encoding]]) -> String {
      streams.map { alternatives in
        alternatives.map { ($0.isPaused ? "~" : "") + $0.rid }.joined(separator: ",")
      }.joined(separator: ";")
    }
    var parts: [String] = []
    if !send.isEmpty { parts += ["send", list(send)] }
    if !receive.isEmpty { parts += ["recv", list(receive)] }
    return parts.joined(separator: " ")
  }
}
