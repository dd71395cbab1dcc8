import Composer
import Media
import Testing

@Suite struct EncodingEffortTests {
  @Test func `a machine with time to spare makes smaller files, and a busy one keeps up`() {
    #expect(EncodingEffort.preset(width: 1_280, height: 720, load: 0.3) == .veryfast)
    #expect(EncodingEffort.preset(width: 1_920, height: 1_080, load: 0.3) == .superfast)
    #expect(EncodingEffort.preset(width: 1_280, height: 720, load: 1.2) == .superfast)
    let ladder = EncodingEffort.preset(width: 1_920, height: 1_080, renditions: 3, load: 0.3)
    #expect(ladder == .ultrafast)
    #expect(EncodingEffort.preset(width: 1_080, height: 1_920, load: 1.2) == .ultrafast)
  }
}
