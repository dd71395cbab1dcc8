import Control
import Glibc
import NIOCore
import NIOPosix

/// Looks names up, on threads of its own: a name server that does not answer holds up nobody else.
struct OutboundResolver: Sendable {
  /// Look-ups that may hang at a time.
  private static let threads = 16
  private static let pool: NIOThreadPool = {
    let pool = NIOThreadPool(numberOfThreads: threads)
    pool.start()
    return pool
  }()

  struct NotFound: Error {}

  /// All addresses of a name; blocks a thread of the pool.
  func addresses(of name: String, on loop: any EventLoop) -> EventLoopFuture<[NetworkNumber]> {
    Self.pool.runIfActive(eventLoop: loop) { try Self.lookUp(name) }
  }

  private static func lookUp(_ name: String) throws -> [NetworkNumber] {
    var hints = addrinfo()
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    hints.ai_protocol = Int32(IPPROTO_TCP)
    var first: UnsafeMutablePointer<addrinfo>?
    guard getaddrinfo(name, nil, &hints, &first) == 0 else { throw NotFound() }
    defer { freeaddrinfo(first) }
    var found: [NetworkNumber] = []
    var next = first
    while let info = next?.pointee {
      next = info.ai_next
      guard let number = NetworkNumber(info) else { continue }
      if !found.contains(number) { found.append(number) }
    }
    guard !found.isEmpty else { throw NotFound() }
    return found
  }
}

extension NetworkNumber {
  /// The address of one answer of `getaddrinfo`.
  fileprivate init?(_ info: addrinfo) {
    guard let address = info.ai_addr else { return nil }
    // Where sockaddr_in and sockaddr_in6 have their address (POSIX netinet/in.h, as Linux lays it).
    let bytes = UnsafeRawBufferPointer(start: address, count: Int(info.ai_addrlen))
    func number(_ range: Range<Int>) -> UInt64 {
      bytes[range].reduce(0) { $0 << 8 | UInt64($1) }
    }
    switch info.ai_family {
    case AF_INET where bytes.count >= 8:
      self.init(ipv4: UInt32(truncatingIfNeeded: number(4..<8)))
    case AF_INET6 where bytes.count >= 24: self.init(high: number(8..<16), low: number(16..<24))
    default: return nil
    }
  }
}
