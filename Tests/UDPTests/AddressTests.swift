import Testing
import UDP
import Wire

@Suite struct AddressTests {
  @Test(arguments: [
    ("127.0.0.1", "127.0.0.1:5"), ("::1", "[::1]:5"), ("2001:db8::a", "[2001:db8::a]:5"),
    ("::ffff:192.0.2.1", "192.0.2.1:5"), ("0.0.0.0", "0.0.0.0:5"), ("::", "[::]:5"),
  ])
  func `numeric addresses are read and written`(text: String, written: String) throws {
    let address = try #require(TransportAddress(host: text, port: 5))

    #expect(address.hostAndPort == written)
  }

  @Test(arguments: ["", "localhost", "127.0.0.1.1", "300.0.0.1", "::g", "1.2.3.4:5", "[::1]"])
  func `anything else is refused`(text: String) {
    #expect(TransportAddress(host: text, port: 5) == nil)
  }

  @Test func `loopback and unspecified addresses are recognised`() throws {
    #expect(try #require(TransportAddress(host: "127.3.2.1", port: 0)).isLoopback)
    #expect(try #require(TransportAddress(host: "::1", port: 0)).isLoopback)
    #expect(try #require(TransportAddress(host: "128.0.0.1", port: 0)).isLoopback == false)
    #expect(try #require(TransportAddress(host: "::", port: 0)).isUnspecified)
    #expect(try #require(TransportAddress(host: "0.0.0.0", port: 0)).isUnspecified)
    #expect(loopback.isUnspecified == false)
  }

  @Test func `the host's addresses include loopback only if asked for`() {
    #expect(InterfaceAddresses.current(includingLoopback: true).contains { $0.isLoopback })
    #expect(!InterfaceAddresses.current(includingLoopback: false).contains { $0.isLoopback })
  }

  @Test func `the clocks move forward and agree on the century`() {
    let first = MonotonicTime.now
    #expect(MonotonicTime.now >= first)
    // 2020 to 2036, when NTP's first era ends.
    #expect((3_786_825_600..<4_294_967_295).contains(NTPTime.now.rawValue >> 32))
  }
}
