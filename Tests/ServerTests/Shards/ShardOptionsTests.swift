import Server
import Testing
import UDP
import Wire

@Suite struct ShardOptionsTests {
  private func address(_ text: String, _ port: UInt16 = 0) throws -> TransportAddress {
    try #require(TransportAddress(host: text, port: port))
  }

  @Test func `what is written is read back`() throws {
    let options = ShardOptions(
      number: 3, bind: [try address("0.0.0.0"), try address("2001:db8::1")], port: 40_003,
      announced: [try address("192.0.2.1"), try address("2001:db8::2", 9)],
      announcesLoopback: true)

    #expect(try ShardOptions(parsing: options.arguments) == options)
  }

  @Test(arguments: [
    [], ["--number", "0"], ["--number", "0", "--udp-port", "1"],
    ["--number", "-1", "--udp-port", "1", "--bind", "::"],
    ["--number", "0", "--udp-port", "65536", "--bind", "::"],
    ["--number", "0", "--udp-port", "1", "--bind", "localhost"],
    ["--number", "0", "--udp-port", "1", "--bind", "::", "--announce", "::1"],
    ["--number", "0", "--udp-port", "1", "--bind", "::", "--colour"],
    ["--number", "0", "--udp-port", "1", "--bind"],
  ])
  func `anything else is refused`(arguments: [String]) {
    #expect(throws: ShardOptions.ParseError.self) { try ShardOptions(parsing: arguments) }
  }

  private func candidates(
    _ bound: [String], announced: [String] = [], loopback: Bool = false
  ) throws -> [String] {
    let options = ShardOptions(
      number: 0, bind: [], port: 1,
      announced: try announced.map { try #require(TransportAddress(hostAndPort: $0)) },
      announcesLoopback: loopback)
    let interfaces = try ["127.0.0.1", "::1", "192.0.2.7", "2001:db8::7"].map { try address($0) }
    return CandidateAddresses.list(
      bound: try bound.map { try address($0, 40_000) }, interfaces: interfaces, options: options
    ).map { "\($0.transport) \($0.hostAndPort)" }
  }

  @Test func `a bound address is announced for both transports`() throws {
    #expect(try candidates(["127.0.0.1"]) == ["udp 127.0.0.1:40000", "tcp 127.0.0.1:40000"])
  }

  @Test func `a wildcard stands for the interfaces of its families, loopback last if at all`()
    throws
  {
    #expect(
      try candidates(["0.0.0.0"]) == ["udp 192.0.2.7:40000", "tcp 192.0.2.7:40000"])
    #expect(
      try candidates(["::"], loopback: true).prefix(4) == [
        "udp 192.0.2.7:40000", "udp [2001:db8::7]:40000", "udp 127.0.0.1:40000",
        "udp [::1]:40000",
      ])
  }

  @Test func `announced addresses stand instead, with the bound port if they have none`() throws {
    #expect(
      try candidates(["0.0.0.0"], announced: ["198.51.100.1:0", "198.51.100.2:7"]) == [
        "udp 198.51.100.1:40000", "udp 198.51.100.2:7", "tcp 198.51.100.1:40000",
        "tcp 198.51.100.2:7",
      ])
  }

  @Test func `lines are cut to a bounded length`() {
    var splitter = LineSplitter()
    #expect(splitter.append("a\n\nb".utf8) == ["a"])
    #expect(splitter.append("c\nd".utf8) == ["bc"])
    #expect(splitter.rest() == "d")
    let long = [UInt8](repeating: 120, count: 10_000)
    #expect(splitter.append(long).map(\.count) == [4_096])
    #expect(splitter.append(long).isEmpty)
    #expect(splitter.append("x\ny\n".utf8) == ["y"])
  }
}
