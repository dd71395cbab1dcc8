import UDP
package import Wire

/// What one shard process is told on its command line.
package struct ShardOptions: Sendable, Equatable {
  /// The options given to `stoa shard` make no sense; only the server writes them.
  package struct ParseError: Error, Equatable, CustomStringConvertible {
    package let description: String
  }

  /// 0 for the first shard.
  package var number: Int
  /// One local address, or one of each family; their ports are not used.
  package var bind: [TransportAddress]
  /// Of UDP and ICE-TCP; 0 takes a free one.
  package var port: UInt16
  /// Addresses that peers are told instead of this machine's own; port 0 stands for `port`.
  package var announced: [TransportAddress]
  /// Whether peers are told of loopback addresses too when all addresses are bound.
  package var announcesLoopback: Bool

  package init(
    number: Int, bind: [TransportAddress], port: UInt16, announced: [TransportAddress] = [],
    announcesLoopback: Bool = false
  ) {
    self.number = number
    self.bind = bind
    self.port = port
    self.announced = announced
    self.announcesLoopback = announcesLoopback
  }

  /// As `init(parsing:)` reads them.
  package var arguments: [String] {
    var arguments = ["--number", "\(number)", "--udp-port", "\(port)"]
    for address in bind { arguments += ["--bind", address.host] }
    for address in announced { arguments += ["--announce", address.hostAndPort] }
    if announcesLoopback { arguments.append("--announce-loopback") }
    return arguments
  }

  /// Reads the arguments after `stoa shard`.
  ///
  /// - Throws: `ParseError` naming the first argument that is wrong or missing.
  package init(parsing arguments: [String]) throws(ParseError) {
    var number: Int?
    var port: UInt16?
    self.init(number: 0, bind: [], port: 0)
    var rest = arguments[...]
    while let name = rest.popFirst() {
      if name == "--announce-loopback" {
        announcesLoopback = true
        continue
      }
      guard let value = rest.popFirst() else {
        throw ParseError(description: "\(name) needs a value")
      }
      switch name {
      case "--number": number = Int(value).flatMap { $0 >= 0 ? $0 : nil }
      case "--udp-port": port = UInt16(value)
      case "--bind":
        guard let address = TransportAddress(host: value, port: 0) else {
          throw ParseError(description: "--bind \(value): not a numeric address")
        }
        bind.append(address)
      case "--announce":
        guard let address = TransportAddress(hostAndPort: value) else {
          throw ParseError(description: "--announce \(value): not an address with a port")
        }
        announced.append(address)
      default: throw ParseError(description: "\(name): no such option")
      }
    }
    guard let number else { throw ParseError(description: "--number must be 0 or more") }
    guard let port else { throw ParseError(description: "--udp-port must be 0 to 65535") }
    guard !bind.isEmpty else { throw ParseError(description: "--bind is missing") }
    self.number = number
    self.port = port
  }
}
