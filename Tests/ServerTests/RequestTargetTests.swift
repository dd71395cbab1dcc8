import Server
import Testing

@Suite struct RequestTargetTests {
  @Test func `path and query are decoded`() throws {
    let target = try #require(RequestTarget("/v2//rooms/a%20b%C3%A9/?page=2&x=a%3Db+c&page=3&flag"))
    #expect(target.segments == ["v2", "rooms", "a bé"])
    #expect(target.query == ["page": "2", "x": "a=b c", "flag": ""])
    #expect(RequestTarget("/")?.segments == [])
    #expect(RequestTarget("/a?#b")?.query == [:])
  }

  @Test(arguments: ["/%", "/%4", "/%zz", "/%ff", "/a%2fb", "/a%2Fb", "/%00", "/?x=%", "/?%FF=1"])
  func `broken encoding, hidden slashes and NUL are refused`(text: String) {
    #expect(RequestTarget(text) == nil)
  }
}
