/// An ICE candidate as SDP and trickling write it (RFC 8839 §5.1, RFC 6544 §4.5).
public struct CandidateAttribute: Hashable, Sendable {
  public enum Kind: String, Hashable, Sendable {
    case host
    case serverReflexive = "srflx"
    case peerReflexive = "prflx"
    case relayed = "relay"
  }

  /// Who connects, of a TCP candidate.
  public enum TCPType: String, Hashable, Sendable {
    case active, passive
    case simultaneousOpen = "so"
  }

  /// 1...32 characters; equal for candidates that a connectivity check may treat alike.
  public var foundation: String
  /// 1 for RTP and everything multiplexed with it, 2 for RTCP apart.
  public var component: UInt16
  public var priority: UInt32
  public var address: TransportAddress
  public var kind: Kind
  public var tcpType: TCPType?

  public init(
    foundation: String, component: UInt16 = 1, priority: UInt32, address: TransportAddress,
    kind: Kind = .host, tcpType: TCPType? = nil
  ) {
    self.foundation = foundation
    self.component = component
    self.priority = priority
    self.address = address
    self.kind = kind
    self.tcpType = tcpType
  }

  /// Reads `candidate:…`, with or without `a=` before it.
  ///
  /// `nil` for one we cannot use: a `.local` name, another transport or kind, or malformed.
  public init?(parsing text: String) {
    var text = Substring(text).trimmed
    if text.utf8.starts(with: "a=".utf8) { text = Substring(text.utf8.dropFirst(2)) }
    if text.utf8.starts(with: "candidate:".utf8) { text = Substring(text.utf8.dropFirst(10)) }
    let fields = text.fields
    guard fields.count >= 8, (1...32).contains(fields[0].utf8.count),
      let component = UInt16(fields[1]), let priority = UInt32(fields[3]),
      let port = UInt16(fields[5]), fields[6] == "typ", let kind = Kind(rawValue: String(fields[7]))
    else { return nil }
    let transport: TransportAddress.Transport
    switch fields[2].lowercased() {
    case "udp": transport = .udp
    case "tcp": transport = .tcp
    default: return nil
    }
    guard let address = TransportAddress(address: fields[4], port: port, transport: transport)
    else { return nil }
    self.init(
      foundation: String(fields[0]), component: component, priority: priority, address: address,
      kind: kind)
    for index in stride(from: 8, to: fields.count - 1, by: 2) where fields[index] == "tcptype" {
      tcpType = TCPType(rawValue: String(fields[index + 1]))
    }
  }

  /// `candidate:…`, without `a=`.
  public var text: String {
    var text =
      "candidate:\(foundation) \(component) \(address.transport) \(priority) "
      + "\(address.addressText) \(address.port) typ \(kind.rawValue)"
    if kind != .host {
      // Where it was reflected is the sender's secret; the grammar wants something (RFC 8839 §5.1).
      text += address.ipv4 == nil ? " raddr :: rport 0" : " raddr 0.0.0.0 rport 0"
    }
    if let tcpType { text += " tcptype \(tcpType.rawValue)" }
    return text
  }
}
