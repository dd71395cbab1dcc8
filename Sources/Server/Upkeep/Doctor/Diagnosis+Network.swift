import CLinux
import FoundationEssentials
import Glibc
import UDP
import Wire

extension Diagnosis {
  /// Whether this configuration's server runs already: then its ports are taken, and should be.
  static func runs(_ configuration: Configuration) async -> Bool {
    guard configuration.port > 0 else { return false }
    let host =
      configuration.bind.isWildcard
      ? (configuration.bind.isIPv6 ? "::1" : "127.0.0.1") : configuration.bind.description
    return await HealthProbe.answers(
      host: host, port: configuration.port, isSecure: configuration.tls != nil)
  }

  /// Whether every port can be had.
  static func ports(_ configuration: Configuration, isRunning: Bool) -> [Finding] {
    if isRunning {
      return [
        .fine("ports", "a server answers on port \(configuration.port): they are in use by it")
      ]
    }
    var taken: [Finding] = []
    func check(_ setting: Setting, _ address: NetworkAddress, _ port: Int, udp: Bool) {
      guard port > 0, let error = bindError(address, port, udp: udp) else { return }
      let what = "\(udp ? "UDP" : "TCP") port \(port) on \(address)"
      switch error {
      case EADDRINUSE:
        taken.append(
          .problem(
            "ports", "\(what) is in use by another program",
            cure: "stop it (ss -lntup shows it), or change \(setting.key)"))
      case EACCES:
        taken.append(
          .problem(
            "ports", "\(what) is not for this user",
            cure:
              "AmbientCapabilities=CAP_NET_BIND_SERVICE in the systemd unit, or a port from 1024"
          ))
      case EADDRNOTAVAIL:
        taken.append(
          .problem(
            "ports", "this machine has no address \(address)", cure: "correct bind or metricsBind"))
      default:
        taken.append(
          .problem(
            "ports", "\(what): \(String(cString: strerror(error)))", cure: "change \(setting.key)"))
      }
    }
    check(.port, configuration.bind, configuration.port, udp: false)
    check(
      .metricsPort, configuration.operation.metricsBind, configuration.operation.metricsPort,
      udp: false)
    for shard in 0..<configuration.shards where configuration.udpPort > 0 {
      check(.udpPort, configuration.bind, configuration.udpPort + shard, udp: true)
      check(.udpPort, configuration.bind, configuration.udpPort + shard, udp: false)
    }
    return taken.isEmpty ? [.fine("ports", "all of them are free")] : taken
  }

  /// Why a port cannot be bound; `nil` if it can.
  private static func bindError(_ address: NetworkAddress, _ port: Int, udp: Bool) -> Int32? {
    guard let number = UInt16(exactly: port),
      let target = TransportAddress(host: address.description, port: number)
    else { return nil }
    let family = address.isIPv6 ? AF_INET6 : AF_INET
    if udp {
      let socket = stoa_udp_socket(family, false)
      guard socket >= 0 else { return -socket }
      defer { close(socket) }
      let result = stoa_bind(socket, family, target.high, target.low, number)
      return result < 0 ? -result : nil
    }
    let socket = stoa_tcp_listener(family, false, target.high, target.low, number, 1)
    guard socket >= 0 else { return -socket }
    close(socket)
    return nil
  }

  /// Whether browsers outside can reach the addresses that they are told.
  static func addresses(_ configuration: Configuration) -> [Finding] {
    let own = InterfaceAddresses.current(includingLoopback: false)
    return addresses(configuration, own: own.map(\.host))
  }

  /// Likewise, for a machine with these addresses.
  package static func addresses(_ configuration: Configuration, own: [String]) -> [Finding] {
    let subject = "media addresses"
    var findings: [Finding] = []
    for announced in configuration.announced {
      switch Reach(announced.address.description) {
      case .nowhere:
        findings.append(
          .problem(
            subject, "nobody can send to \(announced.address)",
            cure: "announce the address that browsers reach"))
      case .thisMachine where !configuration.isDevelopment:
        findings.append(
          .problem(
            subject, "\(announced.address) is reached from this machine only",
            cure: "announce the address that browsers reach"))
      case .here where isPublic(configuration.publicURL):
        findings.append(
          .warning(
            subject, "\(announced.address) is private, though publicUrl is for everybody",
            cure: "announce the public address too"))
      case .everywhere, .here, .thisMachine: break
      }
    }
    guard configuration.announced.isEmpty else {
      return findings.isEmpty
        ? [.fine(subject, configuration.announced.map(\.description).joined(separator: ", "))]
        : findings
    }
    guard !configuration.isDevelopment else {
      return [.fine(subject, "this machine's, for development")]
    }
    let used = configuration.bind.isWildcard ? own : [configuration.bind.description]
    guard used.contains(where: { Reach($0) == .everywhere }) else {
      return [
        .warning(
          subject,
          "browsers are told private addresses only (\(used.prefix(3).joined(separator: ", ")))",
          cure: "outside this network, set announce to the public address (NAT, cloud)")
      ]
    }
    return [.fine(subject, used.prefix(4).joined(separator: ", "))]
  }

  private static func isPublic(_ url: String?) -> Bool {
    guard let url, let origin = WebOrigin(url) else { return false }
    return origin.host != "localhost" && Reach(origin.host) != .thisMachine
      && Reach(origin.host) != .here
  }
}

/// Who can send to an address (RFC 6890).
enum Reach: Equatable {
  case everywhere
  /// This network, or one behind the same translator.
  case here
  case thisMachine
  case nowhere

  /// A name, which is not looked up, counts as everywhere.
  init(_ text: String) {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false).compactMap {
      UInt8($0)
    }
    if parts.count == 4, !text.contains(":") {
      switch (parts[0], parts[1]) {
      case (0, _), (224..., _): self = .nowhere
      case (127, _): self = .thisMachine
      case (10, _), (172, 16...31), (192, 168), (100, 64...127), (169, 254): self = .here
      default: self = .everywhere
      }
      return
    }
    let address = text.lowercased()
    switch address {
    case "::": self = .nowhere
    case "::1": self = .thisMachine
    case _ where address.hasPrefix("ff") && address.contains(":"): self = .nowhere
    case _ where address.contains(":"):
      let isLocal = ["fc", "fd", "fe8", "fe9", "fea", "feb"].contains { address.hasPrefix($0) }
      self = isLocal ? .here : .everywhere
    default: self = .everywhere
    }
  }
}
