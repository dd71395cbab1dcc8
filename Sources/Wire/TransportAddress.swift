/// Where a datagram came from or goes to: IP address, port, and the transport that carries it.
///
/// IPv4 is kept in its IPv6-mapped form (RFC 4291 §2.5.5.2), so that one 20-byte value with cheap
/// hashing serves both.
public struct TransportAddress: Hashable, Sendable {
  public enum Transport: UInt8, Sendable { case udp, tcp }

  /// The first eight bytes of the IPv6 address.
  public var high: UInt64
  /// The last eight bytes; `0000_ffff_aabbccdd` for the IPv4 address aa.bb.cc.dd.
  public var low: UInt64
  public var port: UInt16
  public var transport: Transport

  @inlinable
  public init(high: UInt64, low: UInt64, port: UInt16, transport: Transport = .udp) {
    self.high = high
    self.low = low
    self.port = port
    self.transport = transport
  }

  /// - Parameter ipv4: the address as one number, `0x7F00_0001` for 127.0.0.1.
  @inlinable
  public init(ipv4: UInt32, port: UInt16, transport: Transport = .udp) {
    self.init(high: 0, low: 0xFFFF_0000_0000 | UInt64(ipv4), port: port, transport: transport)
  }

  /// The IPv4 address as one number, `nil` for a real IPv6 address.
  @inlinable public var ipv4: UInt32? {
    high == 0 && low >> 32 == 0xFFFF ? UInt32(truncatingIfNeeded: low) : nil
  }
}
