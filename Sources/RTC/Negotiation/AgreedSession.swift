public import Wire

/// What an offer and its answer agreed on (RFC 8829, RFC 9429).
///
/// Indices of lines never change: a later offer only adds lines or alters their direction.
public struct AgreedSession: Sendable {
  /// Names every stream that we send (RFC 7022); constant, so that nothing is told about sources.
  public static let canonicalName = "stoa"

  public var lines: [AgreedLine] = []
  /// What the peer may put into packets to us; ids mean the same on all bundled lines (RFC 8843 §9.1).
  public var extensions = ExtensionMap()
  public var fingerprints: [DTLSFingerprint] = []
  /// The peer is the DTLS client.
  public var isDTLSServer = true
  /// The peer sends transport-wide sequence numbers and wants feedback about them.
  public var usesTransportFeedback = false
  /// The user fragment that the peer offered; another one in a later offer is an ICE restart.
  public var remoteFragment = ""
  /// Names us in reports.
  public var reporterSSRC: UInt32 = 0
  public internal(set) var answer: SessionDescription

  /// How to send a stream on a line.
  public func payloadTypes(for format: CodecFormat, line: Int) -> PayloadTypes? {
    lines.indices.contains(line) ? lines[line].payloadTypes(for: format) : nil
  }

  /// What a new SSRC carries; `nil` if nothing tells (RFC 8843 §9.2).
  public func source(
    ssrc: UInt32, payloadType: UInt8, extensions: RTPExtensions
  ) -> SourceIdentity? {
    guard let index = receivingLine(ssrc: ssrc, payloadType: payloadType, mid: extensions.mid)
    else { return nil }
    let line = lines[index]
    let codec = line.codecs.first { $0.payloadType == payloadType }
    let isRepair = line.codecs.contains { $0.repairPayloadType == payloadType }
    guard codec != nil || isRepair else { return nil }
    var layer = 0
    if let rid = extensions.rid ?? extensions.repairedRid {
      guard let position = line.rids.firstIndex(of: rid) else { return nil }
      layer = position
    } else if let declared = line.declaredSources.first(where: { $0.ssrc == ssrc }) {
      layer = declared.layer
    } else if line.rids.count > 1 {
      return nil  // the first packets of an encoding carry its rid
    }
    return SourceIdentity(line: index, layer: layer, isRepair: isRepair, format: codec?.format)
  }

  private func receivingLine(ssrc: UInt32, payloadType: UInt8, mid: ShortToken?) -> Int? {
    if let mid { return lines.firstIndex { $0.mid == mid && $0.isReceiving } }
    let declared = lines.firstIndex { line in
      line.isReceiving && line.declaredSources.contains { $0.ssrc == ssrc }
    }
    if let declared { return declared }
    // The only line that knows this payload type.
    let candidates = lines.indices.filter { index in
      lines[index].isReceiving
        && lines[index].codecs.contains {
          $0.payloadType == payloadType || $0.repairPayloadType == payloadType
        }
    }
    return candidates.count == 1 ? candidates.first : nil
  }
}
