import Server
import Testing

@Suite struct StaticPlaylistTests {
  private let head = """
    #EXTM3U
    #EXT-X-VERSION:9
    #EXT-X-TARGETDURATION:2
    #EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,PART-HOLD-BACK=0.99000,HOLD-BACK=6.00000
    #EXT-X-PART-INF:PART-TARGET=0.33000
    #EXT-X-MEDIA-SEQUENCE:7

    """
  private let plainHead = """
    #EXTM3U
    #EXT-X-VERSION:9
    #EXT-X-TARGETDURATION:2
    #EXT-X-MEDIA-SEQUENCE:7

    """

  @Test func `a store that only holds files is given whole segments alone`() {
    let playlist = StaticPlaylist(
      head + """
        #EXT-X-MAP:URI="init-0.mp4"
        #EXT-X-PROGRAM-DATE-TIME:2026-11-26T12:00:00.000Z
        #EXT-X-PART:DURATION=0.33000,URI="part-7.0.m4s",INDEPENDENT=YES
        #EXTINF:2.00000,
        segment-7.m4s
        #EXT-X-DISCONTINUITY
        #EXT-X-MAP:URI="init-1.mp4"
        #EXT-X-PROGRAM-DATE-TIME:2026-11-26T12:00:02.000Z
        #EXT-X-PART:DURATION=0.33000,URI="part-8.0.m4s",INDEPENDENT=YES
        #EXT-X-PRELOAD-HINT:TYPE=PART,URI="part-8.1.m4s"
        #EXT-X-RENDITION-REPORT:URI="../360p/live.m3u8",LAST-MSN=7,LAST-PART=0

        """)

    #expect(
      playlist.text == plainHead + """
        #EXT-X-MAP:URI="init-0.mp4"
        #EXT-X-PROGRAM-DATE-TIME:2026-11-26T12:00:00.000Z
        #EXTINF:2.00000,
        segment-7.m4s

        """)
    // What the segment needs that is listed next is put before it is listed.
    #expect(playlist.uris == ["init-0.mp4", "segment-7.m4s", "init-1.mp4"])
    #expect(!playlist.isEnded)
  }

  @Test func `the end is told, and a playlist without a segment has a head`() {
    let ended = StaticPlaylist(plainHead + "#EXTINF:2.00000,\nsegment-7.m4s\n#EXT-X-ENDLIST\n")
    #expect(ended.text.hasSuffix("segment-7.m4s\n#EXT-X-ENDLIST\n"))
    #expect(ended.isEnded)
    #expect(StaticPlaylist(head).text == plainHead)
    #expect(StaticPlaylist("").text == "")
  }
}
