internal import CLinux
package import Wire

/// The addresses of this host's network interfaces that are up, without IPv6 link-local ones.
package enum InterfaceAddresses {
  /// More than any sane host has; the rest is left out.
  private static let limit = 256

  /// - Parameter includingLoopback: also 127.0.0.1 and `::1`.
  /// - Returns: addresses with port 0, in the kernel's order.
  package static func current(includingLoopback: Bool) -> [TransportAddress] {
    var found = [stoa_interface](repeating: stoa_interface(), count: limit)
    let count = unsafe stoa_interfaces(&found, Int32(limit))
    return found.prefix(Int(max(count, 0)))
      .filter { includingLoopback || !$0.is_loopback }
      .map { TransportAddress(high: $0.high, low: $0.low, port: 0) }
  }
}
