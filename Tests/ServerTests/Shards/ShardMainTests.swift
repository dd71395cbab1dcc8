import Glibc
import Server
import Testing
import UDP
import Wire

// In the same suite, which runs one test at a time, as all of them count this process's children.
extension ShardPoolTests {
  private var options: ShardOptions {
    ShardOptions(number: 0, bind: [TransportAddress(ipv4: 0x7F00_0001, port: 0)], port: 0)
  }

  @Test func `a shard ends by itself when its server is gone`() throws {
    let shard = try LoneShard(arguments: options.arguments)
    #expect(shard.readSomething() > 0)

    shard.closeChannel()

    #expect(shard.waitForExit() == EX_OK)
  }

  @Test(arguments: [
    FrameDecoder.frame(Array("{}".utf8)), FrameDecoder.frame(Array("no JSON".utf8)),
    FrameDecoder.frame([]), [0xFF, 0xFF, 0xFF, 0xFF], FrameDecoder.frame([0xC0, 0x80, 0x22]),
  ])
  func `a shard that is told nonsense ends with the reason`(bytes: [UInt8]) throws {
    let shard = try LoneShard(arguments: options.arguments)
    #expect(shard.readSomething() > 0)

    shard.write(bytes)

    #expect(shard.waitForExit() == EX_PROTOCOL)
  }

  @Test func `a shard whose port is taken ends with the reason`() throws {
    let taken = try UDPSocket(bind: TransportAddress(ipv4: 0x7F00_0001, port: 0))
    var options = self.options
    options.port = taken.localAddress.port

    let shard = try LoneShard(arguments: options.arguments)

    #expect(shard.waitForExit() == EX_UNAVAILABLE)
    _ = taken.localAddress  // holds the port until here
  }
}
