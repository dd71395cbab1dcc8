import Server
import Testing

@Suite struct MediaPlaylistTests {
  private let live = """
    #EXTM3U
    #EXT-X-TARGETDURATION:2
    #EXT-X-MEDIA-SEQUENCE:7
    #EXTINF:2.0,
    s7.m4s
    #EXT-X-PART:DURATION=0.5,URI="s8.0.m4s"
    #EXT-X-PART:DURATION=0.5,URI="s8.1.m4s"
    #EXTINF:2.0,
    s8.m4s
    #EXT-X-PART:DURATION=0.5,URI="s9.0.m4s"
    #EXT-X-PRELOAD-HINT:TYPE=PART,URI="s9.1.m4s"
    """

  @Test func `it says how far it is`() {
    let playlist = MediaPlaylist(live)

    #expect(playlist.lastSegment == 8)
    #expect(playlist.parts == 1)
    #expect(playlist.targetDuration == 2)
    #expect(playlist.preloadHint == "s9.1.m4s")
    #expect(!playlist.isEnded)
  }

  @Test func `a blocking request is answered when the segment or part is listed`() {
    let playlist = MediaPlaylist(live)

    #expect(playlist.has(segment: 8, part: nil))
    #expect(playlist.has(segment: 8, part: 3))
    #expect(playlist.has(segment: 9, part: 0))
    #expect(!playlist.has(segment: 9, part: 1))
    #expect(!playlist.has(segment: 9, part: nil))
    #expect(!playlist.has(segment: 10, part: 0))
    #expect(!playlist.isTooFar(10))
    #expect(playlist.isTooFar(11))
  }

  @Test func `a part that a whole segment does not have is the first of the next segment`() {
    let before = live.split(separator: "\n").dropLast(2).joined(separator: "\n")

    #expect(MediaPlaylist(before).has(segment: 8, part: 1))
    #expect(!MediaPlaylist(before).has(segment: 8, part: 2))
    #expect(MediaPlaylist(live).has(segment: 8, part: 2))
    #expect(MediaPlaylist(before).has(segment: 7, part: 2))
  }

  @Test func `an ended playlist has all it will have`() {
    let playlist = MediaPlaylist(live + "\n#EXT-X-ENDLIST\n")

    #expect(playlist.isEnded)
    #expect(playlist.has(segment: 99, part: nil))
  }

  @Test func `nonsense is an empty playlist`() {
    for text in ["", "\n\n", "#EXT-X-MEDIA-SEQUENCE:x", "#EXT-X-PRELOAD-HINT:URI=\""] {
      #expect(MediaPlaylist(text).lastSegment <= 0)
    }
  }

  @Test func `ranges are those of RFC 9110`() {
    #expect(ByteRange("bytes=0-9")?.resolved(in: 100) == .part(0..<10))
    #expect(ByteRange("bytes=90-")?.resolved(in: 100) == .part(90..<100))
    #expect(ByteRange("bytes=90-999")?.resolved(in: 100) == .part(90..<100))
    #expect(ByteRange("bytes=-10")?.resolved(in: 100) == .part(90..<100))
    #expect(ByteRange("bytes=-1000")?.resolved(in: 100) == .part(0..<100))
    #expect(ByteRange("bytes=100-")?.resolved(in: 100) == .unsatisfiable)
    #expect(ByteRange("bytes=-0")?.resolved(in: 100) == .unsatisfiable)
    for bad in ["", "bytes=", "bytes=9-1", "bytes=a-b", "items=0-1", "bytes=0-1,3-4"] {
      #expect(ByteRange(bad) == nil, "\(bad)")
    }
  }
}
