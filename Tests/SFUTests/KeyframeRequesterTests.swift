import SFU
import Testing
import Wire

@Suite struct KeyframeRequesterTests {
  @Test func `a hundred wishes in a second are two requests`() {
    var requester = KeyframeRequester()
    var requests = 0
    for step in 0..<100 {
      requester.want()
      if requester.poll(at: .ms(Int64(step) * 10)) { requests += 1 }
      if step % 7 == 0 { requester.keyframeReceived() }
    }

    #expect(requests == 2)
  }

  @Test func `a request is repeated until the keyframe comes`() {
    var requester = KeyframeRequester()
    requester.want()
    let first = requester.poll(at: .ms(0))
    let deadline = requester.deadline
    let early = requester.poll(at: .ms(499))
    let second = requester.poll(at: .ms(500))

    requester.keyframeReceived()
    let afterwards = requester.poll(at: .ms(1_000))

    #expect(first && !early && second && !afterwards)
    #expect(deadline == .ms(500))
    #expect(requester.deadline == nil)
  }
}
