import UDP
package import Wire

/// The addresses that a shard tells peers to send to.
package enum CandidateAddresses {
  /// Turns what is bound and what is announced into candidates.
  ///
  /// - Parameters:
  ///   - bound: what the sockets are bound to.
  ///   - interfaces: this machine's addresses, which stand for a wildcard.
  ///   - options: what is announced instead.
  /// - Returns: UDP addresses, then the same ones for ICE-TCP; each best first.
  package static func list(
    bound: [TransportAddress], interfaces: [TransportAddress], options: ShardOptions
  ) -> [TransportAddress] {
    var addresses: [TransportAddress] = []
    if options.announced.isEmpty {
      for address in bound {
        guard address.isUnspecified else {
          addresses.append(address)
          continue
        }
        // 0.0.0.0 takes no IPv6; `::` takes both.
        let reachable = interfaces.filter { address.ipv4 == nil || $0.ipv4 != nil }
        let wanted = reachable.filter { options.announcesLoopback || !$0.isLoopback }
        // A machine without a network can still talk to itself.
        addresses += (wanted.isEmpty ? reachable : wanted).map { $0.with(port: address.port) }
      }
    } else {
      let port = bound.first?.port ?? options.port
      addresses = options.announced.map { $0.port == 0 ? $0.with(port: port) : $0 }
    }
    // Peers prefer what comes first: other machines cannot use loopback, and IPv4 crosses more NATs.
    var seen: Set<TransportAddress> = []
    addresses = addresses.filter { seen.insert($0).inserted }
    addresses = addresses.filter { !$0.isLoopback } + addresses.filter(\.isLoopback)
    return addresses + addresses.map { $0.with(transport: .tcp) }
  }
}
