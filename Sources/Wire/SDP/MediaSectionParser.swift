/// Reads one `m=` section.
struct MediaSectionParser {
  /// SSRCs of one section; finding one again is a linear search.
  static let maximumSources = 256
  /// Candidates of one section; later ones are left out.
  static let maximumCandidates = 64

  private var media: MediaDescription
  private let formats: [Substring]
  private var codecs: [UInt8: RTPCodec] = [:]
  private var parameters: [UInt8: String] = [:]
  private var feedback: [Feedback] = []
  private var direction: MediaDirection?

  private struct Feedback {
    /// `nil` for `*`, all of the section.
    var payloadType: UInt8?
    var capability: RTCPFeedbackCapability
  }

  /// - Parameter line: what follows `m=`.
  /// - Throws: if it is malformed.
  init(line: Substring) throws(MalformedAttribute) {
    let fields = line.fields
    guard fields.count >= 4, let port = UInt16(fields[1].cut(at: "/").head) else {
      throw .malformed
    }
    media = MediaDescription(
      kind: MediaKind(name: String(fields[0])), port: port, transportProtocol: String(fields[2]))
    formats = Array(fields[3...])
  }

  /// The section, once its last line was read.
  func finished(sessionDirection: MediaDirection?) -> MediaDescription {
    var media = media
    media.direction = direction ?? sessionDirection ?? .sendReceive
    let isRTP = media.transportProtocol.utf8.split(separator: 0x2F).contains {
      $0.elementsEqual("RTP".utf8)
    }
    var seen: Set<UInt8> = []
    for format in formats {
      guard isRTP, let payloadType = UInt8(format), payloadType < 128,
        var codec = codecs[payloadType] ?? .fixed(payloadType)
      else {
        media.otherFormats.append(String(format))
        continue
      }
      guard seen.insert(payloadType).inserted else { continue }
      codec.parameters = FormatParameters(parameters[payloadType] ?? "")
      codec.feedback = feedback.filter { ($0.payloadType ?? payloadType) == payloadType }
        .map(\.capability)
      media.codecs.append(codec)
    }
    return media
  }

  mutating func read(_ attribute: SDPAttribute) throws(MalformedAttribute) {
    if try media.transport.read(attribute) { return }
    if try readCodec(attribute) { return }
    if try readStream(attribute) { return }
    switch attribute.name {
    case "mid":
      guard let mid = attribute.value?.trimmed, !mid.isEmpty else { throw .malformed }
      media.mid = String(mid)
    case "sendrecv", "sendonly", "recvonly", "inactive":
      direction = MediaDirection(rawValue: String(attribute.name))
    case "rtcp-mux": media.hasRTCPMux = true
    case "rtcp-rsize": media.hasReducedSizeRTCP = true
    case "bundle-only": media.isBundleOnly = true
    case "end-of-candidates": media.hasEndOfCandidates = true
    case "candidate":
      if media.candidates.count < Self.maximumCandidates, let value = attribute.value,
        let candidate = CandidateAttribute(parsing: String(value))
      {
        media.candidates.append(candidate)
      }
    case "sctp-port": media.sctpPort = try Self.number(attribute)
    case "max-message-size": media.maximumMessageSize = try Self.number(attribute)
    default: media.otherAttributes.append(attribute.kept)
    }
  }

  private mutating func readCodec(_ attribute: SDPAttribute) throws(MalformedAttribute) -> Bool {
    guard ["rtpmap", "fmtp", "rtcp-fb"].contains(attribute.name) else { return false }
    guard let cut = attribute.value?.cut(at: " "), let value = cut.tail?.trimmed else {
      throw .malformed
    }
    if attribute.name == "rtcp-fb" {
      let parts = value.cut(at: " ")
      let capability = RTCPFeedbackCapability(
        String(parts.head), parts.tail.map { String($0.trimmed) })
      let payloadType = cut.head == "*" ? nil : try Self.payloadType(cut.head)
      feedback.append(Feedback(payloadType: payloadType, capability: capability))
      return true
    }
    let payloadType = try Self.payloadType(cut.head)
    if attribute.name == "fmtp" {
      // A second line for the same type goes on where the first ended.
      // In place, as thousands of such lines must not copy what is already there.
      if parameters[payloadType]?.append(";\(value)") == nil {
        parameters[payloadType] = String(value)
      }
      return true
    }
    let parts = value.parts(at: "/")
    guard parts.count >= 2, let clockRate = UInt32(parts[1]), clockRate > 0 else {
      throw .malformed
    }
    var channels: UInt8?
    if parts.count > 2 {
      guard let count = UInt8(parts[2]), count > 0 else { throw .malformed }
      channels = count
    }
    codecs[payloadType] = RTPCodec(
      payloadType: payloadType, name: String(parts[0]), clockRate: clockRate, channels: channels)
    return true
  }

  private mutating func readStream(_ attribute: SDPAttribute) throws(MalformedAttribute) -> Bool {
    switch attribute.name {
    case "extmap":
      if let mapping = try HeaderExtensionMapping(fields: attribute.fields) {
        media.extensions.append(mapping)
      }
    case "ssrc": try readSource(attribute)
    case "ssrc-group":
      let fields = attribute.fields
      guard fields.count >= 2 else { throw .malformed }
      var group = SourceGroup(semantics: String(fields[0]), ssrcs: [])
      for field in fields.dropFirst() {
        guard let ssrc = UInt32(field) else { throw .malformed }
        group.ssrcs.append(ssrc)
      }
      media.sourceGroups.append(group)
    case "rid": media.rids.append(try RestrictionIdentifier(fields: attribute.fields))
    case "simulcast": media.simulcast = try Simulcast(fields: attribute.fields)
    case "msid":
      guard let value = attribute.value else { throw .malformed }
      media.streamIDs.append(try MediaStreamID(text: value))
    default: return false
    }
    return true
  }

  private mutating func readSource(_ attribute: SDPAttribute) throws(MalformedAttribute) {
    guard let cut = attribute.value?.cut(at: " "), let ssrc = UInt32(cut.head) else {
      throw .malformed
    }
    let index = media.sources.firstIndex { $0.ssrc == ssrc }
    var source = index.map { media.sources[$0] } ?? SourceAttributes(ssrc: ssrc)
    if let pair = cut.tail?.cut(at: ":"), let value = pair.tail {
      switch pair.head {
      case "cname": source.cname = String(value)
      case "msid": source.streamID = try MediaStreamID(text: value)
      default: break  // mslabel, label and others repeat what msid says
      }
    }
    if let index {
      media.sources[index] = source
    } else {
      guard media.sources.count < Self.maximumSources else { throw .malformed }
      media.sources.append(source)
    }
  }

  private static func payloadType(_ text: Substring) throws(MalformedAttribute) -> UInt8 {
    guard let value = UInt8(text), value < 128 else { throw .malformed }
    return value
  }

  private static func number<T: FixedWidthInteger>(
    _ attribute: SDPAttribute
  ) throws(MalformedAttribute) -> T {
    guard let value = attribute.value, let number = T(value.trimmed) else { throw .malformed }
    return number
  }
}
