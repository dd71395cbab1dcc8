import Logging
import Server
import UDP
import Wire

extension ServeCommand {
  /// The media processes that the configuration asks for; none runs yet.
  static func mediaPlane(_ configuration: Configuration, _ logger: Logger) throws -> ShardPool {
    try ShardPool(
      (0..<configuration.shards).map { try ShardOptions(configuration, number: $0) },
      logger: logger)
  }
}

extension ShardOptions {
  fileprivate init(_ configuration: Configuration, number: Int) throws {
    func address(_ address: NetworkAddress, port: Int = 0) throws -> TransportAddress {
      guard let port = UInt16(exactly: port),
        let result = TransportAddress(host: address.description, port: port)
      else {
        throw ConfigurationError(
          "--announce \(address)", "leaves no port for media process \(number)",
          cure: "announce a lower port")
      }
      return result
    }
    // Each process listens, and is announced, at a port of its own.
    let port = configuration.udpPort == 0 ? 0 : configuration.udpPort + number
    self.init(
      number: number, bind: [try address(configuration.bind)], port: UInt16(port),
      announced: try configuration.announced.map {
        try address($0.address, port: $0.port.map { Int($0) + number } ?? 0)
      },
      announcesLoopback: configuration.isDevelopment)
  }
}
